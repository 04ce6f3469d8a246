/** The chapters and lessons of a course in their order, and how far a viewer has come in them. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { chapters, lessonProgress, lessons, videos } from '../../db/schema.ts'
import { inCourse } from './course.ts'
import type { Viewer } from './lesson.ts'
import type { CourseProgress, CourseRight, Openness, Outline, OutlineLesson } from './schema.ts'

/** Lessons outside of all chapters come first. */
export const inOrder = [sql`${chapters.position} nulls first`, asc(chapters.id), asc(lessons.position), asc(lessons.id)]

export type OutlineRow = Awaited<ReturnType<typeof outlineRows>>[number]

/** Every lesson in the order of the outline, with what this viewer has done in it. */
export const outlineRows = (db: Db, viewer: Viewer | null, courseId: string) =>
  db
    .select({
      id: lessons.id,
      kind: lessons.kind,
      title: lessons.title,
      free: lessons.free,
      trialSeconds: lessons.trialSeconds,
      startsAt: lessons.startsAt,
      durationMinutes: lessons.durationMinutes,
      status: lessons.status,
      startedAt: lessons.startedAt,
      endedAt: lessons.endedAt,
      chapterId: chapters.id,
      videoStatus: videos.status,
      durationMs: videos.durationMs,
      hasBody: sql<boolean>`${lessons.body} <> ''`,
      hasFile: sql<boolean>`${lessons.fileId} is not null`,
      completedAt: lessonProgress.completedAt,
      positionMs: lessonProgress.positionMs,
      usedAt: lessonProgress.updatedAt,
    })
    .from(lessons)
    .leftJoin(chapters, eq(chapters.id, lessons.chapterId))
    .leftJoin(videos, eq(videos.fileId, lessons.fileId))
    .leftJoin(
      lessonProgress,
      viewer ? and(eq(lessonProgress.lessonId, lessons.id), eq(lessonProgress.userId, viewer.id)) : sql`false`,
    )
    .where(inCourse(courseId))
    .orderBy(...inOrder)

type Readiness = Pick<OutlineRow, 'kind' | 'videoStatus' | 'hasBody' | 'hasFile'>

/** Whether there is something to watch or to read; a live lesson is what it is. */
export const isReady = ({ kind, videoStatus, hasBody, hasFile }: Readiness): boolean =>
  ({ live: true, article: hasBody, document: hasFile, video: videoStatus === 'ready' })[kind]

/** What stands in the outline; `entitlements` decides the same when a lesson is asked for. */
export function opennessOf(
  viewer: Viewer | null,
  right: CourseRight | null,
  { free, trialSeconds }: { free: boolean; trialSeconds: number },
): Openness {
  if (!viewer) return 'locked'
  if (right || free) return 'open'
  return trialSeconds > 0 ? 'trial' : 'locked'
}

export async function outlineOf(
  db: Db,
  courseId: string,
  rows: OutlineRow[],
  access: (row: OutlineRow) => Openness,
): Promise<Outline> {
  const named = await db
    .select({ id: chapters.id, title: chapters.title })
    .from(chapters)
    .where(eq(chapters.courseId, courseId))
    .orderBy(asc(chapters.position), asc(chapters.id))
  const of = (chapterId: string | null) =>
    rows.filter((row) => row.chapterId === chapterId).map((row) => outlineLesson(row, access(row)))
  const loose = of(null)
  return [
    ...(loose.length > 0 ? [{ id: null, title: '', lessons: loose }] : []),
    ...named.map(({ id, title }) => ({ id, title, lessons: of(id) })),
  ]
}

function outlineLesson(row: OutlineRow, access: Openness): OutlineLesson {
  const { id, kind, title, free, trialSeconds, durationMs, status, startedAt, endedAt } = row
  const live =
    kind === 'live'
      ? { startsAt: row.startsAt!, durationMinutes: row.durationMinutes!, status, startedAt, endedAt }
      : null
  const completed = row.completedAt !== null
  return { id, kind, title, free, trialSeconds, durationMs, live, ready: isReady(row), access, completed }
}

export const noProgress: CourseProgress = { completed: 0, lessons: 0, percent: 0, last: null }

/** How far one user has come in each of these courses. */
export async function progressIn(db: Db, userId: string, courseIds: string[]): Promise<Map<string, CourseProgress>> {
  if (courseIds.length === 0) return new Map()
  const found = await db
    .select({
      courseId: lessons.courseId,
      id: lessons.id,
      kind: lessons.kind,
      title: lessons.title,
      positionMs: lessonProgress.positionMs,
      usedAt: lessonProgress.updatedAt,
      completedAt: lessonProgress.completedAt,
    })
    .from(lessons)
    .leftJoin(lessonProgress, and(eq(lessonProgress.lessonId, lessons.id), eq(lessonProgress.userId, userId)))
    .where(and(inArray(lessons.courseId, courseIds), isNull(lessons.cancelledAt)))
  return new Map(courseIds.map((id) => [id, progressOf(found.filter(({ courseId }) => courseId === id))]))
}

type Used = Pick<OutlineRow, 'id' | 'kind' | 'title' | 'positionMs' | 'usedAt' | 'completedAt'>

export function progressOf(rows: Used[]): CourseProgress {
  const completed = rows.filter(({ completedAt }) => completedAt !== null).length
  const [last] = rows.filter(({ usedAt }) => usedAt !== null).sort((one, other) => other.usedAt! - one.usedAt!)
  return {
    completed,
    lessons: rows.length,
    percent: rows.length === 0 ? 0 : Math.floor((100 * completed) / rows.length),
    last: last ? { id: last.id, kind: last.kind, title: last.title, positionMs: last.positionMs ?? 0 } : null,
  }
}
