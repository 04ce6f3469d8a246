/** The page of a lesson of any kind: what it is, what of it is open to whom, and what comes before and after it. */
import { asc, eq } from 'drizzle-orm'
import { courses, files, lessonAttachments, lessons, users, videos } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { beginningOf } from './beginning.ts'
import type { CoursesDeps } from './course.ts'
import { existing, type Viewer } from './lesson.ts'
import { isReady, opennessOf, outlineRows } from './outline.ts'
import { actions } from './progress.ts'
import type { LessonDecision } from './rights.ts'
import type { Access, AnyLessonPage, FileInfo, StudyPage } from './schema.ts'

export async function lessonPage(deps: CoursesDeps, viewer: Viewer | null, lessonId: string): Promise<AnyLessonPage> {
  const { db, now, rights, lessons: live } = deps
  const [row] = await select(deps, lessonId)
  if (!row) throw noSuchLesson()
  const { lesson, course, teacher } = row
  const decision = await rights.mayI(viewer, actions[lesson.kind], { lessonId })
  if (decision.allowed === false && decision.code === 'not_found') throw noSuchLesson()
  const isOpen = decision.allowed === true
  const parts = {
    role: viewer && (await live.roleIn(viewer, { id: lessonId, teacher })),
    access: accessOf(decision),
    attachments: isOpen ? await attachmentsOf(db, lessonId) : [],
    ...(await neighboursOf(deps, viewer, lessonId, course?.id)),
    now: now(),
  }
  if (lesson.kind === 'live') return { lesson: await live.get(lessonId), ...parts }
  return { ...studyPage(row, decision), ...parts }
}

type Row = Awaited<ReturnType<typeof select>>[number]

const fileColumns = { id: files.id, name: files.name, mimeType: files.mimeType, sizeBytes: files.sizeBytes }

const select = ({ db }: CoursesDeps, lessonId: string) =>
  db
    .select({
      lesson: lessons,
      teacher: { id: users.id, displayName: users.displayName },
      course: { id: courses.id, title: courses.title },
      file: fileColumns,
      video: { status: videos.status, durationMs: videos.durationMs },
    })
    .from(lessons)
    .innerJoin(users, eq(users.id, lessons.teacherId))
    .leftJoin(courses, eq(courses.id, lessons.courseId))
    .leftJoin(files, eq(files.id, lessons.fileId))
    .leftJoin(videos, eq(videos.fileId, lessons.fileId))
    .where(existing(lessonId))

function studyPage(
  { lesson, teacher, course, file, video }: Row,
  decision: LessonDecision,
): Pick<StudyPage, 'lesson' | 'body' | 'bodyIsCut' | 'file'> {
  const { id, kind, title, description, free, trialSeconds, body } = lesson
  if (kind === 'live') throw new Error('a live lesson has a page of its own')
  const readiness = { kind, videoStatus: video?.status ?? null, hasBody: body !== '', hasFile: file !== null }
  const beginning = decision.allowed === 'trial' ? beginningOf(body, decision.trialSeconds) : body
  const toRead = kind === 'article' && decision.allowed !== false
  const toOpen = decision.allowed === true || (kind === 'video' && decision.allowed === 'trial')
  return {
    lesson: {
      id,
      kind,
      title,
      description,
      teacher,
      course: course!,
      free,
      trialSeconds,
      durationMs: video?.durationMs ?? null,
      ready: isReady(readiness),
    },
    body: toRead ? beginning : null,
    bodyIsCut: toRead && beginning !== body,
    file: toOpen ? file : null,
  }
}

const accessOf = (decision: LessonDecision): Access => ({
  state: decision.allowed === true ? 'open' : decision.allowed === 'trial' ? 'trial' : 'locked',
  via: decision.allowed === true ? decision.via : null,
  reason: decision.allowed === false ? decision.code : null,
})

const attachmentsOf = (db: CoursesDeps['db'], lessonId: string): Promise<FileInfo[]> =>
  db
    .select(fileColumns)
    .from(lessonAttachments)
    .innerJoin(files, eq(files.id, lessonAttachments.fileId))
    .where(eq(lessonAttachments.lessonId, lessonId))
    .orderBy(asc(lessonAttachments.position), asc(files.id))

async function neighboursOf({ db, rights }: CoursesDeps, viewer: Viewer | null, lessonId: string, courseId?: string) {
  if (!courseId) return { previous: null, next: null }
  const [rows, opened] = await Promise.all([outlineRows(db, viewer, courseId), rights.viewOf(viewer, [courseId])])
  const right = opened.get(courseId) ?? null
  const place = rows.findIndex(({ id }) => id === lessonId)
  const neighbour = (row: (typeof rows)[number] | undefined) =>
    row ? { id: row.id, kind: row.kind, title: row.title, access: opennessOf(viewer, right, row) } : null
  return { previous: neighbour(rows[place - 1]), next: neighbour(rows[place + 1]) }
}

const noSuchLesson = () => new AppError('not_found', 'there is no such lesson')
