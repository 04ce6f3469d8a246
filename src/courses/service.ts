/** Lessons: who teaches what and when, who helps, and where each one stands in its life. */

import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { lessonAssistants, lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import type { LessonAction, LessonStatus } from '../../signaling/protocol/lesson.ts'
import { addAssistant, listAssistants, removeAssistant } from './assistants.ts'
import { addCourseware, listCourseware } from './courseware.ts'
import { createFrames } from './frame-store.ts'
import { getFrame, putFrame, removeFrame } from './frames.ts'
import {
  existing,
  getLesson,
  isStaff,
  type LessonsDeps,
  MINUTE_MS,
  manageable,
  mayTeach,
  type Viewer,
} from './lesson.ts'
import { advance, stateOf, sweep, touch } from './life.ts'
import { listLessons } from './list.ts'
import { listPolls, setPolls } from './polls.ts'
import type { Lesson, LessonChange, LessonQuery, NewLesson, PreparedPolls } from './schema.ts'

/** A form takes a while to fill in, and clocks differ. */
const LATEST_START_IN_PAST_MS = 10 * MINUTE_MS
/** Players need some of the past to join in. */
const SHORTEST_WINDOW_SECONDS = 30
const FARTHEST_START_MS = 2 * 366 * 24 * 60 * MINUTE_MS

export type { LessonsDeps }
export type LessonService = ReturnType<typeof createLessons>

/** Fills the classroom's `Lessons` port too. */
export function createLessons(given: Omit<LessonsDeps, 'frames'>) {
  const frames = createFrames(given.now)
  const deps: LessonsDeps = { ...given, frames }
  return {
    create: (teacher: Viewer, lesson: NewLesson) => create(deps, teacher, lesson),
    /** Writes down a lesson that took place elsewhere, from its `startsAt` on and as long as planned. */
    addPast: (teacher: Viewer, lesson: NewLesson) => addPast(deps, teacher, lesson),
    /** Only its teacher, operators and admins may change or cancel a lesson, or name its assistants. */
    update: (user: Viewer, lessonId: string, change: LessonChange) => update(deps, user, lessonId, change),
    /** The same within the caller's transaction. */
    changeIn: (tx: Db, user: Viewer, lessonId: string, change: LessonChange) =>
      update({ ...deps, db: tx }, user, lessonId, change),
    /** Throws unless a class may begin at this moment. */
    checkTime: (startsAt: number) => checkStart(startsAt, deps.now()),
    cancel: (user: Viewer, lessonId: string) => cancel(deps, user, lessonId),
    get: (lessonId: string) => getLesson(deps, lessonId),
    list: (viewer: Viewer | null, query: LessonQuery) => listLessons(deps, viewer, query),
    /** The lesson, for those who may change it; the others are told `forbidden`. */
    manageable: (user: Viewer, lessonId: string) => manageable(deps, user, lessonId),
    /** The lesson, for those who teach it, assistants among them; the others are told `forbidden`. */
    taught: (user: Viewer, lessonId: string) => taught(deps, user, lessonId),
    /** What this user is in the room of this lesson. */
    roleIn: (user: Viewer, lesson: Pick<Lesson, 'id' | 'teacher'>) => roleIn(deps, user, lesson),
    /** The documents that those who teach may bring to the board; the others are told `forbidden`. */
    courseware: async (user: Viewer, lessonId: string) => {
      await taught(deps, user, lessonId)
      return listCourseware(deps.db, lessonId)
    },
    addCourseware: async (user: Viewer, lessonId: string, fileId: string) => {
      await taught(deps, user, lessonId)
      return addCourseware(deps.db, user, lessonId, fileId)
    },
    /** What was prepared to be asked in the class; for those who teach it. */
    polls: async (user: Viewer, lessonId: string) => {
      await taught(deps, user, lessonId)
      return listPolls(deps.db, lessonId)
    },
    setPolls: async (user: Viewer, lessonId: string, polls: PreparedPolls) => {
      await taught(deps, user, lessonId)
      return setPolls(deps.db, lessonId, polls)
    },
    assistants: (user: Viewer, lessonId: string) => listAssistants(deps, user, lessonId),
    addAssistant: (user: Viewer, lessonId: string, username: string) => addAssistant(deps, user, lessonId, username),
    removeAssistant: (user: Viewer, lessonId: string, userId: string) => removeAssistant(deps, user, lessonId, userId),
    /** The current picture of a live lesson, from its teacher; seen on its card by everyone where the lesson, or a taste of it, is for everyone, and gone when it is not live. */
    putFrame: (user: Viewer, lessonId: string, jpeg: Buffer) => putFrame(deps, user, lessonId, jpeg),
    removeFrame: (user: Viewer, lessonId: string) => removeFrame(deps, user, lessonId),
    frame: (lessonId: string) => getFrame(deps, lessonId),
    advance: (lessonId: string, action: LessonAction) => {
      frames.remove(lessonId)
      return advance(deps, lessonId, action)
    },
    stateOf: (lessonId: string) => stateOf(deps, lessonId),
    /** How far back viewers may go in the broadcast of this class. */
    windowSecondsOf: async (lessonId: string) =>
      Math.max(SHORTEST_WINDOW_SECONDS, (await getLesson(deps, lessonId)).dvrMinutes * 60),
    touch: (lessonId: string) => touch(deps, lessonId),
    /** Moves on every lesson whose time has come. May be called at any time, by any number of nodes. */
    sweep: () => sweep(deps),
  }
}

async function create(deps: LessonsDeps, teacher: Viewer, lesson: NewLesson): Promise<Lesson> {
  checkStart(lesson.startsAt, deps.now())
  const [made] = await deps.db
    .insert(lessons)
    .values(rowOf(deps, teacher, lesson))
    .returning({ id: lessons.id })
  return getLesson(deps, made!.id)
}

async function addPast(deps: LessonsDeps, teacher: Viewer, lesson: NewLesson): Promise<Lesson> {
  const row = rowOf(deps, teacher, lesson)
  const endedAt = row.startsAt + row.durationMinutes * MINUTE_MS
  if (endedAt > deps.now()) throw new AppError('bad_request', 'this lesson would not be over yet')
  const past = { ...row, status: 'ended' as const, startedAt: row.startsAt, endedAt }
  const [made] = await deps.db.insert(lessons).values(past).returning({ id: lessons.id })
  return getLesson(deps, made!.id)
}

const rowOf = ({ now }: LessonsDeps, teacher: Viewer, lesson: NewLesson) => ({
  teacherId: teacher.id,
  title: lesson.title.trim(),
  description: lesson.description?.trim() ?? '',
  startsAt: lesson.startsAt,
  durationMinutes: lesson.durationMinutes ?? 60,
  ...(lesson.dvrMinutes !== undefined && { dvrMinutes: lesson.dvrMinutes }),
  watermark: lesson.watermark ?? false,
  createdAt: now(),
})

async function update(deps: LessonsDeps, user: Viewer, lessonId: string, change: LessonChange): Promise<Lesson> {
  const lesson = await manageable(deps, user, lessonId)
  const { title, description, startsAt, durationMinutes, dvrMinutes, watermark } = change
  const now = deps.now()
  const moves = startsAt !== undefined && startsAt !== lesson.startsAt
  if (moves) checkStart(startsAt, now)
  const changesTime = moves || (durationMinutes !== undefined && durationMinutes !== lesson.durationMinutes)
  const backToScheduled = moves && startsAt - deps.lobbyOpensMinutes * MINUTE_MS > now
  const set = {
    ...(title !== undefined && { title: title.trim() }),
    ...(description !== undefined && { description: description.trim() }),
    ...(startsAt !== undefined && { startsAt }),
    ...(durationMinutes !== undefined && { durationMinutes }),
    ...(dvrMinutes !== undefined && { dvrMinutes }),
    ...(watermark !== undefined && { watermark }),
    ...(backToScheduled && { status: 'scheduled' as const }),
  }
  if (Object.keys(set).length === 0) return lesson
  const version = sql`${lessons.version} + 1`
  const where = changesTime ? notStarted(lessonId) : existing(lessonId)
  const changed = await deps.db
    .update(lessons)
    .set({ ...set, version })
    .where(where)
    .returning({ id: lessons.id })
  if (changed.length === 0) throw new AppError('conflict', 'the time of a lesson that has gone live stays as it is')
  return getLesson(deps, lessonId)
}

async function cancel(deps: LessonsDeps, user: Viewer, lessonId: string): Promise<void> {
  const { course } = await manageable(deps, user, lessonId)
  if (course) throw new AppError('conflict', 'a lesson of a course is taken out of the course')
  const change = deps.db.update(lessons).set({ cancelledAt: deps.now() })
  const cancelled = await change.where(notStarted(lessonId)).returning({ id: lessons.id })
  if (cancelled.length === 0) throw new AppError('conflict', 'a lesson that has gone live cannot be cancelled')
}

async function roleIn({ db }: LessonsDeps, user: Viewer, lesson: Pick<Lesson, 'id' | 'teacher'>): Promise<Role> {
  if (lesson.teacher.id === user.id && mayTeach(user)) return 'teacher'
  if (isStaff(user)) return 'assistant'
  const [assistant] = await db
    .select({ userId: lessonAssistants.userId })
    .from(lessonAssistants)
    .where(and(eq(lessonAssistants.lessonId, lesson.id), eq(lessonAssistants.userId, user.id)))
  return assistant ? 'assistant' : 'student'
}

async function taught(deps: LessonsDeps, user: Viewer, lessonId: string): Promise<Lesson> {
  const lesson = await getLesson(deps, lessonId)
  if ((await roleIn(deps, user, lesson)) === 'student')
    throw new AppError('forbidden', 'this is for those who teach the lesson')
  return lesson
}

const notStarted = (lessonId: string) => and(existing(lessonId), inArray(lessons.status, beforeStart))!

const beforeStart: LessonStatus[] = ['scheduled', 'lobby']

function checkStart(startsAt: number, now: number): void {
  if (startsAt < now - LATEST_START_IN_PAST_MS) throw new AppError('bad_request', 'startsAt is in the past')
  if (startsAt > now + FARTHEST_START_MS) throw new AppError('bad_request', 'startsAt is more than two years away')
}
