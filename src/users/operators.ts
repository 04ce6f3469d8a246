/** What operators and admins do to the accounts of others. */
import { and, asc, eq, gt, ilike, ne, or } from 'drizzle-orm'
import { users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { getUser, publicColumns } from './accounts.ts'
import type { Parts } from './parts.ts'
import type { AccountRole, User, UserPage } from './schema.ts'

const PAGE = 50

export async function listUsers(
  { db }: Parts,
  { search, after }: { search?: string; after?: string },
): Promise<UserPage> {
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

export async function setRole(parts: Parts, admin: SignedInUser, userId: string, role: AccountRole): Promise<User> {
  const { db, bus } = parts
  if (admin.id === userId)
    throw new AppError('conflict', 'admins cannot change their own role: someone must remain who can change it back')
  const [changed] = await db
    .update(users)
    .set({ role })
    .where(and(eq(users.id, userId), ne(users.role, role)))
    .returning(publicColumns)
  if (!changed) return getUser(db, userId)
  await bus.publish('accessRevoked', { userId, reason: 'role_changed' })
  return changed
}
