/** What can be bought: a published course, or a membership that is on sale. */
import { and, eq, gt, isNull, max, or, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { courses, entitlements, membershipPlans } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Quote } from './schema.ts'

/** `accessDays`: how long a purchase opens it; null: for good. */
export type Thing = {
  courseId: string | null
  planId: string | null
  title: string
  priceFen: number
  struckThroughFen: number | null
  accessDays: number | null
  teacherId: string | null
}

export type ThingId = { courseId?: string | undefined; planId?: string | undefined }

export async function thingOf(db: Db, { courseId, planId }: ThingId): Promise<Thing> {
  if ((courseId === undefined) === (planId === undefined))
    throw new AppError('bad_request', 'exactly one of courseId and planId')
  const thing = courseId ? await courseOf(db, courseId) : await planOf(db, planId!)
  if (!thing) throw new AppError('not_found', 'there is nothing like this on sale')
  return thing
}

async function courseOf(db: Db, id: string): Promise<Thing | undefined> {
  const [course] = await db
    .select()
    .from(courses)
    .where(and(eq(courses.id, id), eq(courses.status, 'published')))
  if (!course) return undefined
  const { title, priceFen, listPriceFen, accessDays, teacherId } = course
  return { courseId: id, planId: null, title, priceFen, struckThroughFen: listPriceFen, accessDays, teacherId }
}

async function planOf(db: Db, id: string): Promise<Thing | undefined> {
  const [plan] = await db
    .select()
    .from(membershipPlans)
    .where(and(eq(membershipPlans.id, id), eq(membershipPlans.onSale, true)))
  if (!plan) return undefined
  const { title, priceFen, listPriceFen, days } = plan
  return {
    courseId: null,
    planId: id,
    title,
    priceFen,
    struckThroughFen: listPriceFen,
    accessDays: days,
    teacherId: null,
  }
}

/** Whether this person has the course for good, or teaches it. A right that ends some day can be bought on. */
export async function hasAlready(db: Db, userId: string, { courseId, teacherId }: Thing): Promise<boolean> {
  if (!courseId) return false
  if (teacherId === userId) return true
  const forGood = and(isNull(entitlements.revokedAt), isNull(entitlements.endsAt))
  const mine = and(eq(entitlements.userId, userId), eq(entitlements.courseId, courseId))
  return (await db.$count(entitlements, and(mine, forGood))) > 0
}

/** Whether a right of this person to the same thing lasts beyond this moment. */
export const hasStill = async (db: Db, userId: string, thing: Thing, at: number): Promise<boolean> =>
  (await db.$count(entitlements, lasting(userId, thing, at))) > 0

/** What this person has of it already. What costs nothing is not taken twice. */
export async function heldOf(db: Db, userId: string, thing: Thing, at: number): Promise<Quote['yours']> {
  if (await hasAlready(db, userId, thing)) return { endsAt: null, more: false }
  const [held] = await db
    .select({ endsAt: max(entitlements.endsAt) })
    .from(entitlements)
    .where(lasting(userId, thing, at))
  return held?.endsAt ? { endsAt: held.endsAt, more: thing.priceFen > 0 } : null
}

function lasting(userId: string, { courseId, planId }: Thing, at: number): SQL | undefined {
  const same = courseId ? eq(entitlements.courseId, courseId) : eq(entitlements.planId, planId!)
  const lasts = and(isNull(entitlements.revokedAt), or(isNull(entitlements.endsAt), gt(entitlements.endsAt, at)))
  return and(eq(entitlements.userId, userId), same, lasts)
}
