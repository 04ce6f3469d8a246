/** Courses, lessons and orders put straight on the shelf, for tests of what is asked about them. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.ts'
import {
  chapters,
  courses,
  files,
  lessonAttachments,
  lessons,
  membershipPlanCourses,
  membershipPlans,
  orders,
} from '../../db/schema.ts'

type Row<T extends { $inferInsert: unknown }> = Partial<T['$inferInsert']>

export function createShelf(db: Db, now: () => number) {
  const one = <T>([row]: T[]): T => row!

  const course = async (teacherId: string, given: Row<typeof courses> = {}) =>
    one(
      await db
        .insert(courses)
        .values({
          teacherId,
          title: 'Light',
          status: 'published',
          priceFen: 19900,
          createdAt: now(),
          updatedAt: now(),
          ...given,
        })
        .returning(),
    )

  const lesson = async (of: { id: string; teacherId: string }, given: Row<typeof lessons> = {}) => {
    const { kind = 'live' } = given
    const live = kind === 'live' ? { startsAt: now(), durationMinutes: 60 } : {}
    const row = { teacherId: of.teacherId, courseId: of.id, kind, title: 'Shadow', description: '', createdAt: now() }
    return one(
      await db
        .insert(lessons)
        .values({ ...row, ...live, ...given })
        .returning(),
    )
  }

  const chapter = async (courseId: string, position = 0) =>
    one(await db.insert(chapters).values({ courseId, title: 'First', position }).returning())

  const file = async (ownerId: string, given: Row<typeof files> = {}) =>
    one(
      await db
        .insert(files)
        .values({
          ownerId,
          purpose: 'attachment',
          name: 'notes.pdf',
          mimeType: 'application/pdf',
          sizeBytes: 3,
          sha256: '0'.repeat(64),
          storageKey: `test/${randomUUID()}`,
          createdAt: now(),
          ...given,
        })
        .returning(),
    )

  const attach = (lessonId: string, fileId: string) =>
    db.insert(lessonAttachments).values({ lessonId, fileId, position: 0 })

  const plan = async (courseIds: string[] | 'all', days = 30) => {
    const made = one(
      await db
        .insert(membershipPlans)
        .values({
          title: 'Member',
          priceFen: 9900,
          days,
          allCourses: courseIds === 'all',
          onSale: true,
          createdAt: now(),
        })
        .returning(),
    )
    if (courseIds !== 'all')
      for (const courseId of courseIds) await db.insert(membershipPlanCourses).values({ planId: made.id, courseId })
    return made
  }

  /** An order that cost nothing, and so needs no payment to count as paid. */
  const paidOrder = async (userId: string, given: Row<typeof orders>) =>
    one(
      await db
        .insert(orders)
        .values({
          orderNo: `T${randomUUID().replaceAll('-', '')}`,
          userId,
          title: 'Light',
          listFen: 0,
          payableFen: 0,
          status: 'paid',
          agreementVersion: '1',
          consentedAt: now(),
          expiresAt: now(),
          paidAt: now(),
          createdAt: now(),
          ...given,
        })
        .returning(),
    )

  return { course, lesson, chapter, file, attach, plan, paidOrder }
}

export type Shelf = ReturnType<typeof createShelf>
