/** The lessons of a course: added, changed, taken out. */
import { and, eq, max, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { chapters, lessonAttachments, lessonProgress, lessons } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { inCourse } from '../course.ts'
import { existing, type Viewer } from '../lesson.ts'
import { type LessonDraft, type LessonEdit, MOST_LESSONS, type NewCourseLesson } from '../schema.ts'
import { type Course, changedElsewhere, editable, hasLearners, type TeachingDeps, touchOutline } from './deps.ts'
import { lessonDraft } from './draft.ts'
import { attachable, checkFiles, purposeOf } from './file-use.ts'

/** Adds a lesson at the end of its chapter. */
export async function addLesson(
  deps: TeachingDeps,
  user: Viewer,
  courseId: string,
  lesson: NewCourseLesson,
): Promise<LessonDraft> {
  const at = deps.now()
  return deps.db.transaction(async (tx) => {
    const course = await editable(tx, user, courseId)
    const chapterId = lesson.chapterId ?? null
    const [row] = await tx
      .insert(lessons)
      .values({
        teacherId: course.teacherId,
        courseId,
        chapterId,
        position: await endOf(tx, courseId, chapterId),
        kind: lesson.kind,
        title: lesson.title.trim(),
        description: '',
        ...timeOf(deps, lesson),
        createdAt: at,
      })
      .returning({ id: lessons.id })
    await touchOutline(tx, courseId, at)
    return lessonDraft({ ...deps, db: tx }, user, row!.id)
  })
}

async function endOf(tx: Db, courseId: string, chapterId: string | null): Promise<number> {
  if (chapterId) {
    const own = and(eq(chapters.courseId, courseId), eq(chapters.id, chapterId))
    if ((await tx.$count(chapters, own)) === 0) throw new AppError('not_found', 'there is no such chapter')
  }
  if ((await tx.$count(lessons, inCourse(courseId))) >= MOST_LESSONS)
    throw new AppError('conflict', `a course has at most ${MOST_LESSONS} lessons`)
  const [last] = await tx
    .select({ position: max(lessons.position) })
    .from(lessons)
    .where(inCourse(courseId))
  return (last?.position ?? -1) + 1
}

function timeOf({ lessons: live }: TeachingDeps, { kind, startsAt, durationMinutes }: NewCourseLesson) {
  if (kind !== 'live') return {}
  if (startsAt === undefined) throw new AppError('bad_request', 'a live lesson needs startsAt')
  live.checkTime(startsAt)
  return { startsAt, durationMinutes: durationMinutes ?? 60 }
}

export async function changeLesson(
  deps: TeachingDeps,
  user: Viewer,
  lessonId: string,
  edit: LessonEdit,
): Promise<LessonDraft> {
  return deps.db.transaction(async (tx) => {
    const { lesson, course } = await held(tx, user, lessonId)
    if (lesson.version !== edit.version) throw changedElsewhere()
    const { startsAt, durationMinutes } = edit
    if (lesson.kind === 'live')
      await deps.lessons.changeIn(tx, user, lessonId, {
        ...(startsAt !== undefined && { startsAt }),
        ...(durationMinutes !== undefined && { durationMinutes }),
      })
    await checkEdit(tx, user, course, lesson, edit)
    await tx
      .update(lessons)
      .set({ ...fieldsOf(edit), version: edit.version + 1 })
      .where(eq(lessons.id, lessonId))
    if (edit.attachmentIds) await attach(tx, lessonId, edit.attachmentIds)
    return lessonDraft({ ...deps, db: tx }, user, lessonId)
  })
}

type Lesson = typeof lessons.$inferSelect

/** The lesson and its course, held until the end of the transaction: the course first, as everyone does. */
async function held(tx: Db, user: Viewer, lessonId: string): Promise<{ lesson: Lesson; course: Course }> {
  const [known] = await tx.select({ courseId: lessons.courseId }).from(lessons).where(existing(lessonId))
  if (!known?.courseId) throw new AppError('not_found', 'there is no such lesson in a course')
  const course = await editable(tx, user, known.courseId)
  const [lesson] = await tx.select().from(lessons).where(existing(lessonId)).for('update')
  if (!lesson) throw new AppError('not_found', 'there is no such lesson')
  return { lesson, course }
}

async function checkEdit(tx: Db, user: Viewer, course: Course, lesson: Lesson, edit: LessonEdit): Promise<void> {
  const { kind } = lesson
  const purpose = purposeOf[kind]
  if (edit.fileId && !purpose) throw new AppError('bad_request', `a lesson of kind ${kind} has no fileId`)
  if (edit.body && kind !== 'article') throw new AppError('bad_request', `a lesson of kind ${kind} has no body`)
  if (edit.startsAt !== undefined && kind !== 'live')
    throw new AppError('bad_request', `a lesson of kind ${kind} has no startsAt`)
  if (edit.dvrMinutes !== undefined && kind !== 'live')
    throw new AppError('bad_request', `a lesson of kind ${kind} has no dvrMinutes`)
  if (edit.watermark && kind !== 'live' && kind !== 'video')
    throw new AppError('bad_request', `a lesson of kind ${kind} has no watermark`)
  if (edit.trialSeconds && kind === 'document')
    throw new AppError('bad_request', 'of a document nothing can be tried: trialSeconds must be 0')
  if (edit.fileId && purpose && edit.fileId !== lesson.fileId)
    await checkFiles(tx, user, [course.teacherId], [edit.fileId], [purpose])
  if (edit.attachmentIds) await checkFiles(tx, user, [course.teacherId], await newOnes(tx, lesson.id, edit), attachable)
}

/** What is attached already stays, whoever it belongs to. */
async function newOnes(tx: Db, lessonId: string, { attachmentIds = [] }: LessonEdit): Promise<string[]> {
  const known = await tx
    .select({ id: lessonAttachments.fileId })
    .from(lessonAttachments)
    .where(eq(lessonAttachments.lessonId, lessonId))
  return attachmentIds.filter((id) => !known.some((file) => file.id === id))
}

const fieldsOf = ({ title, description, body, free, trialSeconds, dvrMinutes, watermark, fileId }: LessonEdit) => ({
  ...(title !== undefined && { title: title.trim() }),
  ...(description !== undefined && { description: description.trim() }),
  ...(body !== undefined && { body }),
  ...(free !== undefined && { free }),
  ...(trialSeconds !== undefined && { trialSeconds }),
  ...(dvrMinutes !== undefined && { dvrMinutes }),
  ...(watermark !== undefined && { watermark }),
  ...(fileId !== undefined && { fileId }),
})

async function attach(tx: Db, lessonId: string, fileIds: string[]): Promise<void> {
  await tx.delete(lessonAttachments).where(eq(lessonAttachments.lessonId, lessonId))
  if (fileIds.length > 0)
    await tx.insert(lessonAttachments).values(fileIds.map((fileId, position) => ({ lessonId, fileId, position })))
}

/** Takes a lesson out of its course for good. Its row stays, with all that happened in it. */
export async function deleteLesson(
  deps: TeachingDeps,
  user: Viewer,
  lessonId: string,
  confirmed: boolean,
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const { lesson, course } = await held(tx, user, lessonId)
    if (lesson.startedAt !== null) throw new AppError('conflict', 'a class that took place stays')
    if (!confirmed && (await wouldBeMissed(tx, course.id, lessonId)))
      throw new AppError('has_learners', 'somebody has this course or has begun this lesson')
    const at = deps.now()
    await tx
      .update(lessons)
      .set({ cancelledAt: at, version: sql`${lessons.version} + 1` })
      .where(eq(lessons.id, lessonId))
    await touchOutline(tx, course.id, at)
  })
}

const wouldBeMissed = async (tx: Db, courseId: string, lessonId: string): Promise<boolean> =>
  (await hasLearners(tx, courseId)) || (await tx.$count(lessonProgress, eq(lessonProgress.lessonId, lessonId))) > 0
