/** Accounts: who people are to us, how they sign in, and what they may be. */
import { and, asc, eq, gt, ilike, ne, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { users } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import type { AccountRole, SignIn, SignUp, User, UserPage } from './schema.ts'
import { createSessions, type OpenSession, type Sessions } from './sessions.ts'

const PAGE = 50

export type UsersDeps = {
  db: Db
  bus: Bus
  secret: Uint8Array
  now: () => number
  passwords?: Passwords
}
type Deps = Omit<UsersDeps, 'passwords'> & { passwords: Passwords; sessions: Sessions }

export type Users = ReturnType<typeof createUsers>

export function createUsers(given: UsersDeps) {
  const sessions = createSessions(given)
  const deps: Deps = { ...given, passwords: given.passwords ?? createPasswords(), sessions }
  return {
    /** Makes a student's account and signs it in. */
    signUp: (account: SignUp, userAgent: string) => signUp(deps, account, userAgent),
    signIn: (credentials: SignIn, userAgent: string) => signIn(deps, credentials, userAgent),
    /** Makes an account, or gives the existing one this name, password and role. */
    ensure: (account: SignUp, role: AccountRole) => ensure(deps, account, role),
    get: (userId: string) => getUser(deps, userId),
    rename: (userId: string, displayName: string) => rename(deps, userId, displayName),
    /** Ends every other sign-in of the user. */
    changePassword: (user: SignedInUser, current: string, next: string) => changePassword(deps, user, current, next),
    /** Sends the user out of every room, to come back as what they are now. */
    setRole: (admin: SignedInUser, userId: string, role: AccountRole) => setRole(deps, admin, userId, role),
    /** One page of accounts, by a part of their names. */
    list: (query: { search?: string; after?: string }) => list(deps, query),
    refresh: sessions.refresh,
    authenticate: sessions.authenticate,
    userOf: sessions.userOf,
    signOut: sessions.signOut,
    sessionsOf: sessions.list,
    revokeSession: sessions.revoke,
  }
}

async function signUp(deps: Deps, account: SignUp, userAgent: string): Promise<OpenSession> {
  const values = await rowOf(deps, account)
  const [user] = await deps.db.insert(users).values(values).onConflictDoNothing().returning(publicColumns)
  if (!user) throw new AppError('username_taken', 'this username is taken')
  return deps.sessions.open(user, userAgent, values.passwordHash)
}

async function signIn(deps: Deps, { username, password }: SignIn, userAgent: string): Promise<OpenSession> {
  const [found] = await deps.db
    .select({ user: publicColumns, passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.username, username.toLowerCase()))
  const right = await deps.passwords.verify(password, found?.passwordHash)
  if (!found || !right) throw new AppError('wrong_credentials', 'username or password is wrong')
  return deps.sessions.open(found.user, userAgent, found.passwordHash)
}

async function ensure(deps: Deps, account: SignUp, role: AccountRole): Promise<User> {
  const values = { ...(await rowOf(deps, account)), role }
  const { displayName, passwordHash } = values
  const [user] = await deps.db
    .insert(users)
    .values(values)
    .onConflictDoUpdate({ target: users.username, set: { displayName, passwordHash, role } })
    .returning(publicColumns)
  return user!
}

const rowOf = async ({ passwords, now }: Deps, { username, displayName, password }: SignUp) => ({
  username: username.toLowerCase(),
  displayName: displayName.trim(),
  passwordHash: await passwords.hash(password),
  createdAt: now(),
})

async function getUser({ db }: Deps, userId: string): Promise<User> {
  const [user] = await db.select(publicColumns).from(users).where(eq(users.id, userId))
  return user ?? unknownUser()
}

async function rename({ db }: Deps, userId: string, displayName: string): Promise<User> {
  const change = db.update(users).set({ displayName: displayName.trim() })
  const [user] = await change.where(eq(users.id, userId)).returning(publicColumns)
  return user ?? unknownUser()
}

async function changePassword(deps: Deps, user: SignedInUser, current: string, next: string): Promise<void> {
  const { db, passwords, sessions } = deps
  const [found] = await db.select({ stored: users.passwordHash }).from(users).where(eq(users.id, user.id))
  const right = await passwords.verify(current, found?.stored)
  if (!found || !right) throw new AppError('wrong_credentials', 'the current password is wrong')
  const passwordHash = await passwords.hash(next)
  const change = db.update(users).set({ passwordHash })
  const still = and(eq(users.id, user.id), eq(users.passwordHash, found.stored))
  const [changed] = await change.where(still).returning({ id: users.id })
  if (!changed) throw new AppError('wrong_credentials', 'the current password has just been changed')
  await sessions.endOthers(user)
}

async function setRole(deps: Deps, admin: SignedInUser, userId: string, role: AccountRole): Promise<User> {
  const { db, bus } = deps
  if (admin.id === userId)
    throw new AppError('conflict', 'admins cannot change their own role: someone must remain who can change it back')
  const [changed] = await db
    .update(users)
    .set({ role })
    .where(and(eq(users.id, userId), ne(users.role, role)))
    .returning(publicColumns)
  if (!changed) return getUser(deps, userId)
  await bus.publish('accessRevoked', { userId, reason: 'role_changed' })
  return changed
}

async function list({ db }: Deps, { search, after }: { search?: string; after?: string }): Promise<UserPage> {
  const pattern = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const matches = pattern ? or(ilike(users.username, pattern), ilike(users.displayName, pattern)) : undefined
  const found = await db
    .select(publicColumns)
    .from(users)
    .where(and(matches, after ? gt(users.username, after) : undefined))
    .orderBy(asc(users.username))
    .limit(PAGE + 1)
  const page = found.slice(0, PAGE)
  return { users: page, next: found.length > PAGE ? page.at(-1)!.username : null }
}

const publicColumns = {
  id: users.id,
  username: users.username,
  displayName: users.displayName,
  role: users.role,
}

const unknownUser = (): never => {
  throw new AppError('not_found', 'there is no such user')
}
