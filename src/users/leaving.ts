/** Taking all of one's data along, and leaving: an account is deleted some days after its owner has asked for it. */
import { and, eq, inArray, isNotNull, isNull, lte } from 'drizzle-orm'
import { phoneCodes, users, wechatAccounts } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Parts } from './parts.ts'
import { DELETED_NAME, type PersonalData } from './personal-data.ts'
import { prove } from './proof.ts'
import { countAgainst, forgetOldWindows } from './rate-windows.ts'
import type { AccountRole, Proof } from './schema.ts'

const DAY_SECONDS = 24 * 3600
const EXPORTS_PER_DAY = 3
const AT_ONCE = 1000
const SWEEP = 'users.sweep'
/** Others depend on what these have made: somebody has to take it over first. */
const mayLeave: AccountRole[] = ['student', 'assistant']

export type LeavingDeps = Parts & { personalData: PersonalData[]; deletionDays: number }

/** Everything held of this person, by feature. A few times a day. */
export async function exportData(
  deps: LeavingDeps,
  user: SignedInUser,
  proof: Proof,
): Promise<Record<string, unknown>> {
  const { db, now, personalData } = deps
  const proven = await prove(deps, user, proof)
  await db.transaction(async (tx) => {
    await proven(tx)
    await countAgainst(tx, [{ key: `export ${user.id}`, max: EXPORTS_PER_DAY, seconds: DAY_SECONDS }], now())
  })
  const parts: Record<string, unknown> = { exportedAt: now() }
  for (const { name, gather } of personalData) parts[name] = await gather(user.id)
  return parts
}

/** Ends the other sign-ins; this one stays, and with it the way back. */
export async function askForDeletion(deps: LeavingDeps, user: SignedInUser, proof: Proof): Promise<void> {
  const { db, now, sessions, deletionDays } = deps
  const proven = await prove(deps, user, proof)
  const ended = await db.transaction(async (tx) => {
    await proven(tx)
    const change = tx.update(users).set({ deletionDueAt: now() + deletionDays * DAY_SECONDS * 1000 })
    const asked = and(eq(users.id, user.id), inArray(users.role, mayLeave))
    const [changed] = await change.where(asked).returning({ id: users.id })
    if (!changed)
      throw new AppError('hand_over_first', 'somebody has to take over what this account is responsible for')
    return sessions.endOthersIn(tx, user)
  })
  await sessions.announceEnded(ended)
}

export async function callOffDeletion({ db }: Parts, user: SignedInUser): Promise<void> {
  const pending = and(eq(users.id, user.id), isNull(users.deletedAt))
  await db.update(users).set({ deletionDueAt: null }).where(pending)
}

/** Has the sweep done every hour. */
export async function sweepHourly(deps: LeavingDeps, jobs: Jobs): Promise<void> {
  await jobs.handle(SWEEP, {}, () => sweepUsers(deps))
  await jobs.every(SWEEP, '23 * * * *')
}

/** Deletes the accounts whose time has come, and forgets codes and counts that are over. */
export async function sweepUsers(deps: LeavingDeps): Promise<void> {
  const { db, codes, now } = deps
  await codes.forgetOld()
  await forgetOldWindows(db, now())
  const due = await db.select({ id: users.id }).from(users).where(isDue(now())).limit(AT_ONCE)
  const failures: unknown[] = []
  for (const { id } of due) await deleteAccount(deps, id).catch((error) => failures.push(error))
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} accounts could not be deleted`)
}

const isDue = (now: number) =>
  and(
    isNotNull(users.deletionDueAt),
    lte(users.deletionDueAt, now),
    isNull(users.deletedAt),
    inArray(users.role, mayLeave),
  )

/**
 * Nothing is left but the bare id, under which orders and the books are kept; and of who was banned, that the phone and
 * the WeChat are: to be deleted is no way round a ban.
 */
async function deleteAccount(deps: LeavingDeps, userId: string): Promise<void> {
  const { db, now, sessions, personalData } = deps
  const stillDue = and(eq(users.id, userId), isDue(now()))
  if ((await db.$count(users, stillDue)) === 0) return
  for (const { release } of personalData) await release?.(userId)
  const ended = await db.transaction(async (tx) => {
    const [user] = await tx.select().from(users).where(stillDue).for('update')
    if (!user) return []
    for (const { erase } of personalData) await erase?.(tx, userId)
    if (user.phoneIndex) await tx.delete(phoneCodes).where(eq(phoneCodes.phoneIndex, user.phoneIndex))
    const ofUser = eq(wechatAccounts.userId, userId)
    if (user.bannedAt === null) await tx.delete(wechatAccounts).where(ofUser)
    else await tx.update(wechatAccounts).set({ nickname: DELETED_NAME }).where(ofUser)
    await tx.update(users).set(nobody(user, now())).where(eq(users.id, userId))
    await record(tx, { actorId: null, action: 'accountDeleted', subject: 'user', subjectId: userId, at: now() })
    return sessions.endAllIn(tx, userId)
  })
  await sessions.announceEnded(ended)
}

const nobody = ({ id, bannedAt, phoneIndex }: typeof users.$inferSelect, at: number) => ({
  username: `deleted-${id}`,
  displayName: DELETED_NAME,
  passwordHash: null,
  phoneSealed: null,
  phoneIndex: bannedAt === null ? null : phoneIndex,
  deletionDueAt: null,
  deletedAt: at,
})
