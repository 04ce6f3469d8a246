/** Holds what belongs to the picture until the viewer's own picture has come to it. */
import type { RoomEvent } from '../../../signaling/protocol/events.ts'

const LOOK_MS = 100

export class InMediaTime {
  readonly #mediaMs: () => number | null
  readonly #release: (events: readonly RoomEvent[]) => void
  #waiting: RoomEvent[] = []
  #timer: ReturnType<typeof setInterval> | undefined

  /** `mediaMs`: the media time of the picture on the screen; null where it is as good as now. */
  constructor(mediaMs: () => number | null, release: (events: readonly RoomEvent[]) => void) {
    this.#mediaMs = mediaMs
    this.#release = release
  }

  /** Events come in the order in which they happened, and are released in it. */
  push(events: readonly RoomEvent[]): void {
    this.#waiting.push(...events)
    this.#look()
  }

  /** Forgets what waits: a snapshot has it. */
  clear(): void {
    this.#waiting = []
    this.#look()
  }

  #look(): void {
    const now = this.#mediaMs()
    const late = now === null ? -1 : this.#waiting.findIndex(({ mediaMs }) => mediaMs !== null && mediaMs > now)
    const due = late === -1 ? this.#waiting : this.#waiting.slice(0, late)
    this.#waiting = late === -1 ? [] : this.#waiting.slice(late)
    if (due.length > 0) this.#release(due)
    if (this.#waiting.length > 0) this.#timer ??= setInterval(() => this.#look(), LOOK_MS)
    else {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }
}
