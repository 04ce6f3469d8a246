/** Room for what is recorded of classes: what nobody may see any more goes, and where there is none, the oldest. */
import { and, asc, eq, inArray, isNotNull, isNull, lt, or, sql, sum } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { broadcastSegments, broadcasts, lessons, replayFiles } from '../../db/schema.ts'
import { broadcastFolder, filesFolder, segmentKey } from '../../sfu/hls/storage-keys.ts'
import type { Bus } from '../../signaling/ports.ts'
import { type FileStorage, isStorageFull } from '../files/storage.ts'
import type { Jobs } from '../jobs/jobs.ts'

const SWEEP = 'sweepBroadcasts'
const MINUTE_MS = 60_000
/** Who watches live may be a little behind the end. */
const GRACE_MS = 5 * MINUTE_MS
/** The newest of a class that is on is never taken. */
const SPARED_MS = MINUTE_MS
const CUT_AT_ONCE = 50
/** What is made room for where the disk is found full. */
const LEAST_BYTES = 64 * 1024 ** 2

export type SpaceDeps = {
  db: Db
  bus: Pick<Bus, 'publish'>
  storage: Pick<FileStorage, 'put' | 'read' | 'remove' | 'removeFolder' | 'freeBytes'>
  now: () => number
  log: { error(details: object, message: string): void; info(details: object, message: string): void }
  /** What all recordings may take; null: as much as there is. */
  limitBytes: number | null
  /** Left free on the disk, where the storage is on one. */
  keepFreeBytes: number
  /** How long a replay is kept after its class; 0: there are none, null: for good. */
  keepMs: number | null
}

export type Space = ReturnType<typeof createSpace>

export function createSpace(deps: SpaceDeps) {
  let making: Promise<void> | undefined
  const makeRoom = () => {
    making ??= freeUp(deps, LEAST_BYTES).finally(() => {
      making = undefined
    })
    return making
  }
  return {
    /** Begins to sweep every minute, on one node at a time. */
    async work(jobs: Jobs): Promise<void> {
      await jobs.handle(SWEEP, { retries: 0 }, () => sweep(deps))
      await jobs.every(SWEEP, '* * * * *')
    },
    sweep: () => sweep(deps),
    /** Stores what is broadcast; where the disk is full, the oldest recordings are gone for it. */
    store: {
      read: (key: string) => deps.storage.read(key),
      async put(key: string, bytes: Uint8Array, options: { mimeType: string }): Promise<void> {
        try {
          await deps.storage.put(key, bytes, options)
        } catch (error) {
          if (!isStorageFull(error)) throw error
          await makeRoom()
          await deps.storage.put(key, bytes, options)
        }
      },
    },
  }
}

async function sweep(deps: SpaceDeps): Promise<void> {
  for (const { lessonId } of await unwanted(deps)) await removeBroadcast(deps, lessonId)
  if (deps.keepMs === 0) await leaveWindows(deps)
  const missing = await missingBytes(deps)
  if (missing > 0) await freeUp(deps, missing)
}

/** Removed by the teacher, of a lesson that is gone, or kept for long enough. */
function unwanted({ db, now, keepMs }: SpaceDeps) {
  const old = and(eq(lessons.status, 'ended'), lt(lessons.endedAt, now() - Math.max(keepMs ?? 0, GRACE_MS)))
  return db
    .select({ lessonId: broadcasts.lessonId })
    .from(broadcasts)
    .leftJoin(lessons, eq(lessons.id, broadcasts.lessonId))
    .where(
      or(
        isNotNull(broadcasts.removedAt),
        isNull(lessons.id),
        isNotNull(lessons.cancelledAt),
        keepMs === null ? undefined : old,
      ),
    )
}

/** The bytes first: where the disk is full, the database may not be able to write. */
async function removeBroadcast({ db, storage, log }: SpaceDeps, lessonId: string): Promise<void> {
  await storage.removeFolder(broadcastFolder(lessonId))
  await db.delete(broadcasts).where(eq(broadcasts.lessonId, lessonId))
  log.info({ lessonId }, 'a recording was removed')
}

/** Where no replays are kept, of a class that is on only as much as one may go back. */
async function leaveWindows(deps: SpaceDeps): Promise<void> {
  for (const { lessonId, startedAt, dvrMinutes } of await classesThatAreOn(deps)) {
    const untilMs = deps.now() - startedAt - dvrMinutes * MINUTE_MS - SPARED_MS
    while ((await cutOldest(deps, lessonId, untilMs, Number.POSITIVE_INFINITY)) > 0);
  }
}

