/** A course and its lessons as their teacher sees them. */
import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../../../db/client.ts'
import { chapters, courses, files, lessonAttachments, lessonProgress, lessons, videos } from '../../../db/schema.ts'
import { AppError } from '../../../signaling/protocol/errors.ts'
import { cardOf, inCourse, selectCourses } from '../course.ts'
import { existing, type Viewer } from '../lesson.ts'
import { inOrder } from '../outline.ts'
import type { CourseDraft, DraftOutlineLesson, LessonDraft } from '../schema.ts'
import { hasLearners, readable, type TeachingDeps } from './deps.ts'
import { lackOf, lacksOf } from './lacks.ts'

export async function courseDraft(
  { db, now }: Pick<TeachingDeps, 'db' | 'now'>,
  user: Viewer,
  courseId: string,
): Promise<CourseDraft> {
  const course = await readable(db, user, courseId)
  const [[row], rows, named, cover] = await Promise.all([
    selectCourses(db, eq(courses.id, courseId)),
    draftRows(db, courseId),
    db.select().from(chapters).where(eq(chapters.courseId, courseId)).orderBy(asc(chapters.position), asc(chapters.id)),
    filesOf(db, course.coverFileId ? [course.coverFileId] : []),
  ])
  const drafts = rows.map((each) => ({ chapterId: each.chapterId, lesson: outlineLesson(each, now()) }))
  const of = (chapterId: string | null) =>
    drafts.filter((draft) => draft.chapterId === chapterId).map(({ lesson }) => lesson)
  const { intro, version, outlineVersion, createdAt, updatedAt } = course
  return {
    ...cardOf(row!),
    intro,
    cover: cover[0] ?? null,
    outline: [
      { id: null, title: '', lessons: of(null) },
      ...named.map(({ id, title }) => ({ id, title, lessons: of(id) })),
    ],
    lacks: lacksOf(
      course,
      drafts.map(({ lesson }) => lesson),
    ),
    untouched: !(await hasLearners(db, courseId)),
    version,
    outlineVersion,
    createdAt,
    updatedAt,
  }
}

type Row = Awaited<ReturnType<typeof draftRows>>[number]

const draftRows = (db: Db, courseId: string) =>
  db
    .select({
      lesson: lessons,
      chapterId: chapters.id,
      video: {
        status: videos.status,
        progressPercent: videos.progressPercent,
        failure: videos.failure,
        durationMs: videos.durationMs,
      },
    })
    .from(lessons)
    .leftJoin(chapters, eq(chapters.id, lessons.chapterId))
    .leftJoin(videos, eq(videos.fileId, lessons.fileId))
    .where(inCourse(courseId))
    .orderBy(...inOrder)

function outlineLesson({ lesson, video }: Omit<Row, 'chapterId'>, now: number): DraftOutlineLesson {
  const { id, kind, title, free, trialSeconds, startsAt, durationMinutes, status } = lesson
  const lack = lackOf(
    {
      ...lesson,
      videoStatus: video?.status ?? null,
      hasBody: lesson.body.trim() !== '',
      hasFile: lesson.fileId !== null,
    },
    now,
  )
  return { id, kind, title, free, trialSeconds, startsAt, durationMinutes, status, video, lack }
}

export async function lessonDraft(
  { db, now }: Pick<TeachingDeps, 'db' | 'now'>,
  user: Viewer,
  lessonId: string,
): Promise<LessonDraft> {
  const [row] = await db
    .select({
      lesson: lessons,
      course: { id: courses.id, title: courses.title },
      video: {
        status: videos.status,
        progressPercent: videos.progressPercent,
        failure: videos.failure,
        durationMs: videos.durationMs,
      },
      learners: sql<number>`(select count(*)::int from ${lessonProgress} where ${lessonProgress.lessonId} = ${lessons.id})`,
    })
    .from(lessons)
    .innerJoin(courses, eq(courses.id, lessons.courseId))
    .leftJoin(videos, eq(videos.fileId, lessons.fileId))
    .where(existing(lessonId))
  if (!row) throw new AppError('not_found', 'there is no such lesson in a course')
  await readable(db, user, row.course.id)
  const { lesson, course, learners } = row
  const attached = await db
    .select({ id: lessonAttachments.fileId })
    .from(lessonAttachments)
    .where(eq(lessonAttachments.lessonId, lessonId))
    .orderBy(asc(lessonAttachments.position), asc(lessonAttachments.fileId))
  const ids = attached.map(({ id }) => id)
  const found = await filesOf(db, lesson.fileId ? [...ids, lesson.fileId] : ids)
  const fileOf = (id: string | null) => found.find((file) => file.id === id) ?? null
  const { description, body, dvrMinutes, watermark, version } = lesson
  return {
    ...outlineLesson(row, now()),
    course,
    description,
    body,
    dvrMinutes,
    watermark,
    file: fileOf(lesson.fileId),
    attachments: ids.map((id) => fileOf(id)!),
    learners,
    version,
  }
}

const filesOf = (db: Db, ids: string[]) =>
  db
    .select({ id: files.id, name: files.name, mimeType: files.mimeType, sizeBytes: files.sizeBytes })
    .from(files)
    .where(inArray(files.id, ids))
