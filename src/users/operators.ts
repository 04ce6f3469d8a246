/** What operators and admins do to the accounts of others: look at them, ban them, change what they are. */
import { and, asc, eq, gt, ilike, isNotNull, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import { users, wechatAccounts } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import type { SignedInUser } from '../http/auth.ts'
import { maskedPhone, publicColumns, unknownUser } from './accounts.ts'
import type { Parts } from './parts.ts'
import { phoneOf } from './phones.ts'
import type { AccountRole, ManagedUser, UserPage, UserQuery } from './schema.ts'

const PAGE = 50

export async function listUsers(parts: Parts, { search, role, state, after }: UserQuery): Promise<UserPage> {
  const pattern = search && `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const found = await managed(
    parts,
    and(
      isNull(users.deletedAt),
      pattern ? or(ilike(users.username, pattern), ilike(users.displayName, pattern)) : undefined,
      role ? eq(users.role, role) : undefined,
      state === 'banned' ? isNotNull(users.bannedAt) : undefined,
      state === 'leaving' ? isNotNull(users.deletionDueAt) : undefined,
      after ? gt(users.username, after) : undefined,
    ),
    PAGE + 1,
  )
  const page = found.slice(0, PAGE)
  return { users: page, next: found.length > PAGE ? page.at(-1)!.username : null }
}

export async function findByPhone(parts: Parts, text: string): Promise<ManagedUser | null> {
  const [found] = await managed(parts, eq(users.phoneIndex, parts.phones.indexOf(phoneOf(text))), 1)
  return found ?? null
}

async function managed({ db, phones }: Parts, which: SQL | undefined, limit: number): Promise<ManagedUser[]> {
  const { createdAt, bannedAt, banReason, deletionDueAt, phoneSealed } = users
  const found = await db
    .select({
      user: publicColumns,
      more: { createdAt, bannedAt, banReason, deletionDueAt },
      phoneSealed,
      nickname: wechatAccounts.nickname,
    })
    .from(users)
    .leftJoin(wechatAccounts, eq(wechatAccounts.userId, users.id))
    .where(which)
    .orderBy(asc(users.username))
    .limit(limit)
  return found.map(({ user, more, phoneSealed, nickname }) => ({
    ...user,
    ...more,
    phone: maskedPhone(phones, phoneSealed, user.id),
    wechat: nickname !== null,
  }))
}

/** One that is there, or of which a ban is left. */
async function theManaged(parts: Parts, userId: string): Promise<ManagedUser> {
  const left = or(isNull(users.deletedAt), isNotNull(users.bannedAt))
  const [found] = await managed(parts, and(eq(users.id, userId), left), 1)
  return found ?? unknownUser()
}

/** Ends every sign-in, and sends the user out of every room at once. */
export async function banUser(parts: Parts, operator: SignedInUser, userId: string, reason: string) {
  const { db, bus, now, sessions } = parts
  mayJudge(operator, await theManaged(parts, userId))
  const banned = await db.transaction(async (tx) => {
    const change = tx.update(users).set({ bannedAt: now(), banReason: reason.trim() })
    const [changed] = await change
      .where(and(eq(users.id, userId), isNull(users.bannedAt), isNull(users.deletedAt), ...notAbove(operator)))
      .returning({ id: users.id })
    if (!changed) return false
    await sessions.endAllIn(tx, userId)
    const entry = { actorId: operator.id, action: 'userBanned' as const, ...ofUser(userId), at: now() }
    await record(tx, { ...entry, details: { reason: reason.trim() } })
    return true
  })
  if (banned) await bus.publish('accessRevoked', { userId, reason: 'banned' })
  return theManaged(parts, userId)
}

/** Of one that was deleted meanwhile, the phone and the WeChat are free again. */
export async function unbanUser(parts: Parts, operator: SignedInUser, userId: string) {
  const { db, now } = parts
  const user = await theManaged(parts, userId)
  mayJudge(operator, user)
  await db.transaction(async (tx) => {
    const [changed] = await tx
      .update(users)
      .set({
        bannedAt: null,
        banReason: null,
        phoneIndex: sql`case when ${users.deletedAt} is null then ${users.phoneIndex} end`,
      })
      .where(and(eq(users.id, userId), isNotNull(users.bannedAt)))
      .returning({ deletedAt: users.deletedAt })
    if (changed && changed.deletedAt !== null) await tx.delete(wechatAccounts).where(eq(wechatAccounts.userId, userId))
    const entry = { actorId: operator.id, action: 'userUnbanned' as const, ...ofUser(userId), at: now() }
    if (changed) await record(tx, entry)
  })
  return { ...user, bannedAt: null, banReason: null }
}

/** Nobody judges themselves, and operators neither each other nor admins. */
function mayJudge(operator: SignedInUser, user: { id: string; role: AccountRole }): void {
  if (operator.id === user.id) throw new AppError('conflict', 'nobody can ban themselves')
  if (operator.role !== 'admin' && aboveTeachers.includes(user.role))
    throw new AppError('forbidden', 'only admins ban operators and admins')
}

const aboveTeachers: AccountRole[] = ['operator', 'admin']

/** Again within the change: the user may have become one of these since. */
const notAbove = (operator: SignedInUser) =>
  operator.role === 'admin' ? [] : aboveTeachers.map((role) => ne(users.role, role))

export async function setRole(parts: Parts, admin: SignedInUser, userId: string, role: AccountRole) {
  const { db, bus, now } = parts
  if (admin.id === userId)
    throw new AppError('conflict', 'admins cannot change their own role: someone must remain who can change it back')
  const changed = await db.transaction(async (tx) => {
    const [before] = await tx.select({ role: users.role }).from(users).where(eq(users.id, userId)).for('update')
    if (!before || before.role === role) return false
    await tx.update(users).set({ role }).where(eq(users.id, userId))
    const entry = { actorId: admin.id, action: 'roleChanged' as const, ...ofUser(userId), at: now() }
    await record(tx, { ...entry, details: { from: before.role, to: role } })
    return true
  })
  if (changed) await bus.publish('accessRevoked', { userId, reason: 'role_changed' })
  return theManaged(parts, userId)
}

const ofUser = (subjectId: string) => ({ subject: 'user' as const, subjectId })
