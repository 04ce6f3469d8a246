/** Courses with lessons that show files, put into the database as they are. */
import { randomUUID } from 'node:crypto'
import { courses, entitlements, files, lessonAttachments, lessons, videos } from '../../db/schema.ts'
import type { FileStorage } from '../../src/files/storage.ts'
import type { Business } from './business.ts'

type Purpose = (typeof files.$inferInsert)['purpose']

export function createShop({ db, now }: Pick<Business, 'db' | 'now'>, storage?: FileStorage) {
  return {
    async course(teacherId: string, values: Partial<typeof courses.$inferInsert> = {}) {
      const at = now()
      const course = {
        teacherId,
        title: 'Light',
        status: 'published' as const,
        priceFen: 9900,
        createdAt: at,
        updatedAt: at,
      }
      const [row] = await db
        .insert(courses)
        .values({ ...course, ...values })
        .returning()
      return row!
    },
    async lesson(course: { id: string; teacherId: string }, values: Partial<typeof lessons.$inferInsert> = {}) {
      const lesson = { kind: 'video' as const, title: 'Lamps', description: '', createdAt: now() }
      const [row] = await db
        .insert(lessons)
        .values({ courseId: course.id, teacherId: course.teacherId, ...lesson, ...values })
        .returning()
      return row!
    },
    attach: (lessonId: string, fileId: string) =>
      db.insert(lessonAttachments).values({ lessonId, fileId, position: 0 }),
    /** A file that is in the storage, with these bytes. */
    async file(ownerId: string, purpose: Purpose, bytes: Buffer, mimeType: string, name = 'file') {
      const id = randomUUID()
      const storageKey = `originals/${id}`
      await storage?.put(storageKey, bytes, { mimeType })
      const found = { mimeType, name, sizeBytes: bytes.length, sha256: id.replaceAll('-', '') }
      await db.insert(files).values({ id, ownerId, purpose, storageKey, createdAt: now(), ...found })
      return id
    },
    video: (fileId: string, values: Partial<typeof videos.$inferInsert> = {}) =>
      db.insert(videos).values({ fileId, updatedAt: now(), ...values }),
    /** Gives a right to the course, and the id by which it is taken back. */
    async entitle(userId: string, courseId: string) {
      const [row] = await db
        .insert(entitlements)
        .values({ userId, courseId, startsAt: now(), createdAt: now() })
        .returning({ id: entitlements.id })
      return row!.id
    },
  }
}
