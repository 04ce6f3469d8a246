/** The courses of a teacher: made, changed, published, put away. */
import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { categories, courses, lessons, orders } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { record } from '../../audit/audit.ts'
import { cardOf, selectCourses } from '../course.ts'
import { beyond, pageOf } from '../cursor.ts'
import { isStaff, type Viewer } from '../lesson.ts'
import type { CourseChange, CourseDraft, CourseStatus, NewCourse, TeachingList, TeachingQuery } from '../schema.ts'
import { type Course, changedElsewhere, editable, hasLearners, type TeachingDeps } from './deps.ts'
import { courseDraft } from './draft.ts'
import { checkFiles } from './file-use.ts'

const PAGE = 20

export async function listOwn({ db }: TeachingDeps, user: Viewer, query: TeachingQuery): Promise<TeachingList> {
  const ofAll = query.everyone && isStaff(user)
  const found = await selectCourses(
    db,
    and(
      ofAll ? undefined : eq(courses.teacherId, user.id),
      query.status ? eq(courses.status, query.status) : undefined,
      query.after ? beyond(query.after, courses.createdAt, courses.id, 'down') : undefined,
    ),
  )
    .orderBy(desc(courses.createdAt), desc(courses.id))
    .limit(PAGE + 1)
  const { entries, next } = pageOf(found, PAGE, ({ course }) => [course.createdAt, course.id])
  return { courses: entries.map(cardOf), next }
}

export async function createCourse(deps: TeachingDeps, user: Viewer, course: NewCourse): Promise<CourseDraft> {
  const { db, now } = deps
  const at = now()
  const fields = await fieldsOf(db, user, course, { teacherId: user.id, priceFen: 0, listPriceFen: null })
  const [made] = await db
    .insert(courses)
    .values({ teacherId: user.id, createdAt: at, updatedAt: at, ...fields, title: course.title.trim() })
    .returning({ id: courses.id })
  return courseDraft(deps, user, made!.id)
}

/** Of orders that are already there, none changes: they keep the price that was agreed. */
export async function changeCourse(
  deps: TeachingDeps,
  user: Viewer,
  courseId: string,
  { version, ...change }: CourseChange,
): Promise<CourseDraft> {
  return deps.db.transaction(async (tx) => {
    const course = await editable(tx, user, courseId)
    if (course.version !== version) throw changedElsewhere()
    const fields = await fieldsOf(tx, user, change, course)
    await tx
      .update(courses)
      .set({ ...fields, version: version + 1, updatedAt: deps.now() })
      .where(eq(courses.id, courseId))
    return courseDraft({ ...deps, db: tx }, user, courseId)
  })
}

type Known = Pick<Course, 'teacherId' | 'priceFen' | 'listPriceFen'>

async function fieldsOf(db: Db, user: Viewer, given: Partial<NewCourse>, known: Known) {
  const { title, summary, intro, categoryId, coverFileId, accessDays } = given
  const { priceFen = known.priceFen, listPriceFen = known.listPriceFen } = given
  if (listPriceFen !== null && listPriceFen <= priceFen)
    throw new AppError('bad_request', 'listPriceFen, which is struck through, must be higher than priceFen')
  if (categoryId && (await db.$count(categories, eq(categories.id, categoryId))) === 0)
    throw new AppError('not_found', 'there is no such category')
  if (coverFileId) await checkFiles(db, user, [known.teacherId], [coverFileId], ['cover'])
  return {
    ...(title !== undefined && { title: title.trim() }),
    ...(summary !== undefined && { summary: summary.trim() }),
    ...(intro !== undefined && { intro }),
    ...(categoryId !== undefined && { categoryId }),
    ...(coverFileId !== undefined && { coverFileId }),
    ...(accessDays !== undefined && { accessDays }),
    priceFen,
    listPriceFen,
  }
}

/** From where a course may go where; back to a draft only while nobody has it. */
const ways: Record<CourseStatus, CourseStatus[]> = {
  draft: ['published'],
  published: ['archived', 'draft'],
  archived: ['published', 'draft'],
}

export async function setStatus(
  deps: TeachingDeps,
  user: Viewer,
  courseId: string,
  status: CourseStatus,
): Promise<CourseDraft> {
  return deps.db.transaction(async (tx) => {
    const course = await editable(tx, user, courseId)
    const within = { ...deps, db: tx }
    if (course.status === status) return courseDraft(within, user, courseId)
    if (!ways[course.status].includes(status))
      throw new AppError('conflict', `a course that is ${course.status} cannot be made ${status}`)
    if (status === 'published') await checkComplete(within, user, courseId)
    if (status === 'draft' && (await hasLearners(tx, courseId)))
      throw new AppError('has_learners', 'somebody has this course: it can be archived, not taken back')
    const at = deps.now()
    const publishedAt = status === 'published' ? (course.publishedAt ?? at) : course.publishedAt
    await tx.update(courses).set({ status, publishedAt, updatedAt: at }).where(eq(courses.id, courseId))
    if (course.teacherId !== user.id)
      await record(tx, {
        actorId: user.id,
        action: 'courseStatusSet',
        subject: 'course',
        subjectId: courseId,
        details: { from: course.status, to: status },
        at,
      })
    return courseDraft(within, user, courseId)
  })
}

async function checkComplete(deps: TeachingDeps, user: Viewer, courseId: string): Promise<void> {
  const { lacks } = await courseDraft(deps, user, courseId)
  if (lacks.length > 0) throw new AppError('not_ready', `missing: ${lacks.map(({ what }) => what).join(', ')}`)
}

/** Only what was never there for anyone; everything else is archived. */
export async function deleteCourse({ db }: TeachingDeps, user: Viewer, courseId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const course = await editable(tx, user, courseId)
    const [ordered, taught] = [
      await tx.$count(orders, eq(orders.courseId, courseId)),
      await tx.$count(lessons, and(eq(lessons.courseId, courseId), isNotNull(lessons.startedAt))),
    ]
    if (course.publishedAt !== null || ordered > 0 || taught > 0 || (await hasLearners(tx, courseId)))
      throw new AppError('conflict', 'a course that was there for others can only be archived')
    await tx.delete(lessons).where(eq(lessons.courseId, courseId))
    await tx.delete(courses).where(eq(courses.id, courseId))
  })
}
