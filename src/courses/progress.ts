/** How far somebody has come in a lesson: where they were last, what they have watched, and whether that was all of it. */
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { lessonProgress, lessons, videos } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { CoursesDeps } from './course.ts'
import { existing, type Viewer } from './lesson.ts'
import { lengthOf, mergeRanges, type Range } from './ranges.ts'
import type { LessonKind, Progress, ProgressReport } from './schema.ts'

const COMPLETE_AT = { video: 0.9, live: 0.5 }
/** Nobody watches faster than this; what was watched before the first report reached us comes on top. */
const FASTEST = 3
const BEFORE_FIRST_REPORT_MS = 120_000
/** More pieces than anyone makes by watching. */
const MOST_RANGES = 1000

type Lesson = Awaited<ReturnType<typeof lessonFor>>
type Row = typeof lessonProgress.$inferSelect

export async function readProgress({ db }: CoursesDeps, viewer: Viewer, lessonId: string): Promise<Progress | null> {
  const [row] = await db.select().from(lessonProgress).where(of(viewer, lessonId))
  return row ? progressOf(row) : null
}

/**
 * Adds to what is known, whichever device it comes from and however often it comes. Ranges that cannot have been watched
 * in the time since the first report are left out; a player that sends them again later is believed then.
 */
export async function reportProgress(
  deps: CoursesDeps,
  viewer: Viewer,
  lessonId: string,
  report: ProgressReport,
): Promise<Progress> {
  const lesson = await lessonFor(deps, viewer, lessonId)
  const at = deps.now()
  return deps.db.transaction(async (tx) => {
    const before = await openRow(tx, viewer, lessonId, at)
    // Nobody has watched more than they were given.
    const told = mergeRanges(report.watched, lesson.trialMs)
    const watched = believable(mergeRanges([...before.watched, ...told], lesson.durationMs), before, at)
    const watchedMs = lengthOf(watched)
    const completed = isCompleted(lesson, watchedMs, report.finished === true)
    const [after] = await tx
      .update(lessonProgress)
      .set({
        positionMs: Math.min(report.positionMs, lesson.trialMs ?? lesson.durationMs ?? report.positionMs),
        watched,
        watchedMs,
        completedAt: before.completedAt ?? (completed ? at : null),
        updatedAt: at,
      })
      .where(of(viewer, lessonId))
      .returning()
    return progressOf(after!)
  })
}

/** The row of this viewer, made where there is none, and held until the end of the transaction. */
async function openRow(tx: Db, { id: userId }: Viewer, lessonId: string, at: number): Promise<Row> {
  await tx
    .insert(lessonProgress)
    .values({ userId, lessonId, watched: [], startedAt: at, updatedAt: at })
    .onConflictDoNothing()
  const [row] = await tx
    .select()
    .from(lessonProgress)
    .where(of({ id: userId }, lessonId))
    .for('update')
  return row!
}

function believable(merged: Range[], before: Row, at: number): Range[] {
  const most = (at - before.startedAt) * FASTEST + BEFORE_FIRST_REPORT_MS
  return merged.length <= MOST_RANGES && lengthOf(merged) <= most ? merged : before.watched
}

function isCompleted({ kind, durationMs, trialMs }: Lesson, watchedMs: number, finished: boolean): boolean {
  if (trialMs !== undefined) return false
  if (kind === 'article' || kind === 'document') return finished
  return durationMs !== undefined && watchedMs >= durationMs * COMPLETE_AT[kind]
}

async function lessonFor({ db, rights }: CoursesDeps, viewer: Viewer, lessonId: string) {
  const [lesson] = await db
    .select({
      kind: lessons.kind,
      startedAt: lessons.startedAt,
      endedAt: lessons.endedAt,
      videoMs: videos.durationMs,
    })
    .from(lessons)
    .leftJoin(videos, eq(videos.fileId, lessons.fileId))
    .where(existing(lessonId))
  if (!lesson) throw new AppError('not_found', 'there is no such lesson')
  const { kind, startedAt, endedAt, videoMs } = lesson
  const decision = await rights.mayI(viewer, actions[kind], { lessonId })
  if (!decision.allowed) throw new AppError(decision.code, 'this lesson is not open to you')
  const taughtMs = startedAt && endedAt ? endedAt - startedAt : undefined
  const durationMs = kind === 'live' ? taughtMs : (videoMs ?? undefined)
  const trialMs = decision.allowed === 'trial' ? decision.trialSeconds * 1000 : undefined
  return { kind, durationMs, trialMs }
}

export const actions: Record<LessonKind, 'enter' | 'watch' | 'read'> = {
  live: 'enter',
  video: 'watch',
  article: 'read',
  document: 'read',
}

const progressOf = ({ positionMs, watched, watchedMs, completedAt, updatedAt }: Row): Progress => ({
  positionMs,
  watched,
  watchedMs,
  completedAt,
  updatedAt,
})

const of = ({ id }: Pick<Viewer, 'id'>, lessonId: string) =>
  and(eq(lessonProgress.userId, id), eq(lessonProgress.lessonId, lessonId))
