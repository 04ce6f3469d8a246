/** What one person may fetch of a class: about as much as plays in real time, so that an address is of little use to many. */
import { AppError } from '../../signaling/protocol/errors.ts'
import { TokenBucket } from '../../signaling/token-bucket.ts'

/** Five parts and ten playlists a second of picture and sound each, and as much again for what goes wrong. */
const REQUESTS = { burst: 600, perSecond: 40 }
/** Picture and sound, a quarter faster than they play; the burst is for joining, going back and changing quality. */
const MEDIA_SECONDS = { burst: 400, perSecond: 2.5 }
/** Playlists and hinted parts of picture and sound, in the quality that was and the one that comes. */
const MOST_WAITING = 12

export class Seat {
  /** When something was last fetched from it. */
  usedAt = 0
  private readonly requests: TokenBucket
  private readonly media: TokenBucket
  private waiting = 0

  constructor(now: number) {
    this.requests = new TokenBucket(REQUESTS.burst, REQUESTS.perSecond, now)
    this.media = new TokenBucket(MEDIA_SECONDS.burst, MEDIA_SECONDS.perSecond, now)
  }

  /** Throws `too_many_requests`. `mediaSeconds` is how long what is asked for plays. */
  take(mediaSeconds: number, now: number): void {
    this.usedAt = now
    if (!this.requests.take(1, now)) throw tooMuch('too many requests of one player')
    if (mediaSeconds > 0 && !this.media.take(mediaSeconds, now)) throw tooMuch('more than one player plays')
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
}

const tooMuch = (message: string) => new AppError('too_many_requests', message, { retryAfterSeconds: 2 })
