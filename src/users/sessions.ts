/** Sign-ins: opened by whatever proves who one is, kept alive by a refresh token that changes at each use, ended at once. */
import { randomUUID } from 'node:crypto'
import { and, desc, eq, gt, lte, ne, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { sessions, users } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Account, Session, SignedIn } from './schema.ts'
import { ACCESS_TTL_SECONDS, createTokens, REFRESH_TTL_SECONDS, type Tokens } from './tokens.ts'

/** Two tabs that refresh at the same time present the same token; the later one is no thief. */
const ROTATION_GRACE_MS = 10_000
/** A sign-in this young proves by itself who one is. */
const FRESH_MS = 10 * 60_000
const LISTED = 100

/** What a sign-in gives: the answer, and the refresh token where it is a new one. */
export type OpenSession = { signedIn: SignedIn; refreshToken?: string }
/** A sign-in that is stored as soon as its transaction commits. */
export type StoredSession = { userId: string; sessionId: string; refreshId: string }
type Ended = { userId: string; sessionId: string }

type Deps = { db: Db; bus: Bus; now: () => number; tokens: Tokens; account: (userId: string) => Promise<Account> }

export type Sessions = ReturnType<typeof createSessions>

export function createSessions({ secret, ...given }: Omit<Deps, 'tokens'> & { secret: Uint8Array }) {
  const deps = { ...given, tokens: createTokens(secret, given.now) }
  return {
    /**
     * Opens a sign-in; throws `banned`, and `wrong_credentials` where `passwordHash`, which the password was checked
     * against, is no longer the user's.
     */
    open: async (userId: string, userAgent: string, passwordHash?: string) =>
      answer(deps, await deps.db.transaction((tx) => openIn(deps, tx, userId, userAgent, passwordHash))),
    /** The same, within a transaction that does more. `answer` gives what to say once it has committed. */
    openIn: (tx: Db, userId: string, userAgent: string) => openIn(deps, tx, userId, userAgent),
    answer: (stored: StoredSession) => answer(deps, stored),
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
    endOthers: (user: SignedInUser) => end(deps, othersOf(user)),
    endOthersIn: (tx: Db, user: SignedInUser) => endIn(tx, othersOf(user)),
    endAllIn: (tx: Db, userId: string) => endIn(tx, eq(sessions.userId, userId)),
    /** To be said once the transaction that ended them has committed. */
    announceEnded: (ended: Ended[]) => announceEnded(deps, ended),
    isFresh: (user: SignedInUser) => isFresh(deps, user),
  }
}

async function openIn(
  { now }: Deps,
  tx: Db,
  userId: string,
  userAgent: string,
  passwordHash?: string,
): Promise<StoredSession> {
  // The lock: a change of the password, a ban or a deletion either is seen here, or waits and then ends this sign-in.
  const [user] = await tx
    .select({ passwordHash: users.passwordHash, bannedAt: users.bannedAt, deletedAt: users.deletedAt })
    .from(users)
    .where(eq(users.id, userId))
    .for('share')
  if (passwordHash !== undefined && user?.passwordHash !== passwordHash)
    throw new AppError('wrong_credentials', 'the password has just been changed')
  if (user && user.bannedAt !== null) throw new AppError('banned', 'this account is banned')
  if (!user || user.deletedAt !== null) throw new AppError('unauthorized', 'this account has been deleted')
  const at = now()
  await tx.delete(sessions).where(and(eq(sessions.userId, userId), lte(sessions.lastUsedAt, oldestAlive(at))))
  const refreshId = randomUUID()
  const [session] = await tx
    .insert(sessions)
    .values({ userId, userAgent: userAgent.slice(0, 300), createdAt: at, lastUsedAt: at, refreshId })
    .returning({ sessionId: sessions.id })
  return { userId, sessionId: session!.sessionId, refreshId }
}

async function answer(deps: Deps, { userId, sessionId, refreshId }: StoredSession): Promise<OpenSession> {
  return {
    signedIn: await signedIn(deps, userId, sessionId),
    refreshToken: await deps.tokens.signRefresh({ sessionId, id: refreshId }),
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
    .returning({ userId: sessions.userId })
  if (rotated) return answer(deps, { userId: rotated.userId, sessionId, refreshId: nextId })
  const [found] = await db.select().from(sessions).where(eq(sessions.id, sessionId))
  if (!found) throw hasEnded()
  if (found.previousRefreshId === id && now() - found.lastUsedAt <= ROTATION_GRACE_MS)
    return { signedIn: await signedIn(deps, found.userId, sessionId) }
  await end(deps, eq(sessions.id, sessionId))
  throw new AppError('unauthorized', 'this refresh token was used before; sign in again')
}

async function authenticate(deps: Deps, accessToken: string): Promise<SignedInUser> {
  return userOf(deps, await deps.tokens.readAccess(accessToken))
}

async function userOf({ db }: Deps, sessionId: string): Promise<SignedInUser> {
  const { id, displayName, role } = users
  const [found] = await db
    .select({ id, role, displayName })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sessionId))
  if (!found) throw hasEnded()
  return { ...found, sessionId }
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

async function isFresh({ db, now }: Deps, { sessionId }: SignedInUser): Promise<boolean> {
  const young = and(eq(sessions.id, sessionId), gt(sessions.createdAt, now() - FRESH_MS))
  return (await db.$count(sessions, young)) > 0
}

/** Ends sign-ins, and sends their peers out of the rooms. Returns how many there were. */
async function end(deps: Deps, which: SQL): Promise<number> {
  const ended = await endIn(deps.db, which)
  await announceEnded(deps, ended)
  return ended.length
}

const endIn = (db: Db, which: SQL): Promise<Ended[]> =>
  db.delete(sessions).where(which).returning({ sessionId: sessions.id, userId: sessions.userId })

async function announceEnded({ bus }: Deps, ended: Ended[]): Promise<void> {
  for (const session of ended) await bus.publish('accessRevoked', { ...session, reason: 'signed_out' })
}

const othersOf = ({ id, sessionId }: SignedInUser) => and(eq(sessions.userId, id), ne(sessions.id, sessionId))!

const oldestAlive = (now: number) => now - REFRESH_TTL_SECONDS * 1000

const hasEnded = () => new AppError('unauthorized', 'this sign-in has ended')

const signedIn = async ({ tokens, account }: Deps, userId: string, sessionId: string): Promise<SignedIn> => ({
  user: await account(userId),
  accessToken: await tokens.signAccess(sessionId),
  expiresInSeconds: ACCESS_TTL_SECONDS,
})
