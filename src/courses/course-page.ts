/** The page of a course, and the courses that somebody has. */
import { and, desc, eq, isNull, max, ne, or, sql } from 'drizzle-orm'
import { courses, entitlements, lessonProgress, lessons, users } from '../../db/schema.ts'
import { type CoursesDeps, cardOf, cardsOf, mayEdit, visibleCourse } from './course.ts'
import { beyond, pageOf } from './cursor.ts'
import type { Viewer } from './lesson.ts'
import { noProgress, opennessOf, outlineOf, outlineRows, progressIn, progressOf } from './outline.ts'
import { mayReview, ownReview } from './reviews.ts'
import type { CoursePage, MyCourses } from './schema.ts'

const PAGE = 12

export async function coursePage(deps: CoursesDeps, viewer: Viewer | null, courseId: string): Promise<CoursePage> {
  const { db, now } = deps
  const { row, right } = await visibleCourse(deps, viewer, courseId)
  const rows = await outlineRows(db, viewer, courseId)
  return {
    course: { ...cardOf(row), intro: row.course.intro },
    outline: await outlineOf(db, courseId, rows, (lesson) => opennessOf(viewer, right, lesson)),
    viewer: viewer && {
      right,
      mayEdit: mayEdit(viewer, row.course.teacherId),
      mayReview: mayReview(right),
      review: await ownReview(db, viewer, courseId),
      progress: progressOf(rows),
    },
    now: now(),
  }
}

/** Courses that were bought or given, over or not, and those of which a lesson was begun. */
export async function myCourses(deps: CoursesDeps, viewer: Viewer, after?: string): Promise<MyCourses> {
  const { db, rights, now } = deps
  const usedAt = lastUseBy(deps, viewer)
  const found = await db
    .select({ id: courses.id, usedAt })
    .from(courses)
    .innerJoin(users, eq(users.id, courses.teacherId))
    .where(
      and(
        ne(courses.status, 'draft'),
        sql`${usedAt} is not null`,
        after ? beyond(after, usedAt, courses.id, 'down') : undefined,
      ),
    )
    .orderBy(desc(usedAt), desc(courses.id))
    .limit(PAGE + 1)
  const { entries, next } = pageOf(found, PAGE, ({ id, usedAt }) => [Number(usedAt), id])
  const ids = entries.map(({ id }) => id)
  const [cards, opened, progress] = await Promise.all([
    cardsOf(db, ids),
    rights.viewOf(viewer, ids),
    progressIn(db, viewer.id, ids),
  ])
  return {
    courses: ids.map((id) => ({
      ...cards.get(id)!,
      right: opened.get(id) ?? null,
      progress: progress.get(id) ?? noProgress,
    })),
    next,
    now: now(),
  }
}

/** When this viewer got the course or was last in one of its lessons; null for what is not theirs. */
function lastUseBy({ db }: CoursesDeps, viewer: Viewer) {
  const granted = db
    .select({ at: max(entitlements.createdAt) })
    .from(entitlements)
    .where(
      and(
        eq(entitlements.userId, viewer.id),
        eq(entitlements.courseId, courses.id),
        or(isNull(entitlements.revokedAt), eq(entitlements.revokeReason, 'expired')),
      ),
    )
  const begun = db
    .select({ at: max(lessonProgress.updatedAt) })
    .from(lessonProgress)
    .innerJoin(lessons, eq(lessons.id, lessonProgress.lessonId))
    .where(and(eq(lessonProgress.userId, viewer.id), eq(lessons.courseId, courses.id)))
  return sql<number | null>`greatest((${granted}), (${begun}))`
}
