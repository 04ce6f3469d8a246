/** One person plays on one device at a time; whoever comes second is asked, and may take over. */
import { and, eq, lte, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { playbackLeases, sessions } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { LeaseHolder } from './schema.ts'

/** A player renews twice as often; one that has not for so long is gone. */
export const LEASE_SECONDS = 30

export type LeaseDeps = { db: Db; bus: Bus; now: () => number }
type Player = Pick<SignedInUser, 'id' | 'sessionId'>

/** Takes the lease for this player, or throws `playing_elsewhere` where another one holds it and `takeOver` is not said. */
export async function takeLease(deps: LeaseDeps, user: Player, playerId: string, takeOver: boolean): Promise<void> {
  const { db, bus, now } = deps
  const at = now()
  const taken = await db
    .insert(playbackLeases)
    .values({ userId: user.id, sessionId: user.sessionId, playerId, takenAt: at, renewedAt: at })
    .onConflictDoUpdate({
      target: playbackLeases.userId,
      set: { sessionId: user.sessionId, playerId, takenAt: at, renewedAt: at },
      setWhere: or(
        heldBy(user, playerId),
        lte(playbackLeases.renewedAt, at - LEASE_SECONDS * 1000),
        takeOver ? sql`true` : sql`false`,
      )!,
    })
    .returning({ userId: playbackLeases.userId })
  if (taken.length === 0) throw new AppError('playing_elsewhere', 'another device is playing')
  await bus.publish('playerChanged', { userId: user.id, playerId })
}

/** Keeps the lease, or throws `taken_over`. */
export async function renewLease({ db, now }: LeaseDeps, user: Player, playerId: string): Promise<void> {
  const kept = await db
    .update(playbackLeases)
    .set({ renewedAt: now() })
    .where(heldBy(user, playerId))
    .returning({ userId: playbackLeases.userId })
  if (kept.length === 0) throw new AppError('taken_over', 'another device has taken over')
}

/** Lets the next player in at once. */
export async function releaseLease({ db }: LeaseDeps, user: Player, playerId: string): Promise<void> {
  await db.delete(playbackLeases).where(heldBy(user, playerId))
}

/** Which device is playing; null where none is. */
export async function leaseHolder({ db, now }: LeaseDeps, user: Player): Promise<LeaseHolder | null> {
  const [holder] = await db
    .select({
      userAgent: sessions.userAgent,
      sessionId: sessions.id,
      takenAt: playbackLeases.takenAt,
      renewedAt: playbackLeases.renewedAt,
    })
    .from(playbackLeases)
    .innerJoin(sessions, eq(sessions.id, playbackLeases.sessionId))
    .where(eq(playbackLeases.userId, user.id))
  if (!holder || holder.renewedAt <= now() - LEASE_SECONDS * 1000) return null
  const { userAgent, takenAt, sessionId } = holder
  return { userAgent, takenAt, thisDevice: sessionId === user.sessionId }
}

/** A player makes up its own id, and could lend it to another device: the sign-in it cannot. */
const heldBy = ({ id, sessionId }: Player, playerId: string) =>
  and(eq(playbackLeases.userId, id), eq(playbackLeases.sessionId, sessionId), eq(playbackLeases.playerId, playerId))!
