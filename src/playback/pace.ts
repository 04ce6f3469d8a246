/** How much of recorded lessons one person may fetch: about as much as plays, so that an address is of little use to many. */
import { AppError } from '../../signaling/protocol/errors.ts'
import { TokenBucket } from '../../signaling/token-bucket.ts'

/** Half faster than the fastest speed of the player; the burst is for jumping about and changing quality. */
const MEDIA_SECONDS = { burst: 1800, perSecond: 3 }
/** Whoever fetched nothing for the longest begins anew where there are more. */
const MOST_PEOPLE = 20_000

export type Pace = ReturnType<typeof createPace>

export function createPace(now: () => number) {
  const buckets = new Map<string, TokenBucket>()
  /** Throws `too_many_requests`. The same for all players and addresses of a person, who plays on one device at a time. */
  return (userId: string, mediaSeconds: number): void => {
    const bucket = buckets.get(userId) ?? new TokenBucket(MEDIA_SECONDS.burst, MEDIA_SECONDS.perSecond, now())
    buckets.delete(userId)
    buckets.set(userId, bucket)
    if (buckets.size > MOST_PEOPLE) buckets.delete(buckets.keys().next().value!)
    if (bucket.take(mediaSeconds, now())) return
    const retryAfterSeconds = Math.ceil(mediaSeconds / MEDIA_SECONDS.perSecond)
    throw new AppError('too_many_requests', 'more is fetched than one person watches', { retryAfterSeconds })
  }
}
