/** Replays as one MP4 each, for those who teach: made of what is recorded, and removed after a day. */
import { randomUUID } from 'node:crypto'
import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { and, eq, lt, ne, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { broadcastRenditions, broadcasts, lessons, replayFiles } from '../../db/schema.ts'
import { filesFolder, initKey, segmentKey } from '../../sfu/hls/storage-keys.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { ByteRange, FileStorage, StoredFile } from '../files/storage.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { makeSoundAac } from './film-sound.ts'
import { type Init, Mp4Writer } from './mp4.ts'
import { PLAY_TTL_SECONDS, readReplayFile, signReplayFile } from './play-token.ts'
import { type Cut, cut, type Piece, type Timeline } from './recording.ts'
import { type Broadcast, type Recordings, recordedBroadcast } from './recordings.ts'
import type { ReplayEditing } from './replay-editing.ts'
import type { ReplayFile } from './schema.ts'

const MAKE = 'makeReplayFile'
const SWEEP = 'sweepReplayFiles'
const KEPT_MS = 24 * 60 * 60 * 1000
/** Who is at one says so more often. */
const DEAD_MS = 60_000
const TOLD_EVERY_MS = 1000
const LONGEST_RUN_SECONDS = 4 * 60 * 60

export type ReplayFilesDeps = {
  db: Db
  storage: FileStorage
  secret: Uint8Array
  now: () => number
  log: Record<'error' | 'info', (details: object, message: string) => void>
  userOf: (sessionId: string) => Promise<SignedInUser>
  recordings: Recordings
  editing: Pick<ReplayEditing, 'demand'>
  /** For what is made before it is in the storage; only this node writes in it. */
  folder: string
}
type Deps = ReplayFilesDeps & { jobs: () => Pick<Jobs, 'add'>; stopping: AbortController; running: Set<Promise<void>> }
type Row = typeof replayFiles.$inferSelect

export type ReplayFiles = ReturnType<typeof createReplayFiles>

export function createReplayFiles(given: ReplayFilesDeps) {
  let jobs: Jobs | undefined
  const deps: Deps = {
    ...given,
    jobs: () => jobs ?? noJobs,
    stopping: new AbortController(),
    running: new Set(),
  }
  return {
    /** Begins to do the jobs. */
    async work(given: Jobs): Promise<void> {
      jobs = given
      await rm(deps.folder, { recursive: true, force: true })
      const options = { retries: 3, timeoutSeconds: LONGEST_RUN_SECONDS }
      await jobs.handle<{ lessonId: string }>(MAKE, options, ({ lessonId }) => make(deps, lessonId))
      await jobs.handle(SWEEP, { retries: 0 }, () => sweep(deps))
      await jobs.every(SWEEP, '* * * * *')
    },
    /** Has it made where it is not there; asking again tells how far it is. For those who may edit the replay. */
    ask: (user: SignedInUser, lessonId: string) => ask(deps, user, lessonId),
    /** What the job does. */
    make: (lessonId: string) => make(deps, lessonId),
    open: (token: string) => openFile(deps, token),
    /** Removes what is old, and asks again for what nobody is at. */
    sweep: () => sweep(deps),
    async close(): Promise<void> {
      deps.stopping.abort(new Error('the server is stopping'))
      await Promise.allSettled(deps.running)
    },
  }
}

const noJobs: Pick<Jobs, 'add'> = { add: async () => {} }

async function ask(deps: Deps, user: SignedInUser, lessonId: string): Promise<ReplayFile> {
  const { db, now, secret } = deps
  const { version } = await deps.editing.demand(user, lessonId)
  const fresh = {
    version,
    status: 'queued',
    runId: null,
    progressPercent: 0,
    sizeBytes: null,
    updatedAt: now(),
  } as const
  await db.transaction(async (tx) => {
    const [asked] = await tx
      .insert(replayFiles)
      .values({ lessonId, ...fresh })
      .onConflictDoUpdate({
        target: replayFiles.lessonId,
        set: fresh,
        setWhere: or(ne(replayFiles.version, version), eq(replayFiles.status, 'failed'))!,
      })
      .returning()
    if (asked) await deps.jobs().add(MAKE, { lessonId }, { tx, key: lessonId })
  })
  const [row] = await db.select().from(replayFiles).where(eq(replayFiles.lessonId, lessonId))
  const { status, progressPercent, sizeBytes } = row!
  const claims = { userId: user.id, sessionId: user.sessionId, lessonId }
  const url = status === 'ready' ? `/api/replay-files/${await signReplayFile(claims, secret, now())}` : null
  return { status, progressPercent, sizeBytes, url, expiresInSeconds: PLAY_TTL_SECONDS }
}

export type OpenReplayFile = {
  title: string
  sizeBytes: number
  etag: string
  read(range?: ByteRange): Promise<StoredFile>
}

async function openFile({ db, storage, secret, now, userOf, editing }: Deps, token: string): Promise<OpenReplayFile> {
  const { userId, sessionId, lessonId } = await readReplayFile(token, secret, now())
  const user = await userOf(sessionId)
  if (user.id !== userId) throw new AppError('unauthorized', 'this address is of another person')
  await editing.demand(user, lessonId)
  const [row] = await db
    .select({ file: replayFiles, title: lessons.title })
    .from(replayFiles)
    .innerJoin(lessons, eq(lessons.id, replayFiles.lessonId))
    .where(and(eq(replayFiles.lessonId, lessonId), eq(replayFiles.status, 'ready')))
  if (!row) throw new AppError('not_found', 'this file is not there any more')
  return {
    title: row.title,
    sizeBytes: row.file.sizeBytes!,
    etag: `"${row.file.runId}"`,
    async read(range) {
      const found = await storage.read(keyOf(row.file), range)
      if (!found) throw new AppError('not_found', 'this file is not there any more')
      return found
    },
  }
}

const keyOf = ({ lessonId, runId }: Pick<Row, 'lessonId' | 'runId'>) => `${filesFolder(lessonId)}/${runId}.mp4`

async function make(deps: Deps, lessonId: string): Promise<void> {
  const making = attempt(deps, lessonId)
  deps.running.add(making)
  try {
    await making
  } finally {
    deps.running.delete(making)
  }
}

async function attempt(deps: Deps, lessonId: string): Promise<void> {
  const claimed = await claim(deps, lessonId)
  if (!claimed) return
  const path = join(deps.folder, `${claimed.runId}.mp4`)
  try {
    await mkdir(deps.folder, { recursive: true })
    const broadcast = await recordedBroadcast(deps.db, lessonId, deps.now())
    const pictureSets = await write(deps, claimed, broadcast, path)
    if (pictureSets === 1) await giveAac(deps, claimed, path)
    const { size: sizeBytes } = await stat(path)
    await deps.storage.removeFolder(filesFolder(lessonId))
    await deps.storage.putFile(keyOf(claimed), path, { mimeType: 'video/mp4' })
    const ready = { status: 'ready', progressPercent: 100, sizeBytes, version: broadcast.version } as const
    if (!(await change(deps, claimed, ready))) await deps.storage.remove(keyOf(claimed))
    deps.log.info({ lessonId }, 'the file of a replay is ready')
  } catch (error) {
    const stopped = deps.stopping.signal.aborted
    if (!stopped && !(error instanceof Superseded))
      deps.log.error({ err: error, lessonId }, 'the file of a replay could not be made')
    await change(deps, claimed, { status: stopped ? 'queued' : 'failed' })
  } finally {
    await rm(path, { force: true })
  }
}

/** Another run has it, or it is gone. */
class Superseded extends Error {}

/** Only one run has it at a time, on whichever node. */
async function claim({ db, now }: Deps, lessonId: string): Promise<Row | undefined> {
  const abandoned = and(eq(replayFiles.status, 'making'), lt(replayFiles.updatedAt, now() - DEAD_MS))
  const [row] = await db
    .update(replayFiles)
    .set({ status: 'making', runId: randomUUID(), progressPercent: 0, updatedAt: now() })
    .where(and(eq(replayFiles.lessonId, lessonId), or(eq(replayFiles.status, 'queued'), abandoned)))
    .returning()
  return row
}

/** Changes the row while it is still this run's. */
async function change({ db, now }: Deps, { lessonId, runId }: Row, values: Partial<Row>): Promise<boolean> {
  const mine = and(eq(replayFiles.lessonId, lessonId), eq(replayFiles.runId, runId!))
  const changed = await db
    .update(replayFiles)
    .set({ ...values, updatedAt: now() })
    .where(mine)
    .returning({ lessonId: replayFiles.lessonId })
  return changed.length > 0
}

/** Where it cannot be made, the Opus stays. */
async function giveAac(deps: Deps, claimed: Row, path: string): Promise<void> {
  const { stopping, log } = deps
  let toldAt = 0
  const goesOn = () => {
    if (Date.now() - toldAt < TOLD_EVERY_MS) return
    toldAt = Date.now()
    change(deps, claimed, { progressPercent: 99 }).catch(() => {})
  }
  try {
    await makeSoundAac(path, stopping.signal, goesOn)
  } catch (error) {
    stopping.signal.throwIfAborted()
    log.info({ err: error, lessonId: claimed.lessonId }, 'the file of a replay keeps its Opus')
  }
}

/** The largest picture and the sound, moment after moment; gives how many sets of parameters the picture has. */
async function write(deps: Deps, claimed: Row, broadcast: Broadcast, path: string): Promise<number> {
  const { lessonId, version, trimStartMs, trimEndMs } = broadcast
  const timeline = await deps.recordings.timeline(lessonId, version)
  const part = cut(timeline, trimStartMs, trimEndMs)
  const places = tracksOf(timeline)
  const initOf = await readInits(deps, lessonId)
  const writer = await Mp4Writer.open(path)
  let [positionMs, toldAt] = [0, Date.now()]
  try {
    for (const slot of part.slots) {
      deps.stopping.signal.throwIfAborted()
      const { startMs } = slot.pieces[places.video]!
      for (const kind of ['video', 'audio'] as const) {
        const piece = slot.pieces[places[kind]]!
        const bytes = await stored(deps, segmentKey(lessonId, piece.rendition, piece.msn))
        await writer.add(kind, await initOf(piece), bytes, startMs, positionMs)
      }
      positionMs += slot.durationMs
      if (Date.now() - toldAt < TOLD_EVERY_MS) continue
      toldAt = Date.now()
      await tell(deps, claimed, part, positionMs)
    }
    await writer.close()
    return writer.pictureSets
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

async function tell(deps: Deps, claimed: Row, { durationMs }: Cut, positionMs: number): Promise<void> {
  const progressPercent = Math.min(99, Math.floor((positionMs / durationMs) * 100))
  if (!(await change(deps, claimed, { progressPercent }))) throw new Superseded()
}

function tracksOf({ tracks }: Timeline): { video: number; audio: number } {
  const widest = Math.max(...tracks.map(({ width }) => width))
  return {
    video: tracks.findIndex(({ kind, width }) => kind === 'video' && width === widest),
    audio: tracks.findIndex(({ kind }) => kind === 'audio'),
  }
}

/** Each init segment is read once. */
async function readInits(deps: Deps, lessonId: string) {
  const rows = await deps.db.select().from(broadcastRenditions).where(eq(broadcastRenditions.lessonId, lessonId))
  const known = new Map<string, Init>()
  return async ({ rendition, init }: Piece): Promise<Init> => {
    const id = `${rendition} ${init}`
    const found = known.get(id)
    if (found) return found
    const { width, height } = rows.find((row) => row.rendition === rendition && row.init === init)!
    const bytes = await stored(deps, initKey(lessonId, rendition, init))
    const read = { id, bytes, width: width ?? 0, height: height ?? 0 }
    known.set(id, read)
    return read
  }
}

async function stored({ storage }: Deps, key: string): Promise<Buffer> {
  const found = await storage.read(key)
  if (!found) throw new Error(`${key} is not in the storage`)
  return buffer(found.stream)
}

async function sweep(deps: Deps): Promise<void> {
  const { db, storage, now } = deps
  const { lessonId, status, updatedAt, version } = replayFiles
  const old = await db
    .select({ lessonId })
    .from(replayFiles)
    .innerJoin(broadcasts, eq(broadcasts.lessonId, lessonId))
    .where(or(lt(updatedAt, now() - KEPT_MS), and(eq(status, 'ready'), ne(broadcasts.version, version))))
  for (const row of old) {
    await storage.removeFolder(filesFolder(row.lessonId))
    await db.delete(replayFiles).where(eq(lessonId, row.lessonId))
  }
  const waiting = await db
    .select({ lessonId })
    .from(replayFiles)
    .where(and(or(eq(status, 'queued'), eq(status, 'making')), lt(updatedAt, now() - DEAD_MS)))
  for (const row of waiting) await deps.jobs().add(MAKE, row, { key: row.lessonId })
}
