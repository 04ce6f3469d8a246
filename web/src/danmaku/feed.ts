/** What is said, at the moment when it belongs over the picture. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'

export type Said = { seq: number; text: string; mine: boolean; staff: boolean }
export type Listener = { say(said: Said): void; gone(seq: number): void; clear(): void }

export class Feed {
  readonly #listeners = new Set<Listener>()
  readonly #deleted = new Set<number>()

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** These have come to the picture. */
  push(events: readonly RoomEvent[], selfId: string | undefined): void {
    for (const { type, seq, by, data } of events) {
      if (type !== 'messageSent' || this.#deleted.has(seq)) continue
      const said = { seq, text: data.text, mine: by?.peerId === selfId, staff: by !== null && by.role !== 'student' }
      for (const listener of this.#listeners) listener.say(said)
    }
  }

  /** What is deleted goes at once, and never comes to a picture that is behind. */
  noticeDeletions(events: readonly RoomEvent[]): void {
    for (const { type, data } of events) {
      if (type !== 'messageDeleted') continue
      this.#deleted.add(data.messageSeq)
      for (const listener of this.#listeners) listener.gone(data.messageSeq)
    }
  }

  /** The picture is at another place. */
  clear(): void {
    for (const listener of this.#listeners) listener.clear()
  }
}
