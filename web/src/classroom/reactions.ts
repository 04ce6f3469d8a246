/** Likes, applause and hearts: what one gives, gathered before it is sent, and what the room gives, as numbers. */
import type { Reaction } from '../../../signaling/protocol/constants.ts'
import { limits, reactions } from '../../../signaling/protocol/constants.ts'
import type { RoomEvent } from '../../../signaling/protocol/events.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'
import { Store } from '../store.ts'
import type { Request } from './signaling-client.ts'

export type Counts = Readonly<Record<Reaction, number>>

export const none: Counts = { like: 0, applause: 0, heart: 0 }

/** A crowd of so many sends a thousand requests a second at most. */
const [SHORTEST_MS, LONGEST_MS] = [1000, 10_000]

const each = (one: Counts, other: Counts, combine: (a: number, b: number) => number): Counts => ({
  like: combine(one.like, other.like),
  applause: combine(one.applause, other.applause),
  heart: combine(one.heart, other.heart),
})
const plus = (one: Counts, other: Counts) => each(one, other, (a, b) => a + b)
const sumOf = (counts: Counts) => reactions.reduce((sum, kind) => sum + counts[kind], 0)

export class Reactions {
  /** All that the room has given. */
  readonly totals = new Store<Counts>(none)
  readonly #request: Request
  readonly #online: () => number
  readonly #listeners = new Set<(counts: Counts, own: boolean) => void>()
  #unsent = none
  /** One's own, which are seen when they are given and not once more with those of the others. */
  #untold = none
  #timer: ReturnType<typeof setTimeout> | undefined

  /** `online`: how many are in the room. */
  constructor(request: Request, online: () => number) {
    this.#request = request
    this.#online = online
  }

  enter({ reactions: totals }: RoomSnapshot): void {
    this.#untold = none
    this.totals.set(totals)
  }

  apply(events: readonly RoomEvent[]): void {
    for (const event of events) {
      if (event.type !== 'reactionsGiven') continue
      const { counts } = event.data
      this.totals.set(plus(this.totals.get(), counts))
      const own = each(counts, this.#untold, Math.min)
      this.#untold = each(this.#untold, own, (a, b) => a - b)
      this.#show(
        each(counts, own, (a, b) => a - b),
        false,
      )
    }
  }

  /** Shown at once, sent with what else is given before long. */
  give(kind: Reaction): void {
    const one = { ...none, [kind]: 1 }
    this.#show(one, true)
    if (sumOf(this.#unsent) >= limits.reactionsAtOnce) return
    this.#unsent = plus(this.#unsent, one)
    this.#timer ??= setTimeout(() => this.#send(), Math.min(LONGEST_MS, Math.max(SHORTEST_MS, this.#online())))
  }

  /** Tells `listener` what is to be seen until what is given back is called. */
  onGiven(listener: (counts: Counts, own: boolean) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #send(): void {
    this.#timer = undefined
    const counts = this.#unsent
    this.#unsent = none
    this.#untold = plus(this.#untold, counts)
    this.#request('react', { ...counts }).catch(() => {
      this.#untold = each(this.#untold, counts, (a, b) => Math.max(0, a - b))
    })
  }

  #show(counts: Counts, own: boolean): void {
    if (sumOf(counts) > 0) for (const listener of this.#listeners) listener(counts, own)
  }
}
