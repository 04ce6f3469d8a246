/** How far one has read along, and what came while one did not. */
import { Store } from '../store.ts'

/** Messages after the one and up to the other came unread. */
export type Stretch = { after: number; upTo: number }
export type UnreadView = { seen: number; stretch: Stretch | null }

export class Unread {
  readonly view = new Store<UnreadView>({ seen: 0, stretch: null })
  #reading = true

  /** `latest` is the newest message; `reading`: the end of the chat is before one’s eyes. */
  notice(latest: number, reading: boolean): void {
    const { seen, stretch } = this.view.get()
    const missed = latest > seen && !(reading && this.#reading)
    this.#reading = reading
    const next = { seen: reading ? latest : seen, stretch: missed ? { after: seen, upTo: latest } : stretch }
    if (next.seen !== seen || next.stretch !== stretch) this.view.set(next)
  }

  /** The chat is not shown any more. */
  leave(): void {
    this.#reading = false
  }
}
