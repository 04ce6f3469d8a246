/** What somebody who is signed in shows again before a change that a thief of the device would make first. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { unknownUser } from './accounts.ts'
import type { RightCode } from './codes.ts'
import type { Parts } from './parts.ts'
import type { Proof } from './schema.ts'

/** Holds the user's row until the end of the transaction; throws where the proof has meanwhile lost its worth. */
export type Proven = (tx: Db) => Promise<void>

/**
 * The current password, or a code that was sent to the current phone. Who has neither, and came by WeChat, must have
 * done so just now.
 */
export async function prove(parts: Parts, user: SignedInUser, { password, code }: Proof): Promise<Proven> {
  const { db, passwords, phones, codes, sessions } = parts
  const seen = await waysOf(db, user.id)
  if (code !== undefined && seen.phoneSealed) {
    const phone = phones.open(seen.phoneSealed, user.id)
    return stillTrue(parts, user, seen, await codes.check({ phone, purpose: 'confirm', userId: user.id }, code))
  }
  if (password !== undefined && seen.passwordHash) {
    const right = await passwords.verify(password, seen.passwordHash)
    if (!right) throw new AppError('wrong_credentials', 'the current password is wrong')
    return stillTrue(parts, user, seen)
  }
  if (!seen.passwordHash && !seen.phoneSealed && (await sessions.isFresh(user))) return stillTrue(parts, user, seen)
  throw new AppError('confirmation_needed', 'send the current password, or a code sent to the current phone')
}

type Ways = { passwordHash: string | null; phoneSealed: string | null }

async function waysOf(db: Db, userId: string, lock = false): Promise<Ways> {
  const { passwordHash, phoneSealed } = users
  const query = db.select({ passwordHash, phoneSealed }).from(users).where(eq(users.id, userId))
  const [found] = await (lock ? query.for('update') : query)
  return found ?? unknownUser()
}

const stillTrue =
  ({ codes }: Parts, user: SignedInUser, seen: Ways, code?: RightCode): Proven =>
  async (tx) => {
    const now = await waysOf(tx, user.id, true)
    if (now.passwordHash !== seen.passwordHash)
      throw new AppError('wrong_credentials', 'the current password has just been changed')
    if (now.phoneSealed !== seen.phoneSealed) throw new AppError('conflict', 'the phone has just been changed')
    if (code) await codes.spend(tx, code)
  }
