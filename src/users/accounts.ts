/** Accounts as others see them, and as their owners do. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { users, wechatAccounts } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { maskPhone, type Phones } from './phones.ts'
import type { Account, User } from './schema.ts'

export const publicColumns = {
  id: users.id,
  username: users.username,
  displayName: users.displayName,
  role: users.role,
}

export async function getUser(db: Db, userId: string): Promise<User> {
  const [user] = await db.select(publicColumns).from(users).where(eq(users.id, userId))
  return user ?? unknownUser()
}

export async function getAccount({ db, phones }: { db: Db; phones: Phones }, userId: string): Promise<Account> {
  const [found] = await db
    .select({
      user: publicColumns,
      passwordHash: users.passwordHash,
      phoneSealed: users.phoneSealed,
      deletionDueAt: users.deletionDueAt,
      nickname: wechatAccounts.nickname,
    })
    .from(users)
    .leftJoin(wechatAccounts, eq(wechatAccounts.userId, users.id))
    .where(eq(users.id, userId))
  if (!found) return unknownUser()
  const { user, passwordHash, phoneSealed, deletionDueAt, nickname } = found
  return {
    ...user,
    phone: maskedPhone(phones, phoneSealed, userId),
    hasPassword: passwordHash !== null,
    wechat: nickname === null ? null : { nickname },
    deletionDueAt,
  }
}

export const maskedPhone = (phones: Phones, sealed: string | null, userId: string) =>
  sealed && maskPhone(phones.open(sealed, userId))

/** The masked phone, or the beginning of the id: enough to find them again, and no more. */
export async function watermarkOf({ db, phones }: { db: Db; phones: Phones }, userId: string): Promise<string> {
  const [user] = await db.select({ phoneSealed: users.phoneSealed }).from(users).where(eq(users.id, userId))
  return maskedPhone(phones, user?.phoneSealed ?? null, userId) ?? `ID ${userId.slice(0, 8)}`
}

export async function rename(db: Db, userId: string, displayName: string): Promise<void> {
  await db.update(users).set({ displayName: displayName.trim() }).where(eq(users.id, userId))
}

export const unknownUser = (): never => {
  throw new AppError('not_found', 'there is no such user')
}
