/** One live lesson: read from the database, as it travels over HTTP, for those who may see or change it. */
import { and, eq, isNull, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { courses, lessons, users } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Frames } from './frame-store.ts'
import type { Lesson } from './schema.ts'

export const MINUTE_MS = 60_000

export type LessonsDeps = {
  db: Db
  bus: Bus
  now: () => number
  lobbyOpensMinutes: number
  pauseLimitMinutes: number
  /** How many people are in the room of this lesson now. */
  onlineIn: (lessonId: string) => number
  frames: Frames
}

/** Those who are asking, as far as lessons care. */
export type Viewer = Pick<SignedInUser, 'id' | 'role'>

export async function getLesson(deps: LessonsDeps, lessonId: string): Promise<Lesson> {
  const [row] = await selectLessons(deps.db, existing(lessonId))
  if (!row) throw new AppError('not_found', 'there is no such lesson')
  return lessonOf(deps, row)
}

/** The lesson, for those who may change it; the others are told `forbidden`. */
export async function manageable(deps: LessonsDeps, user: Viewer, lessonId: string): Promise<Lesson> {
  const lesson = await getLesson(deps, lessonId)
  if (!(lesson.teacher.id === user.id && mayTeach(user)) && !isStaff(user))
    throw new AppError('forbidden', 'only the teacher of this lesson may do this')
  return lesson
}

/** Who is no longer a teacher keeps their lessons, and no rights in them. */
export const mayTeach = (viewer: Viewer) => viewer.role === 'teacher' || isStaff(viewer)

export const isStaff = ({ role }: Viewer) => role === 'operator' || role === 'admin'

export const existing = (lessonId: string) => and(eq(lessons.id, lessonId), isNull(lessons.cancelledAt))!

type LessonRow = Awaited<ReturnType<typeof selectLessons>>[number]

export const selectLessons = (db: Db, where: SQL | undefined) =>
  db
    .select({
      lesson: lessons,
      teacher: { id: users.id, displayName: users.displayName },
      course: { id: courses.id, title: courses.title },
      courseStatus: courses.status,
    })
    .from(lessons)
    .innerJoin(users, eq(users.id, lessons.teacherId))
    .leftJoin(courses, eq(courses.id, lessons.courseId))
    .where(and(eq(lessons.kind, 'live'), where))
    .$dynamic()

export function lessonOf(deps: LessonsDeps, { lesson, teacher, course, courseStatus }: LessonRow): Lesson {
  const { id, title, description, free, trialSeconds, dvrMinutes, watermark, status, startedAt, endedAt } = lesson
  const [startsAt, durationMinutes] = [lesson.startsAt!, lesson.durationMinutes!]
  return {
    id,
    kind: 'live',
    title,
    description,
    teacher,
    course,
    free,
    trialSeconds,
    startsAt,
    durationMinutes,
    dvrMinutes,
    watermark,
    status,
    lobbyOpensAt: startsAt - deps.lobbyOpensMinutes * MINUTE_MS,
    startedAt,
    endedAt,
    online: deps.onlineIn(id),
    frameAt: status === 'live' && isForAll(lesson, courseStatus) ? (deps.frames.get(id)?.at ?? null) : null,
  }
}

/** Whether every passer-by may see the picture: of a lesson that is sold, only where a taste of it is given. */
const isForAll = ({ courseId, free, trialSeconds }: LessonRow['lesson'], courseStatus: LessonRow['courseStatus']) =>
  courseId === null || (courseStatus === 'published' && (free || trialSeconds > 0))
