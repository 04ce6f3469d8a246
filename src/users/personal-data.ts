/** What is held of a person: each feature says what it has, and erases it when the account is deleted. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { sessions, users, wechatAccounts, wechatOpenIds } from '../../db/schema.ts'
import type { Phones } from './phones.ts'

/** What a name is replaced with where something of a deleted account remains, such as a message in a class. */
export const DELETED_NAME = '已注销 Deleted'

export interface PersonalData {
  /** The name of its part of an export. */
  readonly name: string
  /** All that this feature holds of the person, as JSON. */
  gather(userId: string): Promise<unknown>
  /** Erases or makes anonymous what need not be kept; what the law wants kept stays, under the bare id. */
  erase?(tx: Db, userId: string): Promise<void>
  /** Removes what no transaction can give back, before it. May be done again. */
  release?(userId: string): Promise<void>
}

/** The account itself and its sign-ins. They are erased by the deletion. */
export const ownPersonalData = ({ db, phones }: { db: Db; phones: Phones }): PersonalData => ({
  name: 'account',
  async gather(userId) {
    const [user] = await db.select().from(users).where(eq(users.id, userId))
    if (!user) return null
    const { passwordHash, phoneSealed, phoneIndex: _, ...plain } = user
    const { id, userAgent, createdAt, lastUsedAt } = sessions
    const [wechat] = await db.select().from(wechatAccounts).where(eq(wechatAccounts.userId, userId))
    const openIds = await db.select().from(wechatOpenIds).where(eq(wechatOpenIds.userId, userId))
    return {
      ...plain,
      phone: phoneSealed && phones.open(phoneSealed, userId),
      hasPassword: passwordHash !== null,
      wechat: wechat ? { ...wechat, openIds: openIds.map(({ appId, openId }) => ({ appId, openId })) } : null,
      signIns: await db
        .select({ id, userAgent, createdAt, lastUsedAt })
        .from(sessions)
        .where(eq(sessions.userId, userId)),
    }
  },
})
