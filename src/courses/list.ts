/** Lists of lessons, page by page. */
import { and, asc, desc, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { courses, lessonAssistants, lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { beyond, pageOf } from './cursor.ts'
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
      query.after ? beyond(query.after, lessons[by], lessons.id, direction) : undefined,
    ),
  )
    .orderBy(inOrder(lessons[by]), inOrder(lessons.id))
    .limit(PAGE + 1)
  const { entries, next } = pageOf(found, PAGE, ({ lesson }) => [lesson[by], lesson.id])
  return { lessons: entries.map((row) => lessonOf(deps, row)), next, now: deps.now() }
}

function belongs(filter: LessonQuery['filter'], viewer: Viewer | null): SQL {
  if (filter === 'live') return and(isPublic, inArray(lessons.status, ['live', 'paused']))!
  if (filter === 'upcoming') return and(isPublic, inArray(lessons.status, ['scheduled', 'lobby']))!
  if (filter === 'ended') return and(isPublic, eq(lessons.status, 'ended'))!
  if (!viewer) throw new AppError('unauthorized', 'sign in to see your own lessons')
  return or(eq(lessons.teacherId, viewer.id), assists(viewer))!
}

/** Lessons of a course show up with it. */
const isPublic = or(isNull(lessons.courseId), eq(courses.status, 'published'))!

const assists = ({ id }: Viewer) =>
  sql<boolean>`exists (select 1 from ${lessonAssistants} where ${lessonAssistants.lessonId} = ${lessons.id} and ${lessonAssistants.userId} = ${id})`
