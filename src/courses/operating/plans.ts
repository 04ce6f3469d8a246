/** The memberships, as operators arrange them. What was sold stays as it was sold; only the courses in it can change. */
import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { courses, entitlements, membershipPlanCourses, membershipPlans } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { record } from '../../audit/audit.ts'
import type { AuditAction } from '../../audit/schema.ts'
import type { Viewer } from '../lesson.ts'
import type { NewPlan, PlanChange, PlanDraft } from '../schema.ts'
import type { OperatingDeps } from './categories.ts'

export async function listAllPlans({ db, now }: OperatingDeps): Promise<{ plans: PlanDraft[] }> {
  const rows = await db
    .select()
    .from(membershipPlans)
    .orderBy(asc(membershipPlans.position), asc(membershipPlans.createdAt), asc(membershipPlans.id))
  return { plans: await Promise.all(rows.map((row) => draftOf(db, row, now()))) }
}

export async function addPlan(
  { db, now }: OperatingDeps,
  user: Viewer,
  { courseIds = [], ...plan }: NewPlan,
): Promise<PlanDraft> {
  const at = now()
  return db.transaction(async (tx) => {
    checkPrices(plan.priceFen, plan.listPriceFen ?? null)
    const values = { ...plan, title: plan.title.trim(), createdAt: at }
    const [row] = await tx.insert(membershipPlans).values(values).returning()
    await setCourses(tx, row!.id, courseIds)
    await note(tx, user, 'planAdded', row!.id, { ...plan, courseIds }, at)
    return draftOf(tx, row!, at)
  })
}

export async function changePlan(
  { db, now }: OperatingDeps,
  user: Viewer,
  planId: string,
  { courseIds, ...change }: PlanChange,
): Promise<PlanDraft> {
  const at = now()
  return db.transaction(async (tx) => {
    const [before] = await tx.select().from(membershipPlans).where(eq(membershipPlans.id, planId)).for('update')
    if (!before) throw new AppError('not_found', 'there is no such membership')
    const after = { ...before, ...change, title: (change.title ?? before.title).trim() }
    checkPrices(after.priceFen, after.listPriceFen)
    await tx.update(membershipPlans).set(after).where(eq(membershipPlans.id, planId))
    if (courseIds) await setCourses(tx, planId, courseIds)
    await note(tx, user, 'planChanged', planId, { before, change, ...(courseIds && { courseIds }) }, at)
    return draftOf(tx, after, at)
  })
}

function checkPrices(priceFen: number, listPriceFen: number | null): void {
  if (listPriceFen !== null && listPriceFen <= priceFen)
    throw new AppError('bad_request', 'listPriceFen, which is struck through, must be higher than priceFen')
}

async function setCourses(tx: Db, planId: string, courseIds: string[]): Promise<void> {
  if ((await tx.$count(courses, inArray(courses.id, courseIds))) < courseIds.length)
    throw new AppError('not_found', 'there is no such course')
  await tx.delete(membershipPlanCourses).where(eq(membershipPlanCourses.planId, planId))
  if (courseIds.length > 0)
    await tx.insert(membershipPlanCourses).values(courseIds.map((courseId) => ({ planId, courseId })))
}

async function draftOf(db: Db, plan: typeof membershipPlans.$inferSelect, at: number): Promise<PlanDraft> {
  const { id, title, description, priceFen, listPriceFen, days, allCourses, onSale, position } = plan
  const opened = await db
    .select({ id: courses.id, title: courses.title })
    .from(membershipPlanCourses)
    .innerJoin(courses, eq(courses.id, membershipPlanCourses.courseId))
    .where(eq(membershipPlanCourses.planId, id))
    .orderBy(asc(courses.title), asc(courses.id))
  const [held] = await db
    .select({ members: sql<number>`count(distinct ${entitlements.userId})::int` })
    .from(entitlements)
    .where(
      and(
        eq(entitlements.planId, id),
        isNull(entitlements.revokedAt),
        or(isNull(entitlements.endsAt), gt(entitlements.endsAt, at)),
      ),
    )
  return {
    id,
    title,
    description,
    priceFen,
    listPriceFen,
    days,
    allCourses,
    courses: opened,
    courseCount: opened.length,
    onSale,
    position,
    members: held?.members ?? 0,
  }
}

const note = (
  tx: Db,
  user: Viewer,
  action: AuditAction,
  planId: string,
  details: Record<string, unknown>,
  at: number,
) => record(tx, { actorId: user.id, action, subject: 'membershipPlan', subjectId: planId, details, at })
