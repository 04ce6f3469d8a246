/** Rights come and go: granted and revoked within the transaction of what causes it, told to everyone after it. */
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { courses, entitlements, lessons, membershipPlanCourses, membershipPlans, orders } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'
import type { Bus } from '../../signaling/ports.ts'
import { mayI, type RightsDeps } from './rights.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Of one course, or of what a membership opens. */
export type Subject = { courseId: string; planId?: null } | { planId: string; courseId?: null }

export type Grant = {
  userId: string
  subject: Subject
  /** The order that pays for it; without one it is a gift. */
  orderId?: string
  grantedBy?: string
  /** Null: for good. */
  accessDays: number | null
  at: number
}

/**
 * Grants a right within the caller's transaction. A right to the course that ends some day is replaced by one that ends
 * so many days later; one that holds for good stays, and `granted` is false. A membership begins when the last one ends.
 */
export async function grantIn(tx: Db, { userId, subject, orderId, grantedBy, accessDays, at }: Grant) {
  const lasting = subject.courseId
    ? await replaceable(tx, userId, subject.courseId, at)
    : await lastMembership(tx, userId, subject.planId!, at)
  if (lasting === 'for good') return { granted: false }
  const from = subject.courseId ? at : lasting
  const granted = await insert(tx, {
    userId,
    courseId: subject.courseId ?? null,
    planId: subject.planId ?? null,
    orderId: orderId ?? null,
    grantedBy: grantedBy ?? null,
    startsAt: from,
    endsAt: accessDays === null ? null : lasting + accessDays * DAY_MS,
    createdAt: at,
  })
  return { granted: granted.length > 0 }
}

type Row = typeof entitlements.$inferSelect

const insert = statement((tx, row: Blanks<Omit<Row, 'id' | 'revokedAt' | 'revokeReason'>>) => {
  const { userId, courseId, planId, orderId, grantedBy, startsAt, endsAt, createdAt } = row
  return tx
    .insert(entitlements)
    .values({ userId, courseId, planId, orderId, grantedBy, startsAt, endsAt, createdAt })
    .onConflictDoNothing()
    .returning({ id: entitlements.id })
})

/** Until when the present right lasts, which makes way for a new one; `at` where there is none that holds. */
async function replaceable(tx: Db, userId: string, courseId: string, at: number): Promise<number | 'for good'> {
  const [present] = await lockPresent(tx, { userId, courseId })
  if (!present) return at
  if (present.endsAt === null) return 'for good'
  const expired = present.endsAt <= at
  await tx
    .update(entitlements)
    .set({ revokedAt: at, revokeReason: expired ? 'expired' : 'replaced' })
    .where(eq(entitlements.id, present.id))
  return expired ? at : present.endsAt
}

const lockPresent = statement((tx, { userId, courseId }: Blanks<{ userId: string; courseId: string }>) =>
  tx
    .select({ id: entitlements.id, endsAt: entitlements.endsAt })
    .from(entitlements)
    .where(and(eq(entitlements.userId, userId), eq(entitlements.courseId, courseId), isNull(entitlements.revokedAt)))
    .for('update'),
)

async function lastMembership(tx: Db, userId: string, planId: string, at: number): Promise<number> {
  const [last] = await tx
    .select({ endsAt: entitlements.endsAt })
    .from(entitlements)
    .where(
      and(
        eq(entitlements.userId, userId),
        eq(entitlements.planId, planId),
        isNull(entitlements.revokedAt),
        gt(entitlements.endsAt, at),
      ),
    )
    .orderBy(desc(entitlements.endsAt))
    .limit(1)
  return last?.endsAt ?? at
}

/** Whose right to what has changed. */
export type RightsChange = { userId: string; courseId: string | null; planId: string | null }

/**
 * Takes back what a refunded order paid for, within the caller's transaction. What other paid orders of the same person
 * give to the same thing is granted anew. Undefined where the order had granted nothing that still held.
 */
