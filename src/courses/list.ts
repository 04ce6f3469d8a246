/** Lists of lessons, page by page. */
import { and, asc, desc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { lessonAssistants, lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type LessonsDeps, lessonOf, selectLessons, type Viewer } from './lesson.ts'
import type { LessonList, LessonQuery } from './schema.ts'

const PAGE = 20

type Order = { by: 'startsAt' | 'startedAt' | 'endedAt'; direction: 'up' | 'down' }

const orders: Record<LessonQuery['filter'], Order> = {
  live: { by: 'startedAt', direction: 'down' },
  upcoming: { by: 'startsAt', direction: 'up' },
  ended: { by: 'endedAt', direction: 'down' },
  mine: { by: 'startsAt', direction: 'down' },
}

export async function listLessons(deps: LessonsDeps, viewer: Viewer | null, query: LessonQuery): Promise<LessonList> {
  const { by, direction } = orders[query.filter]
  const inOrder = direction === 'up' ? asc : desc
  const found = await selectLessons(
    deps.db,
    and(
      isNull(lessons.cancelledAt),
      belongs(query.filter, viewer),
      query.after ? beyond(query.after, orders[query.filter]) : undefined,
    ),
  )
    .orderBy(inOrder(lessons[by]), inOrder(lessons.id))
    .limit(PAGE + 1)
  const page = found.slice(0, PAGE)
  const last = found.length > PAGE ? page.at(-1)!.lesson : undefined
  return {
    lessons: page.map((row) => lessonOf(deps, row)),
    next: last ? `${last[by]}_${last.id}` : null,
    now: deps.now(),
  }
}

function belongs(filter: LessonQuery['filter'], viewer: Viewer | null): SQL {
  if (filter === 'live') return inArray(lessons.status, ['live', 'paused'])
  if (filter === 'upcoming') return inArray(lessons.status, ['scheduled', 'lobby'])
  if (filter === 'ended') return eq(lessons.status, 'ended')
  if (!viewer) throw new AppError('unauthorized', 'sign in to see your own lessons')
  return or(eq(lessons.teacherId, viewer.id), assists(viewer))!
}

const assists = ({ id }: Viewer) =>
  sql<boolean>`exists (select 1 from ${lessonAssistants} where ${lessonAssistants.lessonId} = ${lessons.id} and ${lessonAssistants.userId} = ${id})`

/** What comes after the last lesson of the page before: `TIME_ID`. */
function beyond(cursor: string, { by, direction }: Order): SQL {
  const [, time, id] = /^(\d{1,16})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(cursor) ?? []
  if (!time || !id) throw new AppError('bad_request', 'after is not what an earlier page gave as next')
  const further = direction === 'up' ? gt : lt
  const column: PgColumn = lessons[by]
  return or(further(column, Number(time)), and(eq(column, Number(time)), further(lessons.id, id)))!
}
