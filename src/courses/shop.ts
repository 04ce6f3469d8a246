/** What may be shown as for sale in a class: the published courses of its teacher, and memberships. */
import { and, eq, exists } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { courses, lessons, membershipPlans } from '../../db/schema.ts'
import type { Shop } from '../../signaling/ports.ts'
import { published } from './course.ts'

export const createShop = (db: Db): Shop => ({
  async isOnSale(lessonId, offer) {
    if ('planId' in offer)
      return (await db.$count(membershipPlans, and(eq(membershipPlans.id, offer.planId), membershipPlans.onSale))) > 0
    const ofItsTeacher = exists(
      db
        .select({ id: lessons.id })
        .from(lessons)
        .where(and(eq(lessons.id, lessonId), eq(lessons.teacherId, courses.teacherId))),
    )
    return (await db.$count(courses, and(eq(courses.id, offer.courseId), published, ofItsTeacher))) > 0
  },
})
