/** Chat above the rate that a person can read: what students are spared of it, and who is told in spite of that. */
import type { RoomEvent } from './protocol/events.ts'
import { TokenBucket } from './token-bucket.ts'

/** Messages a second that one reads, and how many may come at once before any is left out. */
const READ = { perSecond: 6, burst: 30 }
/** Of so many messages it is remembered who wrote them, so that an answer finds its way. */
const REMEMBERED = 10_000

type Message = Extract<RoomEvent, { type: 'messageSent' }>

export class Thinning {
  private readonly reading: TokenBucket
  private readonly authors = new Map<number, string>()
  private readonly now: () => number

  /** `now`: milliseconds on a clock that does not jump. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now
    this.reading = new TokenBucket(READ.burst, READ.perSecond, now())
  }

  /**
   * The messages that students are not told, each with the few whom it is told nevertheless: its author, those whom it
   * calls by name, and whoever it answers. What staff say is told to all.
   */
  leftOutOf(events: readonly RoomEvent[]): Map<RoomEvent, ReadonlySet<string>> {
    const leftOut = new Map<RoomEvent, ReadonlySet<string>>()
    for (const event of events) {
      if (event.type !== 'messageSent') continue
      this.remember(event)
      const readable = this.reading.take(1, this.now())
      if (!readable && event.by?.role === 'student') leftOut.set(event, this.concernedBy(event))
    }
    return leftOut
  }

  private concernedBy({ by, data }: Message): ReadonlySet<string> {
    const called = data.mentions?.map(({ peerId }) => peerId) ?? []
    const answered = data.replyTo === undefined ? undefined : this.authors.get(data.replyTo)
    return new Set([...called, ...(by ? [by.peerId] : []), ...(answered === undefined ? [] : [answered])])
  }

  private remember({ seq, by }: Message): void {
    if (!by) return
    this.authors.set(seq, by.peerId)
    if (this.authors.size > REMEMBERED) this.authors.delete(this.authors.keys().next().value!)
  }
}
