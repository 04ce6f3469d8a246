/** The recording of broadcasts in the database: one row for each segment, written a few at a time. */
import { eq, getTableColumns, max, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'
import type { Db } from '../../db/client.ts'
import { broadcastRenditions, broadcastSegments, broadcasts } from '../../db/schema.ts'
import type { RecordedRendition, RecordedSegment, Recorder } from '../../sfu/hls/ports.ts'

const FLUSH_MS = 500
const RETRY_MS = 3000
/** A statement may have 65,535 parameters; a segment takes nine. */
const WRITTEN_AT_ONCE = 2000
/** A process that died had stored more than it had recorded: those numbers are left to it. */
const UNRECORDED = 100

type Log = { error(details: object, message: string): void }
type Pending = {
  startedAt: number
  renditions: RecordedRendition[]
  segments: RecordedSegment[]
  writing: Promise<void>
  timer: NodeJS.Timeout | undefined
}

export type DatabaseRecorderDeps = { db: Db; now: () => number; log: Log }

/** `close` writes what is left. While the database is away, rows wait in memory. */
export function createDatabaseRecorder({ db, now, log }: DatabaseRecorderDeps) {
  const waiting = new Map<string, Pending>()

  const of = (lessonId: string, startedAt = now()): Pending => {
    const known = waiting.get(lessonId)
    if (known) return known
    const pending = { startedAt, renditions: [], segments: [], writing: Promise.resolve(), timer: undefined }
    waiting.set(lessonId, pending)
    return pending
  }

  const flush = (lessonId: string): Promise<void> => {
    const pending = of(lessonId)
    clearTimeout(pending.timer)
    pending.timer = undefined
    pending.writing = pending.writing.catch(() => {}).then(() => write(lessonId, pending))
    return pending.writing
  }

  const write = async (lessonId: string, pending: Pending) => {
    const renditions = pending.renditions.splice(0)
    const segments = pending.segments.splice(0, WRITTEN_AT_ONCE)
    try {
      await db.transaction((tx) => store(tx, lessonId, pending.startedAt, renditions, segments))
    } catch (error) {
      pending.renditions.unshift(...renditions)
      pending.segments.unshift(...segments)
      throw error
    }
    if (pending.segments.length > 0) await write(lessonId, pending)
  }

  const flushLater = (lessonId: string, milliseconds: number) => {
    const pending = of(lessonId)
    pending.timer ??= setTimeout(() => {
      flush(lessonId).catch((error) => {
        log.error({ err: error, lessonId }, 'segments could not be recorded; trying again')
        flushLater(lessonId, RETRY_MS)
      })
    }, milliseconds)
  }

  const recorder: Recorder = {
    async resume(lessonId, startedAt) {
      of(lessonId, startedAt)
      await flush(lessonId)
      return left(db, lessonId)
    },
    rendition(lessonId, rendition) {
      of(lessonId).renditions.push(rendition)
      flushLater(lessonId, FLUSH_MS)
    },
    add(lessonId, segment) {
      of(lessonId).segments.push(segment)
      flushLater(lessonId, FLUSH_MS)
    },
    async end(lessonId) {
      await flush(lessonId).catch((error) => {
        flushLater(lessonId, RETRY_MS)
        throw error
      })
      await db
        .update(broadcasts)
        .set({ endedAt: now(), version: sql`${broadcasts.version} + 1` })
        .where(eq(broadcasts.lessonId, lessonId))
      waiting.delete(lessonId)
    },
  }
  return {
    ...recorder,
    async close() {
      const written = await Promise.allSettled([...waiting.keys()].map(flush))
      for (const { timer } of waiting.values()) clearTimeout(timer)
      for (const result of written)
        if (result.status === 'rejected') log.error({ err: result.reason }, 'segments are not recorded')
    },
  }
}

/** A segment that is written again is another one under the same number. */
async function store(
  tx: Db,
  lessonId: string,
  startedAt: number,
  renditions: RecordedRendition[],
  segments: RecordedSegment[],
): Promise<void> {
  const storedBytes = segments.reduce((sum, { bytes }) => sum + bytes, 0)
  await tx
    .insert(broadcasts)
    .values({ lessonId, startedAt, storedBytes })
    .onConflictDoUpdate({
      target: broadcasts.lessonId,
      set: { storedBytes: sql`${broadcasts.storedBytes} + ${storedBytes}` },
    })
  if (renditions.length > 0)
    await tx
      .insert(broadcastRenditions)
      .values(renditions.map((rendition) => ({ lessonId, ...rendition })))
      .onConflictDoUpdate({
        target: [broadcastRenditions.lessonId, broadcastRenditions.rendition, broadcastRenditions.init],
        set: asGiven(broadcastRenditions, ['kind', 'codecs', 'width', 'height']),
      })
  if (segments.length > 0)
    await tx
      .insert(broadcastSegments)
      .values(segments.map((segment) => ({ lessonId, ...segment })))
      .onConflictDoUpdate({
        target: [broadcastSegments.lessonId, broadcastSegments.msn, broadcastSegments.rendition],
        set: asGiven(broadcastSegments, ['startMs', 'durationMs', 'bytes', 'init', 'discontinuity', 'independent']),
      })
}

/** Each of these columns as the row has it that was refused. */
const asGiven = <T extends PgTable>(table: T, names: (keyof T['_']['columns'] & string)[]) =>
  Object.fromEntries(names.map((name) => [name, sql.raw(`excluded.${getTableColumns(table)[name]!.name}`)]))

async function left(db: Db, lessonId: string) {
  const [last] = await db
    .select({ msn: max(broadcastSegments.msn) })
    .from(broadcastSegments)
    .where(eq(broadcastSegments.lessonId, lessonId))
  const inits = await db
    .select({ rendition: broadcastRenditions.rendition, init: max(broadcastRenditions.init) })
    .from(broadcastRenditions)
    .where(eq(broadcastRenditions.lessonId, lessonId))
    .groupBy(broadcastRenditions.rendition)
  if (last?.msn == null && inits.length === 0) return undefined
  return {
    nextMsn: (last?.msn ?? -1) + 1 + UNRECORDED,
    nextInit: Object.fromEntries(inits.map(({ rendition, init }) => [rendition, init! + 1 + UNRECORDED])),
  }
}
