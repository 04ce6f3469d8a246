/** Plays classes that are over: gives out addresses, and asks at every request whether the right still stands. */
import { buffer } from 'node:stream/consumers'
import type { Db } from '../../db/client.ts'
import { initKey, segmentKey } from '../../sfu/hls/storage-keys.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Granted } from '../entitlements/rights.ts'
import type { Entitlements } from '../entitlements/service.ts'
import { createMomentCache } from '../files/moment-cache.ts'
import type { FileStorage } from '../files/storage.ts'
import type { SignedInUser } from '../http/auth.ts'
import { chaptersInLog } from './chapters.ts'
import { broadcastKey, encryptSegment } from './keys.ts'
import { createPace, type Pace, REPLAYS } from './pace.ts'
import { PLAY_TTL_SECONDS, readStream, type StreamClaims, signStream } from './play-token.ts'
import { positionOf } from './position.ts'
import { type Cut, positionAt, spanOf } from './recording.ts'
import { type Broadcast, type Recordings, recordedBroadcast, type Shown } from './recordings.ts'
import { replayEvents } from './replay-events.ts'
import { replayMaster, replayMedia } from './replay-playlists.ts'
import { type EventsAsk, type EventsPage, nothingElse, type Play, type PlayAnswer } from './schema.ts'

export type ReplayDeps = {
  mediaOrigin: string
  watermarkOf: (userId: string) => Promise<string>
  db: Db
  bus: Bus
  storage: Pick<FileStorage, 'read'>
  secret: Uint8Array
  now: () => number
  entitlements: Pick<Entitlements, 'demand' | 'demandPlayer' | 'takeLease'>
  recordings: Recordings
}
type Deps = ReplayDeps & { moments: ReturnType<typeof createMomentCache<Right>>; pace: Pace }

/** `index`: as the teacher trimmed it. `whole`: all of it, for those who teach. */
export type ReplayKind = 'index' | 'whole'
/** What may be played at this moment. */
type Right = { recording: Broadcast; teaches: boolean; trialSeconds: number | null }
type Showing = Shown & { startedAt: number; trialSeconds: number | null }
type Playing = Showing & { lessonId: string; userId: string }

export type ReplayedLesson = { id: string; watermark: boolean }
export type Replay = ReturnType<typeof createReplay>

export function createReplay(given: ReplayDeps) {
  const deps: Deps = { ...given, moments: createMomentCache(given), pace: createPace(REPLAYS, given.now) }
  return {
    /** Throws why not; `no_replay` where there is none, or none yet, or none that is published. */
    play: (user: SignedInUser, lesson: ReplayedLesson, asked: Play) => play(deps, user, lesson, asked),
    master: (token: string, kind: ReplayKind) => master(deps, token, kind),
    media: (token: string, kind: ReplayKind, track: string) => media(deps, token, kind, track),
    /** A key (`0.key`), an init segment (`init-0.mp4`), or a segment (`7.m4s`), encrypted with its key. */
    file: (token: string, rendition: string, name: string) => file(deps, token, rendition, name),
    /** For a cache in front that has this file: throws why it must not be given to this viewer now. */
    demand: async (token: string, rendition: string, name: string) => {
      demandFile(deps, await playing(deps, token), rendition, name)
    },
    events: (token: string, ask: EventsAsk) => events(deps, token, ask),
    close: () => deps.moments.close(),
  }
}

async function play(deps: Deps, user: SignedInUser, lesson: ReplayedLesson, asked: Play): Promise<PlayAnswer> {
  const lessonId = lesson.id
  const right = await rightOf(deps, await deps.entitlements.demand(user, 'watch', { lessonId }), lessonId)
  const { cut, timeline, startedAt } = await shown(deps, right, 'index', false)
  await deps.entitlements.takeLease(user, asked.playerId, asked.takeOver)
  const claims = { userId: user.id, sessionId: user.sessionId, lessonId, playerId: asked.playerId }
  const base = `${deps.mediaOrigin}/api/replay/${await signStream('replay', claims, deps.secret, deps.now())}`
  const largest = timeline.tracks
    .filter(({ kind }) => kind === 'video')
    .sort((one, other) => other.width - one.width)[0]
  return {
    ...nothingElse,
    kind: 'replay',
    url: `${base}/index.m3u8`,
    expiresInSeconds: PLAY_TTL_SECONDS,
    positionMs: await positionOf(deps, user, lessonId, cut.durationMs),
    trialSeconds: right.trialSeconds,
    durationMs: cut.durationMs,
    width: largest?.width ?? null,
    height: largest?.height ?? null,
    replay: {
      startedAt,
      trimStartMs: cut.trimStartMs,
      runs: cut.runs,
      chapters: await chaptersOf(deps, right.recording, cut, spanOf(timeline, cut).fromMs),
      wholeUrl: right.teaches ? `${base}/whole.m3u8` : null,
    },
    watermark: lesson.watermark ? await deps.watermarkOf(user.id) : null,
  }
}