export async function revokeIn(
  tx: Db,
  { orderId, at }: { orderId: string; at: number },
): Promise<RightsChange | undefined> {
  const { userId, courseId, planId } = orders
  const [change] = await tx.select({ userId, courseId, planId }).from(orders).where(eq(orders.id, orderId))
  if (!change) return undefined
  const bought = and(
    eq(entitlements.userId, change.userId),
    sameSubject(entitlements, change),
    isNotNull(entitlements.orderId),
    isNull(entitlements.revokedAt),
  )
  const refunded = sql<
    'refunded' | 'replaced'
  >`case when ${entitlements.orderId} = ${orderId} then 'refunded' else 'replaced' end`
  const revoked = await tx
    .update(entitlements)
    .set({ revokedAt: at, revokeReason: refunded })
    .where(bought)
    .returning({ id: entitlements.id })
  if (revoked.length === 0) return undefined
  await grantForOthers(tx, change, orderId, at)
  return change
}

async function grantForOthers(tx: Db, change: RightsChange, refundedOrderId: string, at: number): Promise<void> {
  const others = await tx
    .select({ id: orders.id, accessDays: orders.accessDays, paidAt: orders.paidAt })
    .from(orders)
    .where(
      and(
        eq(orders.userId, change.userId),
        sameSubject(orders, change),
        ne(orders.id, refundedOrderId),
        inArray(orders.status, ['paid', 'partially_refunded', 'refunding']),
      ),
    )
    .orderBy(asc(orders.paidAt), asc(orders.id))
  const periods = periodsOf(others).filter(({ endsAt }) => endsAt === null || endsAt > at)
  const { userId, courseId, planId } = change
  for (const period of courseId ? periods.slice(-1) : periods)
    await tx
      .insert(entitlements)
      .values({ userId, courseId, planId, ...period, startsAt: courseId ? at : period.startsAt, createdAt: at })
      .onConflictDoNothing()
}

type PaidOrder = { id: string; accessDays: number | null; paidAt: number | null }

/** One after the other, each from its payment or the end of the one before; nothing comes after one that is for good. */
function periodsOf(paid: PaidOrder[]) {
  const periods: { orderId: string; startsAt: number; endsAt: number | null }[] = []
  for (const { id, accessDays, paidAt } of paid) {
    const before = periods.at(-1)
    if (before?.endsAt === null) break
    const startsAt = Math.max(before?.endsAt ?? 0, paidAt ?? 0)
    periods.push({ orderId: id, startsAt, endsAt: accessDays === null ? null : startsAt + accessDays * DAY_MS })
  }
  return periods
}

const sameSubject = (table: typeof orders | typeof entitlements, { courseId, planId }: RightsChange) =>
  courseId ? eq(table.courseId, courseId) : eq(table.planId, planId!)

export type AnnounceDeps = RightsDeps & { bus: Bus }

/** After the commit: pages look again at what is open to this person. */
export const announceGranted = ({ bus }: AnnounceDeps, { userId, courseId, planId }: RightsChange) =>
  bus.publish('rightsChanged', { userId, courseId, planId })

/** After the commit: this person's pages look again, and live classes that are open to them no more let them go. */
export async function announceRevoked(deps: AnnounceDeps, revoked: RightsChange): Promise<void> {
  const { db, bus } = deps
  const { userId, courseId, planId } = revoked
  await bus.publish('rightsChanged', { userId, courseId, planId })
  const concerned = courseId ? eq(lessons.courseId, courseId) : inArray(lessons.courseId, coursesOfPlan(db, planId!))
  const open = await db
    .select({ id: lessons.id })
    .from(lessons)
    .where(and(eq(lessons.kind, 'live'), ne(lessons.status, 'ended'), isNull(lessons.cancelledAt), concerned))
  for (const { id: lessonId } of open) {
    const decision = await mayI(deps, { id: userId, role: 'student' }, 'enter', { lessonId })
    if (decision.allowed === true) continue
    await bus.publish('accessRevoked', { userId, lessonId, reason: 'not_entitled' })
  }
}

const coursesOfPlan = (db: Db, planId: string) =>
  db
    .select({ id: courses.id })
    .from(courses)
    .where(
      or(
        sql`exists (select 1 from ${membershipPlans} where ${membershipPlans.id} = ${planId} and ${membershipPlans.allCourses})`,
        sql`exists (select 1 from ${membershipPlanCourses} where ${membershipPlanCourses.planId} = ${planId} and ${membershipPlanCourses.courseId} = ${courses.id})`,
      ),
    )
