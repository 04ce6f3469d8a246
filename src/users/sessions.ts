/** Sign-ins: opened with a password, kept alive by a refresh token that changes at each use, ended at once. */
import { randomUUID } from 'node:crypto'
import { and, desc, eq, gt, lte, ne, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { sessions, users } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Session, SignedIn, User } from './schema.ts'
import { ACCESS_TTL_SECONDS, createTokens, REFRESH_TTL_SECONDS, type Tokens } from './tokens.ts'

/** Two tabs that refresh at the same time present the same token; the later one is no thief. */
const ROTATION_GRACE_MS = 10_000
const LISTED = 100

/** What a sign-in gives: the answer, and the refresh token where it is a new one. */
export type OpenSession = { signedIn: SignedIn; refreshToken?: string }

type Deps = { db: Db; bus: Bus; now: () => number; tokens: Tokens }

export type Sessions = ReturnType<typeof createSessions>

export function createSessions({ db, bus, secret, now }: Omit<Deps, 'tokens'> & { secret: Uint8Array }) {
  const deps = { db, bus, now, tokens: createTokens(secret, now) }
  return {
    /** Throws `wrong_credentials` where `passwordHash`, which the password was checked against, is no longer the user's. */
    open: (user: User, userAgent: string, passwordHash: string) => open(deps, user, userAgent, passwordHash),
    /** Throws `unauthorized`; a refresh token that was replaced long ago also ends the sign-in it belongs to. */
    refresh: (refreshToken: string) => refresh(deps, refreshToken),
    /** Whose access token this is, as they are now. */
    authenticate: (accessToken: string) => authenticate(deps, accessToken),
    /** Who signed in with this sign-in, as they are now; throws `unauthorized` when it has ended. */
    userOf: (sessionId: string) => userOf(deps, sessionId),
    signOut: ({ sessionId }: SignedInUser) => end(deps, eq(sessions.id, sessionId)),
    /** The user's sign-ins, the last used first. */
    list: (user: SignedInUser) => list(deps, user),
    revoke: (user: SignedInUser, sessionId: string) => revoke(deps, user, sessionId),
    endOthers: ({ id, sessionId }: SignedInUser) =>
      end(deps, and(eq(sessions.userId, id), ne(sessions.id, sessionId))!),
  }
}

async function open(deps: Deps, user: User, userAgent: string, passwordHash: string): Promise<OpenSession> {
  const { db, tokens, now } = deps
  await db.delete(sessions).where(and(eq(sessions.userId, user.id), lte(sessions.lastUsedAt, oldestAlive(now()))))
  const refreshId = randomUUID()
  const at = now()
  const sessionId = await db.transaction(async (transaction) => {
    // The lock: a change of the password either is seen here, or waits and then ends this sign-in with the others.
    const [unchanged] = await transaction
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), eq(users.passwordHash, passwordHash)))
      .for('share')
    if (!unchanged) throw new AppError('wrong_credentials', 'the password has just been changed')
    const [session] = await transaction
      .insert(sessions)
      .values({ userId: user.id, userAgent: userAgent.slice(0, 300), createdAt: at, lastUsedAt: at, refreshId })
      .returning({ id: sessions.id })
    return session!.id
  })
  return {
    signedIn: await signedIn(tokens, user, sessionId),
    refreshToken: await tokens.signRefresh({ sessionId, id: refreshId }),
  }
}

async function refresh(deps: Deps, refreshToken: string): Promise<OpenSession> {
  const { db, tokens, now } = deps
  const { sessionId, id } = await tokens.readRefresh(refreshToken)
  const nextId = randomUUID()
  const [rotated] = await db
    .update(sessions)
    .set({ refreshId: nextId, previousRefreshId: id, lastUsedAt: now() })
    .where(and(eq(sessions.id, sessionId), eq(sessions.refreshId, id)))
    .returning({ id: sessions.id })
  const found = await findSession(deps, sessionId)
  if (rotated)
    return {
      signedIn: await signedIn(tokens, found.user, sessionId),
      refreshToken: await tokens.signRefresh({ sessionId, id: nextId }),
    }
  const { previousRefreshId, lastUsedAt } = found.session
  if (previousRefreshId === id && now() - lastUsedAt <= ROTATION_GRACE_MS)
    return { signedIn: await signedIn(tokens, found.user, sessionId) }
  await end(deps, eq(sessions.id, sessionId))
  throw new AppError('unauthorized', 'this refresh token was used before; sign in again')
}

async function authenticate(deps: Deps, accessToken: string): Promise<SignedInUser> {
  return userOf(deps, await deps.tokens.readAccess(accessToken))
}

async function userOf(deps: Deps, sessionId: string): Promise<SignedInUser> {
  const { user } = await findSession(deps, sessionId)
  return { id: user.id, role: user.role, displayName: user.displayName, sessionId }
}

async function findSession({ db }: Deps, sessionId: string) {
  const { id, username, displayName, role } = users
  const [found] = await db
    .select({ user: { id, username, displayName, role }, session: sessions })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!found) throw new AppError('unauthorized', 'this sign-in has ended')
  return found
}

async function list({ db, now }: Deps, user: SignedInUser): Promise<Session[]> {
  const { id, userAgent, createdAt, lastUsedAt } = sessions
  const found = await db
    .select({ id, userAgent, createdAt, lastUsedAt })
    .from(sessions)
    .where(and(eq(sessions.userId, user.id), gt(sessions.lastUsedAt, oldestAlive(now()))))
    .orderBy(desc(sessions.lastUsedAt))
    .limit(LISTED)
  return found.map((session) => ({ ...session, current: session.id === user.sessionId }))
}

async function revoke(deps: Deps, user: SignedInUser, sessionId: string): Promise<void> {
  const ended = await end(deps, and(eq(sessions.id, sessionId), eq(sessions.userId, user.id))!)
  if (ended === 0) throw new AppError('not_found', 'there is no such sign-in')
}

/** Ends sign-ins, and sends their peers out of the rooms. Returns how many there were. */
async function end({ db, bus }: Deps, which: SQL): Promise<number> {
  const ended = await db.delete(sessions).where(which).returning({ sessionId: sessions.id, userId: sessions.userId })
  for (const session of ended) await bus.publish('accessRevoked', { ...session, reason: 'signed_out' })
  return ended.length
}

const oldestAlive = (now: number) => now - REFRESH_TTL_SECONDS * 1000

const signedIn = async (tokens: Tokens, user: User, sessionId: string): Promise<SignedIn> => ({
  user,
  accessToken: await tokens.signAccess(sessionId),
  expiresInSeconds: ACCESS_TTL_SECONDS,
})
