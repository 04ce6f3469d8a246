/** How much of recorded lessons one person may fetch: about as much as plays, so that an address is of little use to many. */
import { AppError } from '../../signaling/protocol/errors.ts'
import { TokenBucket } from '../../signaling/token-bucket.ts'

type MediaSeconds = { burst: number; perSecond: number }
/** Half faster than the fastest speed of the player; the burst is for jumping about and changing quality. */
export const VIDEOS: MediaSeconds = { burst: 1800, perSecond: 3 }
/** Picture and sound apart, each asked about by a cache in front and fetched afterwards. */
export const REPLAYS: MediaSeconds = { burst: 4 * VIDEOS.burst, perSecond: 4 * VIDEOS.perSecond }
/** Whoever fetched nothing for the longest begins anew where there are more. */
const MOST_PEOPLE = 20_000

export type Pace = ReturnType<typeof createPace>

export function createPace({ burst, perSecond }: MediaSeconds, now: () => number) {
  const buckets = new Map<string, TokenBucket>()
  /** Throws `too_many_requests`. The same for all players and addresses of a person, who plays on one device at a time. */
  return (userId: string, mediaSeconds: number): void => {
    const bucket = buckets.get(userId) ?? new TokenBucket(burst, perSecond, now())
    buckets.delete(userId)
    buckets.set(userId, bucket)
    if (buckets.size > MOST_PEOPLE) buckets.delete(buckets.keys().next().value!)
    if (bucket.take(mediaSeconds, now())) return
    const retryAfterSeconds = Math.ceil(mediaSeconds / perSecond)
    throw new AppError('too_many_requests', 'more is fetched than one person watches', { retryAfterSeconds })
  }
}
