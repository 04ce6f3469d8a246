/** Whose time is up: for each viewer when their own picture has come to the end, for all when nobody's time is left. */
import type { Peer } from './peer.ts'
import { BROADCAST_DELAY_MS, TRANSIT_MS } from './protocol/constants.ts'
import { AppError } from './protocol/errors.ts'

/** What was asked at a time, and until when; null where there is no end yet. */
type Asked = { openedAt: number; endsAt: number | null }

/**
 * How long this viewer took for the answer that arrives now. They may say how far behind their picture was when the
 * question came; nobody who saw it on a seat is believed, and nobody more than a broadcast can be behind. Throws
 * `time_up` where it comes too late.
 */
export function tookMs(peer: Peer, { openedAt, endsAt }: Asked, now: number, behindMs = 0): number {
  const lag = peer.wasBehindAt(openedAt) ? Math.min(behindMs, BROADCAST_DELAY_MS) : 0
  if (endsAt !== null && now > endsAt + lag + TRANSIT_MS) throw new AppError('time_up')
  const took = Math.max(0, now - openedAt - lag)
  return endsAt === null ? took : Math.min(took, Math.max(0, endsAt - openedAt))
}

/** Whether somebody here may have seen the question later than it was asked. */
export function someAreBehind(peers: Iterable<Peer>, { openedAt }: Asked): boolean {
  for (const peer of peers) if (peer.wasBehindAt(openedAt)) return true
  return false
}

/** Whether nobody here has any time left. */
export const isOver = (peers: Iterable<Peer>, asked: Asked, now: number): boolean =>
  asked.endsAt !== null &&
  now > asked.endsAt + TRANSIT_MS &&
  (now > asked.endsAt + TRANSIT_MS + BROADCAST_DELAY_MS || !someAreBehind(peers, asked))
