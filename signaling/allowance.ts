/** How much one person may do, over all their sockets. Leaving and coming back does not refill it. */
import type { Peer } from './peer.ts'
import { TokenBucket } from './token-bucket.ts'

type Limit = { burst: number; perSecond: number }

/** Messages, votes and hands. */
const TALK = { student: { burst: 5, perSecond: 1 }, staff: { burst: 20, perSecond: 5 } }
/** Strokes. */
const DRAWING: Limit = { burst: 60, perSecond: 20 }
/** What costs much to answer: pages of lists and of strokes, and moves between the tiers. */
const ASKING: Limit = { burst: 60, perSecond: 5 }

/** Requests that bring reactions, each with many. */
const REACTING: Limit = { burst: 3, perSecond: 1 }

/** Each method takes one from what the person may do now, and answers whether there was one. */
export class Allowance {
  private readonly talking = new Map<string, TokenBucket>()
  private readonly drawing = new Map<string, TokenBucket>()
  private readonly reacting = new Map<string, TokenBucket>()
  private readonly asking = new Map<string, TokenBucket>()

  talk(peer: Peer): boolean {
    return takeOne(this.talking, peer, peer.isStaff ? TALK.staff : TALK.student)
  }

  draw(peer: Peer): boolean {
    return takeOne(this.drawing, peer, DRAWING)
  }

  react(peer: Peer): boolean {
    return takeOne(this.reacting, peer, REACTING)
  }

  ask(peer: Peer): boolean {
    return takeOne(this.asking, peer, ASKING)
  }
}

function takeOne(buckets: Map<string, TokenBucket>, peer: Peer, { burst, perSecond }: Limit): boolean {
  const now = performance.now()
  const bucket = buckets.get(peer.id) ?? new TokenBucket(burst, perSecond, now)
  buckets.set(peer.id, bucket)
  return bucket.take(1, now)
}
