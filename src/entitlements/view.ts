/** What a viewer has a right to as a whole: many courses at once, with what opens each and until when. */
import { and, eq, inArray, ne, or, sql } from 'drizzle-orm'
import { courses, entitlements, membershipPlanCourses, membershipPlans } from '../../db/schema.ts'
import type { CourseRight } from '../courses/schema.ts'
import { holding, isStaff, mayTeach, type RightsDeps, type Viewer } from './rights.ts'

/** Agrees with what `mayI` says of each course. */
export async function viewOf(
  { db, now }: RightsDeps,
  viewer: Viewer | null,
  courseIds: string[],
): Promise<Map<string, CourseRight>> {
  if (!viewer || courseIds.length === 0) return new Map()
  if (isStaff(viewer)) return new Map(courseIds.map((id) => [id, { via: 'staff', endsAt: null }]))
  const own = and(eq(entitlements.userId, viewer.id), holding(now()))
  const inPlan = sql`exists (select 1 from ${membershipPlanCourses} where ${membershipPlanCourses.planId} = ${membershipPlans.id} and ${membershipPlanCourses.courseId} = ${courses.id})`
  const [teaching, bought, member] = await Promise.all([
    db
      .select({ id: courses.id })
      .from(courses)
      .where(and(inArray(courses.id, courseIds), eq(courses.teacherId, viewer.id))),
    db
      .select({ id: sql<string>`${entitlements.courseId}`, endsAt: entitlements.endsAt })
      .from(entitlements)
      .where(and(own, inArray(entitlements.courseId, courseIds))),
    db
      .select({ id: courses.id, endsAt: entitlements.endsAt })
      .from(entitlements)
      .innerJoin(membershipPlans, eq(membershipPlans.id, entitlements.planId))
      .innerJoin(courses, and(inArray(courses.id, courseIds), ne(courses.status, 'draft')))
      .where(and(own, or(membershipPlans.allCourses, inPlan))),
  ])
  const view = new Map<string, CourseRight>()
  for (const { id, endsAt } of member) view.set(id, { via: 'membership', endsAt: later(view.get(id)?.endsAt, endsAt) })
  for (const { id, endsAt } of bought) view.set(id, { via: 'entitlement', endsAt })
  if (mayTeach(viewer)) for (const { id } of teaching) view.set(id, { via: 'teaching', endsAt: null })
  return view
}

export async function membershipsOf(
  { db, now }: RightsDeps,
  viewer: Viewer | null,
): Promise<Map<string, number | null>> {
  if (!viewer) return new Map()
  const held = await db
    .select({ planId: sql<string>`${entitlements.planId}`, endsAt: entitlements.endsAt })
    .from(entitlements)
    .innerJoin(membershipPlans, eq(membershipPlans.id, entitlements.planId))
    .where(and(eq(entitlements.userId, viewer.id), holding(now())))
  const until = new Map<string, number | null>()
  for (const { planId, endsAt } of held) until.set(planId, later(until.get(planId), endsAt))
  return until
}

/** Null is for good; undefined is nothing at all. */
const later = (one: number | null | undefined, other: number | null): number | null =>
  one === null || other === null ? null : Math.max(one ?? 0, other)
