/** The recordings of classes, read from the database once for each change of them. */
import { and, asc, eq, getTableColumns, isNull } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { broadcastRenditions, broadcastSegments, broadcasts, lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type Cut, cut, filesOf, type Timeline, timelineOf } from './recording.ts'

/** One of three hours takes some megabytes of memory. */
const KEPT = 20

/** What of a recording somebody may see: a part of the media time, and of that no more than `mostMs`. */
export type Limits = { fromMs: number; toMs: number | null; mostMs: number | null }
export type Shown = { timeline: Timeline; cut: Cut; files: Map<string, number> }
type Kept = { version: number; timeline: Promise<Timeline>; shown: Map<string, Shown> }

export type Recordings = ReturnType<typeof createRecordings>

export function createRecordings(db: Db) {
  const kept = new Map<string, Kept>()

  const keep = (lessonId: string, version: number): Kept => {
    const known = kept.get(lessonId)
    kept.delete(lessonId)
    const recording = known?.version === version ? known : { version, timeline: read(db, lessonId), shown: new Map() }
    kept.set(lessonId, recording)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!)
    recording.timeline.catch(() => kept.delete(lessonId))
    return recording
  }

  return {
    timeline: (lessonId: string, version: number) => keep(lessonId, version).timeline,
    /** Of a broadcast that nothing is added to any more, as it is in this version. */
    async shown(lessonId: string, version: number, { fromMs, toMs, mostMs }: Limits): Promise<Shown> {
      const recording = keep(lessonId, version)
      const timeline = await recording.timeline
      const question = `${fromMs} ${toMs} ${mostMs}`
      const known = recording.shown.get(question)
      if (known) return known
      const part = cut(timeline, fromMs, toMs, mostMs)
      const shown = { timeline, cut: part, files: filesOf(part) }
      recording.shown.set(question, shown)
      return shown
    },
  }
}

async function read(db: Db, lessonId: string): Promise<Timeline> {
  const { lessonId: _segments, ...segmentColumns } = getTableColumns(broadcastSegments)
  const { lessonId: _renditions, ...initColumns } = getTableColumns(broadcastRenditions)
  const [segments, inits] = await Promise.all([
    db
      .select(segmentColumns)
      .from(broadcastSegments)
      .where(eq(broadcastSegments.lessonId, lessonId))
      .orderBy(asc(broadcastSegments.msn)),
    db.select(initColumns).from(broadcastRenditions).where(eq(broadcastRenditions.lessonId, lessonId)),
  ])
  return timelineOf(segments, inits)
}

/** So long after its end a class whose recording nobody closed is taken to be whole. */
const CLOSED_AFTER_MS = 10_000

export type Broadcast = typeof broadcasts.$inferSelect

/** Throws `no_replay` where there is none, or none yet. */
export async function recordedBroadcast(db: Db, lessonId: string, now: number): Promise<Broadcast> {
  const [row] = await db
    .select({ broadcast: broadcasts, status: lessons.status, endedAt: lessons.endedAt })
    .from(broadcasts)
    .innerJoin(lessons, eq(lessons.id, broadcasts.lessonId))
    .where(and(eq(broadcasts.lessonId, lessonId), isNull(broadcasts.removedAt)))
  if (!row) throw new AppError('no_replay', 'this class has no replay')
  const { broadcast, status, endedAt } = row
  const whole = broadcast.endedAt !== null || now >= (endedAt ?? 0) + CLOSED_AFTER_MS
  if (status === 'ended' && whole) return broadcast
  throw new AppError('no_replay', 'the replay of this class is not ready yet', { retryAfterSeconds: 2 })
}
