/** A lesson's life: moved on by its room, and by the clock where nobody else does. */
import { and, eq, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import { lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import {
  type LessonAction,
  type LessonState,
  type LessonStatus,
  lessonTransitions,
} from '../../signaling/protocol/lesson.ts'
import { existing, type LessonsDeps, MINUTE_MS } from './lesson.ts'

/** A live lesson that no room has touched for so long is abandoned: its node is gone. */
const ABANDONED_AFTER_MS = 60_000
/** A class that has not begun so long after its planned end never will. */
const FORGOTTEN_AFTER_MS = 12 * 60 * MINUTE_MS

const stateColumns = { status: lessons.status, startedAt: lessons.startedAt, endedAt: lessons.endedAt }

export async function advance(deps: LessonsDeps, lessonId: string, action: LessonAction): Promise<LessonState> {
  const from: readonly LessonStatus[] = lessonTransitions[action].from
  const [state] = await deps.db
    .update(lessons)
    .set(changeOf(action, deps.now()))
    .where(and(existing(lessonId), inArray(lessons.status, [...from])))
    .returning(stateColumns)
  if (state) return state
  const { status } = await stateOf(deps, lessonId)
  throw new AppError(
    status === 'ended' ? 'lesson_ended' : 'conflict',
    `${action} is not possible: the lesson is ${status}`,
  )
}

export async function stateOf({ db }: LessonsDeps, lessonId: string): Promise<LessonState> {
  const [state] = await db.select(stateColumns).from(lessons).where(existing(lessonId))
  if (!state) throw new AppError('not_found', 'there is no such lesson')
  return state
}

export async function touch(deps: LessonsDeps, lessonId: string): Promise<LessonState> {
  const [state] = await deps.db
    .update(lessons)
    .set({ touchedAt: deps.now() })
    .where(and(existing(lessonId), eq(lessons.status, 'live')))
    .returning(stateColumns)
  return state ?? stateOf(deps, lessonId)
}

export async function sweep({ db, now, lobbyOpensMinutes, pauseLimitMinutes }: LessonsDeps): Promise<void> {
  const at = now()
  const standing = (...statuses: LessonStatus[]) => and(isNull(lessons.cancelledAt), inArray(lessons.status, statuses))
  const plannedEnd = sql`${lessons.startsAt} + ${lessons.durationMinutes}::bigint * ${MINUTE_MS}::bigint`
  await db
    .update(lessons)
    .set({ cancelledAt: at })
    .where(and(standing('scheduled', 'lobby'), lt(plannedEnd, at - FORGOTTEN_AFTER_MS)))
  await db
    .update(lessons)
    .set(changeOf('openLobby', at))
    .where(and(standing('scheduled'), lte(lessons.startsAt, at + lobbyOpensMinutes * MINUTE_MS)))
  await db
    .update(lessons)
    .set(changeOf('pause', at))
    .where(and(standing('live'), or(isNull(lessons.touchedAt), lt(lessons.touchedAt, at - ABANDONED_AFTER_MS))))
  await db
    .update(lessons)
    .set(changeOf('end', at))
    .where(and(standing('paused'), lte(lessons.pausedAt, at - pauseLimitMinutes * MINUTE_MS)))
}

/** What each action writes down besides the new status. */
const moments = {
  openLobby: () => ({}),
  start: (now: number) => ({ startedAt: now, touchedAt: now }),
  pause: (now: number) => ({ pausedAt: now }),
  resume: (now: number) => ({ pausedAt: null, touchedAt: now }),
  end: (now: number) => ({ endedAt: now }),
} satisfies Record<LessonAction, (now: number) => Partial<typeof lessons.$inferInsert>>

const changeOf = (action: LessonAction, now: number) => ({
  status: lessonTransitions[action].to,
  ...moments[action](now),
})
