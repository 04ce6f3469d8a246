/** Videos on their way from an uploaded film to HLS: one run at a time, told how far it is, tried again, called off. */
import { randomBytes, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { and, eq, inArray, lt, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, videos } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Video, VideoFailure } from './schema.ts'
import type { FileRow, Files } from './service.ts'
import type { FileStorage } from './storage.ts'
import { MAKE_VIDEO } from './uploads.ts'
import { type Made, makeVideo, segmentPath } from './video/make.ts'
import {
  encryptSegment,
  keyOf,
  type Manifest,
  manifestKey,
  posterKey,
  segmentKey,
  videoFolder,
} from './video/manifest.ts'
import { VideoRefused } from './video/probe.ts'
import { haveFfmpeg } from './video/program.ts'

const SWEEP_VIDEOS = 'sweepVideos'
/** Less than a day: the job queue allows no more. */
const LONGEST_RUN_SECONDS = 23 * 60 * 60
const ATTEMPTS = 3
/** A run says so often that it lives; one that has been silent for so long is gone. */
const BEAT_MS = 5000
const DEAD_MS = 60_000
const TOLD_EVERY_MS = 1000
/** The rest is putting it into the storage. */
const ENCODING_PERCENT = 90

type Log = Record<'error' | 'warn' | 'info', (details: object, message: string) => void>

export type VideosDeps = {
  db: Db
  jobs: Jobs
  storage: FileStorage
  files: Pick<Files, 'ownedBy'>
  now: () => number
  log: Log
  /** For what is made before it is in the storage; only this node writes in it. */
  folder: string
  threads: number
}
type Deps = VideosDeps & { runs: Map<string, Run> }
type Run = { controller: AbortController; done: Promise<void> }
type VideoRow = typeof videos.$inferSelect

export type Videos = ReturnType<typeof createVideos>

export function createVideos(given: VideosDeps) {
  const deps: Deps = { ...given, runs: new Map() }
  return {
    /** Begins to do the jobs. */
    work: () => work(deps),
    state: (user: SignedInUser, fileId: string) => state(deps, user, fileId),
    cancel: (user: SignedInUser, fileId: string) => cancel(deps, user, fileId),
    retry: (user: SignedInUser, fileId: string) => retry(deps, user, fileId),
    /** What the job does. */
    make: (fileId: string) => make(deps, fileId),
    /** Asks again for what nobody is at. */
    sweep: () => sweep(deps),
    /** Stops what runs; it is begun anew by whoever comes next. */
    close: () => close(deps),
  }
}

async function work(deps: Deps): Promise<void> {
  const { jobs, log, folder } = deps
  await rm(folder, { recursive: true, force: true })
  await jobs.handle<{ fileId: string }>(
    MAKE_VIDEO,
    { retries: 100, timeoutSeconds: LONGEST_RUN_SECONDS },
    ({ fileId }) => make(deps, fileId),
  )
  await jobs.handle(SWEEP_VIDEOS, { retries: 0 }, () => sweep(deps))
  await jobs.every(SWEEP_VIDEOS, '* * * * *')
  void haveFfmpeg().then((have) => {
    if (!have) log.warn({}, 'ffmpeg and ffprobe are not installed: uploaded videos cannot be made playable')
  })
}

async function make(deps: Deps, fileId: string): Promise<void> {
  // A run that was called off may still be on its way out.
  await deps.runs.get(fileId)?.done.catch(() => {})
  const claimed = await claim(deps, fileId)
  if (!claimed) return
  const controller = new AbortController()
  const done = attempt(deps, claimed, controller).finally(() => deps.runs.delete(fileId))
  deps.runs.set(fileId, { controller, done })
  return done
}

type Claimed = VideoRow & { runId: string; file: FileRow }

/** Only one run has a video at a time, on whichever node. */
async function claim({ db, now }: Deps, fileId: string): Promise<Claimed | undefined> {
  const abandoned = and(eq(videos.status, 'processing'), lt(videos.updatedAt, now() - DEAD_MS))
  const [row] = await db
    .update(videos)
    .set({
      status: 'processing',
      runId: randomUUID(),
      attempts: sql`${videos.attempts} + 1`,
      progressPercent: 0,
      updatedAt: now(),
    })
    .where(and(eq(videos.fileId, fileId), or(eq(videos.status, 'queued'), abandoned)))
    .returning()
  if (!row) return undefined
  const [file] = await db.select().from(files).where(eq(files.id, fileId))
  return file && { ...row, runId: row.runId!, file }
}

