/** One course: read from the database as it stands in lists, for those who may see it. */
import { and, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { categories, courses, entitlements, lessons, reviews, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { isStaff, mayTeach, type Viewer } from './lesson.ts'
import type { RightsView } from './rights.ts'
import type { CourseCard } from './schema.ts'
import type { LessonService } from './service.ts'

export type CoursesDeps = {
  db: Db
  now: () => number
  rights: RightsView
  lessons: Pick<LessonService, 'get' | 'roleIn' | 'changeIn' | 'checkTime'>
}

const countOf = (what: SQL) => sql<number>`(select count(*)::int from ${what})`

export const lessonCount = countOf(
  sql`${lessons} where ${lessons.courseId} = ${courses.id} and ${lessons.cancelledAt} is null`,
)
export const learnerCount = countOf(
  sql`${entitlements} where ${entitlements.courseId} = ${courses.id} and ${entitlements.revokedAt} is null`,
)
const counted = sql`${reviews} where ${reviews.courseId} = ${courses.id} and ${reviews.hiddenAt} is null`

const columns = {
  course: courses,
  category: categories,
  teacher: { id: users.id, displayName: users.displayName },
  lessons: lessonCount.as('lesson_count'),
  learners: learnerCount.as('learner_count'),
  ratings: countOf(counted).as('rating_count'),
  average: sql<number | null>`(select avg(${reviews.rating})::float8 from ${counted})`.as('rating_average'),
}

export type CourseRow = Awaited<ReturnType<typeof selectCourses>>[number]

export const selectCourses = (db: Db, where: SQL | undefined) =>
  db
    .select(columns)
    .from(courses)
    .innerJoin(users, eq(users.id, courses.teacherId))
    .leftJoin(categories, eq(categories.id, courses.categoryId))
    .where(where)
    .$dynamic()

export function cardOf({ course, category, teacher, lessons, learners, ratings, average }: CourseRow): CourseCard {
  const { id, title, summary, coverFileId, status, priceFen, listPriceFen, accessDays, publishedAt } = course
  return {
    id,
    title,
    summary,
    category: category && { id: category.id, slug: category.slug, nameZh: category.nameZh, nameEn: category.nameEn },
    teacher,
    coverUrl: coverFileId && `/api/files/${coverFileId}`,
    status,
    priceFen,
    listPriceFen,
    accessDays,
    lessons,
    learners,
    rating: { average: average === null ? null : Math.round(average * 10) / 10, count: ratings },
    publishedAt,
  }
}

export async function cardsOf(db: Db, courseIds: string[]): Promise<Map<string, CourseCard>> {
  if (courseIds.length === 0) return new Map()
  const rows = await selectCourses(db, inArray(courses.id, courseIds))
  return new Map(rows.map((row) => [row.course.id, cardOf(row)]))
}

/** Whether this viewer changes this course: its teacher, as long as they teach, and operators. */
export const mayEdit = (viewer: Viewer | null, teacherId: string): boolean =>
  viewer !== null && (isStaff(viewer) || (teacherId === viewer.id && mayTeach(viewer)))

/** The course with what opens it to this viewer. A draft is there for those who make it, an archived one for its owners. */
export async function visibleCourse(deps: CoursesDeps, viewer: Viewer | null, courseId: string) {
  const [[row], rights] = await Promise.all([
    selectCourses(deps.db, eq(courses.id, courseId)),
    deps.rights.viewOf(viewer, [courseId]),
  ])
  const right = rights.get(courseId) ?? null
  if (!row || (row.course.status !== 'published' && !right)) throw noSuchCourse()
  return { row, right }
}

export const noSuchCourse = () => new AppError('not_found', 'there is no such course')

export const published = eq(courses.status, 'published')
export const inCourse = (courseId: string) => and(eq(lessons.courseId, courseId), sql`${lessons.cancelledAt} is null`)!
