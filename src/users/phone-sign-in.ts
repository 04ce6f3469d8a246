/** Ways in for whoever holds a phone: signing in, which makes an account where there is none, and a forgotten password. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Parts } from './parts.ts'
import { type Phone, phoneOf } from './phones.ts'
import { prove } from './proof.ts'
import type { OwnCodeRequest, PasswordReset, PhoneChange, PhoneSignIn } from './schema.ts'
import type { OpenSession } from './sessions.ts'
import { acceptance } from './terms.ts'

/** `isNew`: the account was made by this. */
export type OpenedByPhone = OpenSession & { isNew: boolean }

export async function signInByPhone(parts: Parts, form: PhoneSignIn, userAgent: string): Promise<OpenedByPhone> {
  const phone = phoneOf(form.phone)
  const right = await parts.codes.check({ phone, purpose: 'sign_in' }, form.code)
  const { isNew, stored } = await parts.db.transaction(async (tx) => {
    await parts.codes.spend(tx, right)
    const known = await ownerOf(parts, tx, phone)
    const made = known ? undefined : await makeAccount(parts, tx, phone, form.termsVersion)
    const userId = known ?? made ?? (await ownerOf(parts, tx, phone))!
    return { isNew: made !== undefined, stored: await parts.sessions.openIn(tx, userId, userAgent) }
  })
  return { ...(await parts.sessions.answer(stored)), isNew }
}

/** A code to the phone that the account has, or to the one that it is to get. */
export async function sendOwnCode(parts: Parts, user: SignedInUser, request: OwnCodeRequest, address: string) {
  const phone = request.purpose === 'new_phone' ? phoneOf(request.phone) : await phoneOfUser(parts, user.id)
  return parts.codes.send({ phone, purpose: request.purpose, userId: user.id }, address)
}

async function phoneOfUser({ db, phones }: Parts, userId: string): Promise<Phone> {
  const [found] = await db.select({ sealed: users.phoneSealed }).from(users).where(eq(users.id, userId))
  if (!found?.sealed) throw new AppError('conflict', 'this account has no phone')
  return phones.open(found.sealed, userId)
}

/** Ends every sign-in of the account, and opens one. */
export async function resetPassword(parts: Parts, form: PasswordReset, userAgent: string): Promise<OpenSession> {
  const { db, codes, passwords, sessions } = parts
  const phone = phoneOf(form.phone)
  const right = await codes.check({ phone, purpose: 'reset_password' }, form.code)
  const passwordHash = await passwords.hash(form.newPassword)
  const { ended, stored } = await db.transaction(async (tx) => {
    await codes.spend(tx, right)
    const userId = await ownerOf(parts, tx, phone)
    if (!userId) throw new AppError('phone_unknown', 'nobody has this phone')
    await tx.update(users).set({ passwordHash }).where(eq(users.id, userId))
    const ended = await sessions.endAllIn(tx, userId)
    return { ended, stored: await sessions.openIn(tx, userId, userAgent) }
  })
  await sessions.announceEnded(ended)
  return sessions.answer(stored)
}

/** Gives the account this phone, whose code was right, in place of an earlier one; ends the other sign-ins. */
export async function changePhone(parts: Parts, user: SignedInUser, { phone: text, code, proof }: PhoneChange) {
  const { db, codes, phones, sessions } = parts
  const phone = phoneOf(text)
  const proven = await prove(parts, user, proof)
  const right = await codes.check({ phone, purpose: 'new_phone', userId: user.id }, code)
  const ended = await db.transaction(async (tx) => {
    await proven(tx)
    await codes.spend(tx, right)
    const owner = await ownerOf(parts, tx, phone)
    if (owner && owner !== user.id) throw phoneTaken()
    await tx
      .update(users)
      .set({ phoneSealed: phones.seal(phone, user.id), phoneIndex: phones.indexOf(phone) })
      .where(eq(users.id, user.id))
      .catch(refuseTaken)
    return sessions.endOthersIn(tx, user)
  })
  await sessions.announceEnded(ended)
}

const phoneTaken = () => new AppError('phone_taken', 'another account has this phone')

/** Two accounts that take one phone at the same moment: the database lets one of them. */
function refuseTaken(error: Error): never {
  const { code } = (error.cause ?? {}) as { code?: string }
  throw code === '23505' ? phoneTaken() : error
}

async function ownerOf({ phones }: Parts, tx: Db, phone: Phone): Promise<string | undefined> {
  const [owner] = await tx
    .select({ id: users.id })
    .from(users)
    .where(eq(users.phoneIndex, phones.indexOf(phone)))
  return owner?.id
}

/** Undefined where somebody has taken the phone in this very moment. */
async function makeAccount(
  { phones, now }: Parts,
  tx: Db,
  phone: Phone,
  termsVersion?: string,
): Promise<string | undefined> {
  const id = randomUUID()
  const sealed = { phoneSealed: phones.seal(phone, id), phoneIndex: phones.indexOf(phone) }
  const [made] = await tx
    .insert(users)
    .values({ id, ...newNames(), ...sealed, ...acceptance(termsVersion, now()), createdAt: now() })
    .onConflictDoNothing({ target: users.phoneIndex })
    .returning({ id: users.id })
  return made?.id
}

/** Names for an account whose owner has chosen none yet. The letters are those that nobody mistakes for others. */
export function newNames(displayName = `学员 ${randomInt(1000, 10_000)}`) {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  const username = `u${[...randomBytes(11)].map((byte) => letters[byte % letters.length]).join('')}`
  return { username, displayName }
}
