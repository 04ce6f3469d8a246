/** Courses, lessons, files and orders put straight on the shelf, for tests of what is asked about them. */
import { createHash, randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.ts'
import {
  chapters,
  courses,
  entitlements,
  files,
  lessonAttachments,
  lessons,
  membershipPlanCourses,
  membershipPlans,
  orders,
  videos,
} from '../../db/schema.ts'
import type { Purpose } from '../../src/files/purposes.ts'
import type { FileStorage } from '../../src/files/storage.ts'

type Row<T extends { $inferInsert: unknown }> = Partial<T['$inferInsert']>

export function createShelf(db: Db, now: () => number, storage?: FileStorage) {
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
          storageKey: `originals/${randomUUID()}`,
          createdAt: now(),
          ...given,
        })
        .returning(),
    )

  /** A file that is in the storage, with these bytes. */
  const stored = async (ownerId: string, purpose: Purpose, bytes: Buffer, mimeType: string, name = 'file') => {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const { id, storageKey } = await file(ownerId, { purpose, mimeType, name, sizeBytes: bytes.length, sha256 })
    await storage!.put(storageKey, bytes, { mimeType })
    return id
  }

  const video = (fileId: string, given: Row<typeof videos> = {}) =>
    db.insert(videos).values({ fileId, updatedAt: now(), ...given })

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

  /** A right to the course, and the id by which it is taken back. */
  const entitle = async (userId: string, courseId: string) => {
    const right = { userId, courseId, startsAt: now(), createdAt: now() }
    return one(await db.insert(entitlements).values(right).returning({ id: entitlements.id })).id
  }

  return { course, lesson, chapter, file, stored, video, attach, plan, paidOrder, entitle }
}

export type Shelf = ReturnType<typeof createShelf>
