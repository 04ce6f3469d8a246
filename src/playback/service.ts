/** Plays lessons to those who may: gives out addresses, and asks at every request whether the right still stands. */
import { text } from 'node:stream/consumers'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, lessons, videos } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Entitlements } from '../entitlements/service.ts'
import { createMomentCache } from '../files/moment-cache.ts'
import type { Files } from '../files/service.ts'
import type { FileStorage, StoredFile } from '../files/storage.ts'
import {
  keyOf,
  type Manifest,
  type ManifestRendition,
  manifestKey,
  posterKey,
  readManifest,
  segmentKey,
  videoFolder,
} from '../files/video/manifest.ts'
import type { SignedInUser } from '../http/auth.ts'
import { createLive, type Live, type LiveClasses } from './live.ts'
import { createPace, type Pace, VIDEOS } from './pace.ts'
import { PLAY_TTL_SECONDS, type PlayClaims, readPlay, signPlay } from './play-token.ts'
import { masterPlaylist, mediaPlaylist, segmentsGiven } from './playlists.ts'
import { positionOf } from './position.ts'
import { createRecordings } from './recordings.ts'
import { createReplay, type Replay } from './replay.ts'
import { createReplayEditing } from './replay-editing.ts'
import { nothingElse, type Play, type PlayAnswer, type Tampering } from './schema.ts'
import { noteTampering } from './tampering.ts'

const MANIFESTS = 500

export type PlaybackDeps = {
  db: Db
  bus: Bus
  storage: FileStorage
  secret: Uint8Array
  now: () => number
  entitlements: Pick<Entitlements, 'demand' | 'demandPlayer' | 'takeLease' | 'beginTrial'>
  files: Pick<Files, 'address'>
  classes: LiveClasses
  /** What stands over the picture for this user. */
  watermarkOf: (userId: string) => Promise<string>
  /** The origin of what is played; empty: that of the page. */
  mediaOrigin?: string
}
type Deps = PlaybackDeps & {
  mediaOrigin: string
  live: Live
  replay: Replay
  moments: ReturnType<typeof createMomentCache<Playing>>
  manifests: Map<string, Promise<Manifest>>
  pace: Pace
}

/** What may be played at this moment. `trialSeconds`: only so much of it. */
type Playing = { userId: string; trialSeconds: number | null; key: string; folder: string }
type RenditionName = ManifestRendition['name']

export type Playback = ReturnType<typeof createPlayback>

export function createPlayback(given: PlaybackDeps) {
  const { mediaOrigin = '' } = given
  const live = createLive({ ...given, mediaOrigin })
  const recordings = createRecordings(given.db)
  const replay = createReplay({ ...given, recordings, mediaOrigin })
  const replayEditing = createReplayEditing({ ...given, recordings })
  const deps: Deps = {
    ...given,
    mediaOrigin,
    live,
    replay,
    moments: createMomentCache(given),
    manifests: new Map(),
    pace: createPace(VIDEOS, given.now),
  }
  return {
    /** Throws why not; `playing_elsewhere` where another device plays and `takeOver` is not said. */
    play: (user: SignedInUser, lessonId: string, asked: Play) => play(deps, user, lessonId, asked),
    noteTampering: (user: SignedInUser, lessonId: string, noticed: Tampering) =>
      noteTampering(deps, user, lessonId, noticed),
    master: (token: string) => master(deps, token),
    media: (token: string, rendition: RenditionName) => media(deps, token, rendition),
    key: (token: string, rendition: RenditionName) => key(deps, token, rendition),
    segment: (token: string, rendition: RenditionName, number: number) => segment(deps, token, rendition, number),
    poster: (token: string) => poster(deps, token),
    live,
    replay,
    replayEditing,
    recordings,
    close: () => {
      live.close()
      replay.close()
      deps.moments.close()
    },
  }
}

async function play(deps: Deps, user: SignedInUser, lessonId: string, asked: Play): Promise<PlayAnswer> {
  const lesson = await lessonOf(deps, lessonId)
  if (lesson?.kind === 'document') return openDocument(deps, user, lesson)
  if (lesson?.kind === 'live')
    return lesson.status === 'ended' ? deps.replay.play(user, lesson, asked) : deps.live.play(user, lesson, asked)
  return playVideo(deps, user, lessonId, lesson, asked)
}

type PlayedLesson = NonNullable<Awaited<ReturnType<typeof lessonOf>>>

async function lessonOf({ db }: Deps, lessonId: string) {
  const { id, kind, fileId, status, startedAt, watermark } = lessons
  const [row] = await db
    .select({ id, kind, fileId, status, startedAt, watermark, video: videos })
    .from(lessons)
    .leftJoin(videos, eq(videos.fileId, lessons.fileId))
    .where(eq(lessons.id, lessonId))
  return row
}