async function attempt(deps: Deps, claimed: Claimed, controller: AbortController): Promise<void> {
  const { log } = deps
  const { fileId, attempts } = claimed
  try {
    if (attempts > ATTEMPTS) throw new VideoRefused('internal', `it did not end ${ATTEMPTS} times`)
    await runOnce(deps, claimed, controller)
    log.info({ fileId }, 'a video is ready')
  } catch (error) {
    if (error instanceof Superseded) return
    if (controller.signal.aborted) {
      await change(deps, claimed, { status: 'queued', attempts: attempts - 1 })
      throw error
    }
    const failure = failureOf(error)
    if (failure || attempts >= ATTEMPTS) {
      log[failure && failure !== 'no_ffmpeg' ? 'info' : 'error']({ err: error, fileId }, 'a video could not be made')
      await change(deps, claimed, { status: 'failed', failure: failure ?? 'internal' })
      return
    }
    await change(deps, claimed, { status: 'queued' })
    throw error
  }
}

/** The video was removed, called off, or taken over by another run. */
class Superseded extends Error {}

function failureOf(error: unknown): VideoFailure | undefined {
  if (error instanceof VideoRefused) return error.failure
  return (error as NodeJS.ErrnoException).code === 'ENOENT' &&
    (error as NodeJS.ErrnoException).syscall?.startsWith('spawn')
    ? 'no_ffmpeg'
    : undefined
}

/** Changes the row while it is still this run's. */
async function change({ db, now }: Deps, { fileId, runId }: Claimed, values: Partial<VideoRow>): Promise<boolean> {
  const mine = and(eq(videos.fileId, fileId), eq(videos.runId, runId), eq(videos.status, 'processing'))
  const changed = await db
    .update(videos)
    .set({ ...values, updatedAt: now() })
    .where(mine)
    .returning({ fileId: videos.fileId })
  return changed.length > 0
}