const classesThatAreOn = ({ db }: SpaceDeps) =>
  db
    .select({ lessonId: broadcasts.lessonId, startedAt: broadcasts.startedAt, dvrMinutes: lessons.dvrMinutes })
    .from(broadcasts)
    .innerJoin(lessons, eq(lessons.id, broadcasts.lessonId))
    .where(inArray(lessons.status, ['live', 'paused']))
    .orderBy(asc(broadcasts.startedAt))

async function missingBytes({ db, storage, limitBytes, keepFreeBytes }: SpaceDeps): Promise<number> {
  const [row] = await db.select({ bytes: sum(broadcasts.storedBytes).mapWith(Number) }).from(broadcasts)
  const over = limitBytes === null ? 0 : (row?.bytes ?? 0) - limitBytes
  const free = await storage.freeBytes?.()
  return Math.max(over, free === undefined ? 0 : keepFreeBytes - free)
}

/** What can be made again; then whole replays, the oldest first; then the beginnings of classes that are on, which go on all the same. */
async function freeUp(deps: SpaceDeps, bytes: number): Promise<void> {
  const { db, log, now } = deps
  let missing = bytes - (await removeFiles(deps))
  const over = await db
    .select({ lessonId: broadcasts.lessonId, storedBytes: broadcasts.storedBytes })
    .from(broadcasts)
    .innerJoin(lessons, eq(lessons.id, broadcasts.lessonId))
    .where(eq(lessons.status, 'ended'))
    .orderBy(asc(lessons.endedAt))
  for (const { lessonId, storedBytes } of over) {
    if (missing <= 0) return
    log.error({ lessonId, storedBytes }, 'there is no room: the oldest replay goes')
    await removeBroadcast(deps, lessonId)
    missing -= storedBytes
  }
  for (const { lessonId, startedAt } of await classesThatAreOn(deps)) {
    const untilMs = now() - startedAt - SPARED_MS
    for (let cut = 1; cut > 0 && missing > 0; missing -= cut) {
      cut = await cutOldest(deps, lessonId, untilMs, missing)
      if (cut > 0) log.error({ lessonId, bytes: cut }, 'there is no room: the beginning of a class goes')
    }
  }
}

/** The replays that were made into files, which their teachers can ask for again. */
async function removeFiles({ db, storage }: SpaceDeps): Promise<number> {
  const files = await db.select().from(replayFiles).where(eq(replayFiles.status, 'ready'))
  for (const { lessonId } of files) {
    await storage.removeFolder(filesFolder(lessonId))
    await db.delete(replayFiles).where(eq(replayFiles.lessonId, lessonId))
  }
  return files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0)
}

/** Removes some of the oldest moments before this media time, in all renditions, and tells how many bytes they had. */
async function cutOldest(deps: SpaceDeps, lessonId: string, untilMs: number, most: number): Promise<number> {
  const { db, bus, storage } = deps
  const { rendition, msn, bytes, startMs } = broadcastSegments
  const ofLesson = eq(broadcastSegments.lessonId, lessonId)
  const moments = await db
    .select({ msn, bytes: sum(bytes).mapWith(Number) })
    .from(broadcastSegments)
    .where(and(ofLesson, lt(startMs, untilMs)))
    .groupBy(msn)
    .orderBy(asc(msn))
    .limit(CUT_AT_ONCE)
  let [gone, beforeMsn] = [0, 0]
  for (const moment of moments) {
    if (gone >= most) break
    gone += moment.bytes
    beforeMsn = moment.msn + 1
  }
  if (beforeMsn === 0) return 0
  const cut = and(ofLesson, lt(msn, beforeMsn))
  const segments = await db.select({ rendition, msn }).from(broadcastSegments).where(cut)
  for (const segment of segments) await storage.remove(segmentKey(lessonId, segment.rendition, segment.msn))
  await db.transaction(async (tx) => {
    await tx.delete(broadcastSegments).where(cut)
    await tx
      .update(broadcasts)
      .set({
        storedBytes: sql`greatest(0, ${broadcasts.storedBytes} - ${gone})`,
        version: sql`${broadcasts.version} + 1`,
      })
      .where(eq(broadcasts.lessonId, lessonId))
  })
  await bus.publish('broadcastCut', { lessonId, beforeMsn })
  return gone
}
