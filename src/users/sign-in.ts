/** Signing up and in by username and password, and changing the password. */
import { eq } from 'drizzle-orm'
import { users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { publicColumns } from './accounts.ts'
import type { Parts } from './parts.ts'
import { readPhone } from './phones.ts'
import { prove } from './proof.ts'
import type { AccountRole, Proof, SignIn, SignUp, User } from './schema.ts'
import type { OpenSession } from './sessions.ts'
import { acceptance } from './terms.ts'

export async function signUp(parts: Parts, account: SignUp, userAgent: string): Promise<OpenSession> {
  const accepted = acceptance(account.termsVersion, parts.now())
  const values = { ...(await rowOf(parts, account)), ...accepted }
  const [user] = await parts.db.insert(users).values(values).onConflictDoNothing().returning({ id: users.id })
  if (!user) throw new AppError('username_taken', 'this username is taken')
  return parts.sessions.open(user.id, userAgent, values.passwordHash)
}

export async function signIn(parts: Parts, { username, password }: SignIn, userAgent: string): Promise<OpenSession> {
  const found = (await byPhone(parts, username)) ?? (await byUsername(parts, username))
  const passwordHash = found?.passwordHash ?? undefined
  const right = await parts.passwords.verify(password, passwordHash)
  if (!found || !right) throw new AppError('wrong_credentials', 'username or password is wrong')
  return parts.sessions.open(found.id, userAgent, passwordHash)
}

const credentials = { id: users.id, passwordHash: users.passwordHash }

async function byUsername({ db }: Parts, username: string) {
  const [found] = await db.select(credentials).from(users).where(eq(users.username, username.toLowerCase()))
  return found
}

async function byPhone({ db, phones }: Parts, text: string) {
  const phone = readPhone(text)
  if (!phone) return undefined
  const [found] = await db
    .select(credentials)
    .from(users)
    .where(eq(users.phoneIndex, phones.indexOf(phone)))
  return found
}

export async function ensure(parts: Parts, account: SignUp, role: AccountRole): Promise<User> {
  const values = { ...(await rowOf(parts, account)), role }
  const { displayName, passwordHash } = values
  const [user] = await parts.db
    .insert(users)
    .values(values)
    .onConflictDoUpdate({ target: users.username, set: { displayName, passwordHash, role } })
    .returning(publicColumns)
  return user!
}

const rowOf = async ({ passwords, now }: Parts, { username, displayName, password }: SignUp) => ({
  username: username.toLowerCase(),
  displayName: displayName.trim(),
  passwordHash: await passwords.hash(password),
  createdAt: now(),
})

export async function changePassword(parts: Parts, user: SignedInUser, proof: Proof, next: string): Promise<void> {
  const { db, passwords, sessions } = parts
  const proven = await prove(parts, user, proof)
  const passwordHash = await passwords.hash(next)
  const ended = await db.transaction(async (tx) => {
    await proven(tx)
    await tx.update(users).set({ passwordHash }).where(eq(users.id, user.id))
    return sessions.endOthersIn(tx, user)
  })
  await sessions.announceEnded(ended)
}