async function runOnce(deps: Deps, claimed: Claimed, { signal: stopped }: AbortController): Promise<void> {
  const { storage, threads } = deps
  const { fileId, runId, file } = claimed
  const folder = join(deps.folder, runId)
  const superseded = new AbortController()
  const signal = AbortSignal.any([stopped, superseded.signal])
  const progress = createProgress(deps, claimed, () => superseded.abort(new Superseded()))
  try {
    if (!(await haveFfmpeg())) throw new VideoRefused('no_ffmpeg', 'ffmpeg and ffprobe are not installed')
    await mkdir(folder, { recursive: true })
    await storage.removeFolder(`videos/${fileId}`)
    const path = storage.pathOf?.(file.storageKey) ?? (await fetchFilm(deps, file, join(folder, 'film'), signal))
    const onProgress = (part: number) => progress.tell(part * ENCODING_PERCENT)
    const made = await makeVideo({ path, mimeType: file.mimeType, folder, threads, signal, onProgress })
    const key = randomBytes(16).toString('base64')
    await store(deps, { made, folder, into: videoFolder(fileId, runId), key, signal, tell: progress.tell })
    const { durationMs, width, height } = made
    progress.stop()
    const ready = { status: 'ready', progressPercent: 100, failure: null, durationMs, width, height, key } as const
    if (!(await change(deps, claimed, ready))) throw new Superseded()
  } catch (error) {
    await storage.removeFolder(videoFolder(fileId, runId)).catch(() => {})
    throw superseded.signal.aborted ? superseded.signal.reason : error
  } finally {
    progress.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function fetchFilm({ storage }: Deps, file: FileRow, path: string, signal: AbortSignal): Promise<string> {
  const found = await storage.read(file.storageKey)
  if (!found) throw new Error(`the bytes of file ${file.id} are not in the storage`)
  await pipeline(found.stream, createWriteStream(path), { signal })
  return path
}

type Storing = {
  made: Made
  folder: string
  into: string
  key: string
  signal: AbortSignal
  tell: (percent: number) => void
}

/** Encrypts each segment on its way; the manifest comes last. */
async function store({ storage }: Deps, { made, folder, into, key, signal, tell }: Storing): Promise<void> {
  const { durationMs, poster, renditions } = made
  const total = renditions.reduce((sum, { segmentMs }) => sum + segmentMs.length, 0)
  let stored = 0
  for (const { name, segmentMs } of renditions) {
    const renditionKey = keyOf(key, name)
    for (const number of segmentMs.keys()) {
      signal.throwIfAborted()
      const bytes = encryptSegment(await readFile(segmentPath(folder, name, number)), renditionKey, number)
      await storage.put(segmentKey(into, name, number), bytes, { mimeType: 'application/octet-stream' })
      tell(ENCODING_PERCENT + (++stored / total) * (99 - ENCODING_PERCENT))
    }
  }
  if (poster) await storage.putFile(posterKey(into), join(folder, 'poster.jpg'), { mimeType: 'image/jpeg' })
  const manifest: Manifest = { durationMs, poster, renditions }
  await storage.put(manifestKey(into), Buffer.from(JSON.stringify(manifest)), { mimeType: 'application/json' })
}

/** Writes how far a run is, at most once a second; notices with it that the run is not wanted any more. */
function createProgress(deps: Deps, claimed: Claimed, onSuperseded: () => void) {
  let [percent, told, toldAt, stopped] = [0, 0, 0, false]
  const write = () => {
    ;[told, toldAt] = [percent, Date.now()]
    change(deps, claimed, { progressPercent: told })
      .then((mine) => mine || stopped || onSuperseded())
      .catch((error) => deps.log.warn({ err: error }, 'how far a video is could not be written'))
  }
  const beating = setInterval(() => {
    const silentMs = Date.now() - toldAt
    if (silentMs >= BEAT_MS || (percent > told && silentMs >= TOLD_EVERY_MS)) write()
  }, TOLD_EVERY_MS)
  return {
    tell: (now: number) => {
      percent = Math.max(percent, Math.min(99, Math.floor(now)))
    },
    stop: () => {
      stopped = true
      clearInterval(beating)
    },
  }
}

async function sweep({ db, jobs, now }: Deps): Promise<void> {
  const quiet = and(inArray(videos.status, ['queued', 'processing']), lt(videos.updatedAt, now() - DEAD_MS))
  const waiting = await db.select({ fileId: videos.fileId }).from(videos).where(quiet).limit(100)
  for (const { fileId } of waiting) await jobs.add(MAKE_VIDEO, { fileId }, { key: fileId })
}

async function state({ db, files: owned }: Deps, user: SignedInUser, fileId: string): Promise<Video> {
  await owned.ownedBy(user, fileId)
  const [row] = await db.select().from(videos).where(eq(videos.fileId, fileId))
  if (!row) throw new AppError('not_found', 'this file is no video')
  const { status, progressPercent, failure, durationMs, width, height } = row
  return { status, progressPercent, failure: failure as VideoFailure | null, durationMs, width, height }
}

async function cancel(deps: Deps, user: SignedInUser, fileId: string): Promise<Video> {
  const { db, files: owned, now } = deps
  await owned.ownedBy(user, fileId)
  await db
    .update(videos)
    .set({ status: 'failed', failure: 'cancelled', updatedAt: now() })
    .where(and(eq(videos.fileId, fileId), inArray(videos.status, ['queued', 'processing'])))
  return state(deps, user, fileId)
}

async function retry(deps: Deps, user: SignedInUser, fileId: string): Promise<Video> {
  const { db, files: owned, now, jobs } = deps
  await owned.ownedBy(user, fileId)
  await db.transaction(async (tx) => {
    const again = { status: 'queued', failure: null, attempts: 0, progressPercent: 0, updatedAt: now() } as const
    const failed = and(eq(videos.fileId, fileId), eq(videos.status, 'failed'))
    const changed = await tx.update(videos).set(again).where(failed).returning({ fileId: videos.fileId })
    if (changed.length > 0) await jobs.add(MAKE_VIDEO, { fileId }, { tx, key: fileId })
  })
  return state(deps, user, fileId)
}

async function close({ runs }: Deps): Promise<void> {
  const all = [...runs.values()]
  for (const { controller } of all) controller.abort(new Error('the server is stopping'))
  await Promise.allSettled(all.map(({ done }) => done))
}
