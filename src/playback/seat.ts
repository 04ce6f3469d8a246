/** What one person may fetch of a class: about as much as plays in real time, so that an address is of little use to many. */
import { AppError } from '../../signaling/protocol/errors.ts'
import { TokenBucket } from '../../signaling/token-bucket.ts'

/** Five parts and ten playlists a second of picture and sound each, and as much again for what goes wrong. */
const REQUESTS = { burst: 600, perSecond: 40 }
/** Picture and sound, a quarter faster than they play; the burst is for joining, going back and changing quality. */
const MEDIA_SECONDS = { burst: 400, perSecond: 2.5 }
/** Playlists and hinted parts of picture and sound, in the quality that was and the one that comes. */
const MOST_WAITING = 12
const MOST_PAID = 64

/**
 * A file of the class, and how long it plays: nothing, where it is none of picture or sound. `paid`: a cache in front may
 * have paid for it.
 */
export type Wanted = { name: string; mediaSeconds: number; paid: boolean }

export class Seat {
  /** When something was last fetched from it. */
  usedAt = 0
  private readonly requests: TokenBucket
  private readonly media: TokenBucket
  /** What a cache in front has asked about, and may have to fetch: how often each, the latest last. */
  private readonly paid = new Map<string, number>()
  private waiting = 0

  constructor(now: number) {
    this.requests = new TokenBucket(REQUESTS.burst, REQUESTS.perSecond, now)
    this.media = new TokenBucket(MEDIA_SECONDS.burst, MEDIA_SECONDS.perSecond, now)
  }

  /** Throws `too_many_requests`. */
  take(wanted: Wanted, now: number): void {
    this.usedAt = now
    if (!wanted.paid || !this.spend(wanted.name)) this.charge(wanted, now)
  }

  /** For a cache in front, which gives it out or fetches it: either way it is paid for once. */
  pay(wanted: Wanted, now: number): void {
    this.usedAt = now
    this.charge(wanted, now)
    const times = this.paid.get(wanted.name) ?? 0
    this.paid.delete(wanted.name)
    this.paid.set(wanted.name, times + 1)
    if (this.paid.size > MOST_PAID) this.paid.delete(this.paid.keys().next().value!)
  }

  /** Throws `too_many_requests` where this person waits for enough already. */
  async wait<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= MOST_WAITING) throw tooMuch('too many requests of one player wait')
    this.waiting += 1
    try {
      return await work()
    } finally {
      this.waiting -= 1
    }
  }

  private charge({ mediaSeconds }: Wanted, now: number): void {
    if (!this.requests.take(1, now)) throw tooMuch('too many requests of one player')
    if (mediaSeconds > 0 && !this.media.take(mediaSeconds, now)) throw tooMuch('more than one player plays')
  }

  private spend(name: string): boolean {
    if (this.paid.size === 0) return false
    const times = this.paid.get(name) ?? 0
    if (times > 1) this.paid.set(name, times - 1)
    else this.paid.delete(name)
    return times > 0
  }
}

const tooMuch = (message: string) => new AppError('too_many_requests', message, { retryAfterSeconds: 2 })