async function playVideo(
  deps: Deps,
  user: SignedInUser,
  lessonId: string,
  lesson: PlayedLesson | undefined,
  asked: Play,
): Promise<PlayAnswer> {
  const decision = await deps.entitlements.demand(user, 'watch', { lessonId })
  if (lesson?.kind !== 'video') throw new AppError('conflict', 'this lesson is nothing to play')
  const { fileId, video } = lesson
  if (!fileId || video?.status !== 'ready') throw new AppError('video_not_ready', 'this video is not ready yet')
  await deps.entitlements.takeLease(user, asked.playerId, asked.takeOver)
  const claims = { userId: user.id, sessionId: user.sessionId, lessonId, fileId, playerId: asked.playerId }
  const base = `${deps.mediaOrigin}/api/play/${await signPlay(claims, deps.secret, deps.now())}`
  const { poster } = await manifestOf(deps, videoFolder(fileId, video.runId!))
  const { durationMs, width, height } = video
  return {
    ...nothingElse,
    kind: 'video',
    url: `${base}/index.m3u8`,
    expiresInSeconds: PLAY_TTL_SECONDS,
    positionMs: await positionOf(deps, user, lessonId, durationMs),
    trialSeconds: decision.allowed === 'trial' ? decision.trialSeconds : null,
    durationMs,
    width,
    height,
    posterUrl: poster ? `${base}/poster.jpg` : null,
    watermark: lesson.watermark ? await deps.watermarkOf(user.id) : null,
  }
}

/** A document is not cut for a trial: it is given as a whole or not at all. */
async function openDocument(deps: Deps, user: SignedInUser, { id, fileId }: PlayedLesson): Promise<PlayAnswer> {
  const decision = await deps.entitlements.demand(user, 'read', { lessonId: id })
  if (decision.allowed === 'trial') throw new AppError('not_entitled', 'a document cannot be tried')
  if (!fileId) throw new AppError('video_not_ready', 'this document is not here yet')
  const positionMs = await positionOf(deps, user, id, null)
  return { ...nothingElse, kind: 'document', ...(await deps.files.address(user, fileId)), positionMs }
}

async function master(deps: Deps, token: string): Promise<string> {
  const { folder } = await playing(deps, token)
  return masterPlaylist(await manifestOf(deps, folder))
}

async function media(deps: Deps, token: string, name: RenditionName): Promise<string> {
  const { folder, trialSeconds } = await playing(deps, token)
  return mediaPlaylist(await renditionOf(deps, folder, name), trialSeconds)
}

async function key(deps: Deps, token: string, name: RenditionName): Promise<Buffer> {
  const { folder, key } = await playing(deps, token)
  await renditionOf(deps, folder, name)
  return keyOf(key, name)
}

async function segment(deps: Deps, token: string, name: RenditionName, number: number): Promise<StoredFile> {
  const { folder, trialSeconds, userId } = await playing(deps, token)
  const rendition = await renditionOf(deps, folder, name)
  const milliseconds = rendition.segmentMs[number]
  if (milliseconds === undefined) throw new AppError('not_found', 'there is no such segment')
  if (number >= segmentsGiven(rendition, trialSeconds)) throw new AppError('trial_ended', 'the trial ends before it')
  deps.pace(userId, milliseconds / 1000)
  return stored(deps, segmentKey(folder, name, number))
}

async function poster(deps: Deps, token: string): Promise<StoredFile> {
  const { folder } = await playing(deps, token)
  return stored(deps, posterKey(folder))
}

async function stored({ storage }: Deps, key: string): Promise<StoredFile> {
  const found = await storage.read(key)
  if (!found) throw new AppError('not_found', 'it is not in the storage')
  return found
}

async function playing(deps: Deps, token: string): Promise<Playing> {
  const claims = await readPlay(token, deps.secret, deps.now())
  const { userId, sessionId, lessonId, fileId, playerId } = claims
  const question = `${sessionId} ${lessonId} ${fileId} ${playerId}`
  return deps.moments.get(userId, question, () => askAnew(deps, claims))
}

/** Everything that the address stands for: the sign-in, the right, the one device, and the lesson with its video. */
async function askAnew({ db, entitlements }: Deps, { lessonId, fileId, ...player }: PlayClaims): Promise<Playing> {
  const [{ decision }, [row]] = await Promise.all([
    entitlements.demandPlayer(player, 'watch', lessonId),
    db
      .select({ status: videos.status, key: videos.key, runId: videos.runId })
      .from(lessons)
      .innerJoin(files, eq(files.id, lessons.fileId))
      .innerJoin(videos, eq(videos.fileId, files.id))
      .where(and(eq(lessons.id, lessonId), eq(files.id, fileId))),
  ])
  if (row?.status !== 'ready') throw new AppError('not_found', 'this video is not there any more')
  return {
    userId: player.userId,
    trialSeconds: decision.allowed === 'trial' ? decision.trialSeconds : null,
    key: row.key!,
    folder: videoFolder(fileId, row.runId!),
  }
}

async function renditionOf(deps: Deps, folder: string, name: RenditionName): Promise<ManifestRendition> {
  const rendition = (await manifestOf(deps, folder)).renditions.find((each) => each.name === name)
  if (!rendition) throw new AppError('not_found', 'there is no such rendition')
  return rendition
}

/** A manifest never changes: what is made anew has a folder of its own. */
function manifestOf({ storage, manifests }: Deps, folder: string): Promise<Manifest> {
  const known = manifests.get(folder)
  if (known) return known
  const reading = (async () => {
    const found = await storage.read(manifestKey(folder))
    if (!found) throw new Error(`there is no manifest in ${folder}`)
    return readManifest(await text(found.stream))
  })()
  if (manifests.size >= MANIFESTS) manifests.delete(manifests.keys().next().value!)
  manifests.set(folder, reading)
  reading.catch(() => manifests.delete(folder))
  return reading
}