async function chaptersOf({ db }: Deps, { lessonId, chapters }: Broadcast, cut: Cut, fromMs: number) {
  const all = chapters ?? (await chaptersInLog(db, lessonId))
  return all.flatMap(({ mediaMs, title }) => {
    // The first picture comes a little after the class has begun.
    const atMs = mediaMs >= fromMs && mediaMs < cut.trimStartMs ? 0 : positionAt(cut, mediaMs)
    return atMs === undefined ? [] : [{ atMs, title }]
  })
}

async function master(deps: Deps, token: string, kind: ReplayKind): Promise<string> {
  const { timeline } = await playing(deps, token, kind)
  return replayMaster(timeline, `${kind}.m3u8`)
}

async function media(deps: Deps, token: string, kind: ReplayKind, track: string): Promise<string> {
  const { timeline, cut, startedAt } = await playing(deps, token, kind)
  const place = timeline.tracks.findIndex(({ id }) => id === track)
  if (place < 0) throw new AppError('not_found', 'there is no such rendition')
  return replayMedia(timeline, cut, place, startedAt)
}

async function events(deps: Deps, token: string, ask: EventsAsk): Promise<EventsPage> {
  const { lessonId, cut, timeline } = await playing(deps, token, 'index')
  return replayEvents(deps.db, lessonId, spanOf(timeline, cut), ask)
}

async function file(deps: Deps, token: string, rendition: string, name: string): Promise<Buffer> {
  const shownNow = await playing(deps, token)
  demandFile(deps, shownNow, rendition, name)
  const { lessonId } = shownNow
  const [, init, msn, period] = FILE.exec(name) ?? []
  if (period !== undefined) return broadcastKey(deps.secret, lessonId, rendition, Number(period))
  if (init !== undefined) return stored(deps, initKey(lessonId, rendition, Number(init)))
  const bytes = await stored(deps, segmentKey(lessonId, rendition, Number(msn)))
  return encryptSegment(deps.secret, lessonId, rendition, Number(msn), bytes)
}

function demandFile({ pace }: Deps, { files, trialSeconds, userId }: Playing, rendition: string, name: string): void {
  const playsMs = files.get(`${rendition}/${name}`)
  if (playsMs === undefined)
    throw trialSeconds === null
      ? new AppError('not_found', 'there is no such file')
      : new AppError('trial_ended', 'the trial ends before it')
  pace(userId, playsMs / 1000)
}

const FILE = /^(?:init-(\d+)\.mp4|(\d+)\.m4s|(\d+)\.key)$/

async function stored({ storage }: Deps, key: string): Promise<Buffer> {
  const found = await storage.read(key)
  if (!found) throw new AppError('not_found', 'it is not in the storage')
  return buffer(found.stream)
}

/** Without a kind: as much as this person may see at all. */
async function playing(deps: Deps, token: string, kind?: ReplayKind): Promise<Playing> {
  const { claims } = await readStream('replay', token, deps.secret, deps.now())
  const { userId, sessionId, lessonId, playerId } = claims
  const question = `${sessionId} ${lessonId} ${playerId}`
  const right = await deps.moments.get(userId, question, () => askAnew(deps, claims))
  if (kind === 'whole' && !right.teaches) throw new AppError('forbidden', 'the whole of it is for those who teach')
  return { ...(await shown(deps, right, kind ?? (right.teaches ? 'whole' : 'index'))), lessonId, userId }
}

async function shown(deps: Deps, right: Right, kind: ReplayKind, tried = true): Promise<Showing> {
  const { recording, trialSeconds } = right
  const { lessonId, version, startedAt, trimStartMs, trimEndMs } = recording
  const limits = kind === 'whole' ? { fromMs: 0, toMs: null } : { fromMs: trimStartMs, toMs: trimEndMs }
  const mostMs = tried && trialSeconds !== null ? trialSeconds * 1000 : null
  const found = await deps.recordings.shown(lessonId, version, { ...limits, mostMs })
  if (found.cut.slots.length === 0) throw new AppError('no_replay', 'nothing of this class is recorded')
  return { ...found, startedAt, trialSeconds }
}

/** Everything that the address stands for: the sign-in, the right, the one device, and the replay itself. */
async function askAnew(deps: Deps, { lessonId, ...player }: StreamClaims): Promise<Right> {
  const { decision } = await deps.entitlements.demandPlayer(player, 'watch', lessonId)
  return rightOf(deps, decision, lessonId)
}

async function rightOf({ db, now }: Deps, decision: Granted, lessonId: string): Promise<Right> {
  const recording = await recordedBroadcast(db, lessonId, now())
  const teaches = decision.allowed === true && (decision.via === 'teaching' || decision.via === 'staff')
  if (!recording.published && !teaches) throw new AppError('no_replay', 'the replay of this class is not published')
  return { recording, teaches, trialSeconds: decision.allowed === 'trial' ? decision.trialSeconds : null }
}
