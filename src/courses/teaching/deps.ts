/** What the teacher's side of courses needs, and who may use it. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { courses, entitlements } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { mayEdit, noSuchCourse } from '../course.ts'
import type { Viewer } from '../lesson.ts'
import type { LessonService } from '../service.ts'

export type TeachingDeps = { db: Db; now: () => number; lessons: Pick<LessonService, 'changeIn' | 'checkTime'> }

export type Course = typeof courses.$inferSelect

/** The course, held until the end of the transaction, for those who may change it. */
export async function editable(tx: Db, user: Viewer, courseId: string): Promise<Course> {
  const [course] = await tx.select().from(courses).where(eq(courses.id, courseId)).for('update')
  return allowed(user, course)
}

export async function readable(db: Db, user: Viewer, courseId: string): Promise<Course> {
  const [course] = await db.select().from(courses).where(eq(courses.id, courseId))
  return allowed(user, course)
}

/** A draft of somebody else is not there; a published course is, but not to be changed. */
function allowed(user: Viewer, course: Course | undefined): Course {
  if (!course) throw noSuchCourse()
  if (mayEdit(user, course.teacherId)) return course
  if (course.status === 'draft') throw noSuchCourse()
  throw new AppError('forbidden', 'only the teacher of this course may do this')
}

/** Whether somebody has this course, bought or given. */
export const hasLearners = async (db: Db, courseId: string): Promise<boolean> =>
  (await db.$count(entitlements, and(eq(entitlements.courseId, courseId), isNull(entitlements.revokedAt)))) > 0

export const changedElsewhere = () =>
  new AppError('changed_elsewhere', 'it was changed in the meantime: read it again, then change it')

/** Says that the order of chapters and lessons is another one now. */
export const touchOutline = (tx: Db, courseId: string, at: number) =>
  tx
    .update(courses)
    .set({ outlineVersion: sql`${courses.outlineVersion} + 1`, updatedAt: at })
    .where(eq(courses.id, courseId))
