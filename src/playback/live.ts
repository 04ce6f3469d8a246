/** Plays classes that are on now: gives out addresses, and asks at every request whether the right still stands. */
import type { Db } from '../../db/client.ts'
import type { LiveBroadcast, PlaylistAsk } from '../../sfu/hls/ports.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { LessonStatus } from '../../signaling/protocol/lesson.ts'
import type { Entitlements } from '../entitlements/service.ts'
import { trialEnd } from '../entitlements/trials.ts'
import { createMomentCache } from '../files/moment-cache.ts'
import type { SignedInUser } from '../http/auth.ts'
import { Audience } from './audience.ts'
import { broadcastKey, encryptSegment, keyLine, keyName } from './keys.ts'
import { PLAY_TTL_SECONDS, readStream, type StreamClaims, signStream } from './play-token.ts'
import { createRecent } from './recent.ts'
import { boardSoFar } from './replay-events.ts'
import { type EventsAsk, nothingElse, type Play, type PlayAnswer } from './schema.ts'
import type { Wanted } from './seat.ts'

/** As they usually are: a name does not tell how long it plays. */
const SEGMENT_SECONDS = 2
const PART_SECONDS = 0.2
const MOST_ADDRESSES = 50_000
const STANDARD_TEXT_MS = 250
const STANDARD_TEXTS = 200
/** All renditions of the last seconds of a few classes. */
const SEALED_SEGMENTS = 64

const sealedName = (msn: number) => `${msn}.enc.m4s`

/** The classes of this node. */
export type LiveClasses = {
  broadcast(lessonId: string): LiveBroadcast | undefined
  /** Whether this person was sent out of the room. */
  isRemoved(lessonId: string, userId: string): boolean
}

export type LiveDeps = {
  db: Db
  bus: Bus
  secret: Uint8Array
  now: () => number
  entitlements: Pick<Entitlements, 'demand' | 'demandPlayer' | 'takeLease' | 'beginTrial'>
  classes: LiveClasses
  watermarkOf: (userId: string) => Promise<string>
  mediaOrigin: string
}
type Deps = LiveDeps & {
  texts: ReturnType<typeof createRecent<string>>
  sealed: ReturnType<typeof createRecent<Buffer>>
  moments: ReturnType<typeof createMomentCache<Right>>
  audience: Audience
  addresses: Map<string, Address>
}

/** What an address says, verified once. */
type Address = { claims: StreamClaims; question: string; expiresAt: number }
/** When it ends by itself; null: it does not. */
type Right = { trialEndsAt: number | null }

export type LiveLesson = { id: string; status: LessonStatus; startedAt: number | null; watermark: boolean }
export type Live = ReturnType<typeof createLive>

export function createLive(given: LiveDeps) {
  const audience = new Audience(given.now)
  const deps: Deps = {
    ...given,
    moments: createMomentCache(given),
    audience,
    addresses: new Map(),
    texts: createRecent(STANDARD_TEXTS),
    sealed: createRecent(SEALED_SEGMENTS),
  }
  return {
    /** Throws why not; `not_live` where nothing is broadcast, `playing_elsewhere` where another device plays. */
    play: (user: SignedInUser, lesson: LiveLesson, asked: Play) => play(deps, user, lesson, asked),
    multivariant: (token: string, kind: 'lowLatency' | 'standard') =>
      serve(deps, token, PLAYLIST, (broadcast) => broadcast.multivariant(kind)),
    /** Blocking reload: waits until what is asked for is there. */
    playlist: (token: string, rendition: string, ask: PlaylistAsk) =>
      serve(deps, token, PLAYLIST, (broadcast) => broadcast.playlist(rendition, ask)),
    /** Whole segments only, encrypted, as soon as there is one. */
    standardPlaylist: (token: string, rendition: string) =>
      serve(deps, token, PLAYLIST, (broadcast) => standardPlaylist(deps, broadcast, rendition)),
    /**
     * An init segment (`init-0.mp4`), a part (`7.3.m4s`), which is waited for where it comes next, a segment (`7.m4s`,
     * encrypted `7.enc.m4s`), or the key of a period (`0.key`). `paid`: it may have been asked about by `demand`.
     */
    file: (token: string, rendition: string, name: string, paid: boolean) =>
      serve(deps, token, wantedOf(rendition, name, paid), (broadcast) => fileOf(deps, broadcast, rendition, name)),
    /** For a cache in front that has this file: throws why it must not be given to this viewer now. */
    demand: (token: string, rendition: string, name: string) =>
      demandFile(deps, token, wantedOf(rendition, name, false)),
    /** What was done to the board of the class so far, for those who watch what has been. */
    board: (token: string, ask: EventsAsk) =>
      serve(deps, token, BOARD, ({ lessonId }) => boardSoFar(deps.db, lessonId, ask)),
    /** Whether this address was found to be signed by us. */
    knows: (token: string) => deps.addresses.has(token),
    /** How many people watch this class on this node now. */
    watching: (lessonId: string) => audience.watching(lessonId),
    close: () => deps.moments.close(),
  }
}

async function play(deps: Deps, user: SignedInUser, lesson: LiveLesson, asked: Play): Promise<PlayAnswer> {
  const { entitlements, classes } = deps
  const decision = await entitlements.demand(user, 'enter', { lessonId: lesson.id })
  const broadcast = isOn(lesson) ? classes.broadcast(lesson.id) : undefined
  if (!broadcast) throw new AppError('not_live', 'this class is not broadcast now', { retryAfterSeconds: 1 })
  if (classes.isRemoved(lesson.id, user.id)) throw new AppError('removed', 'the teacher has sent this person out')
  const tries = decision.allowed === 'trial' ? decision.trialSeconds : null
  const trialEndsAt = tries === null ? null : (await entitlements.beginTrial(user, lesson, tries)).endsAt
  await entitlements.takeLease(user, asked.playerId, asked.takeOver)
  const claims = { userId: user.id, sessionId: user.sessionId, lessonId: lesson.id, playerId: asked.playerId }
  const base = `${deps.mediaOrigin}/api/live/${await signStream('live', claims, deps.secret, deps.now())}`
  const { startedAt, partTargetSeconds: partSeconds, windowSeconds } = broadcast
  return {
    ...nothingElse,
    kind: 'live',
    url: `${base}/index.m3u8`,
    expiresInSeconds: PLAY_TTL_SECONDS,
    trialSeconds: tries,
    live: { startedAt, partSeconds, windowSeconds, standardUrl: `${base}/standard.m3u8`, trialEndsAt },
    watermark: lesson.watermark ? await deps.watermarkOf(user.id) : null,
  }
}

const isOn = ({ status }: LiveLesson) => status === 'live' || status === 'paused'

/** The right is asked for before, and again after: what is asked for may have been waited for. */
async function serve<T>(
  deps: Deps,
  token: string,
  wanted: Wanted,
  get: (broadcast: LiveBroadcast) => Promise<T>,
): Promise<T> {
  const address = await addressOf(deps, token)
  const { claims } = address
  const seat = seatOf(deps, address)
  seat.take(wanted, deps.now())
  await demandStill(deps, address)
  const answer = await seat.wait(() => get(broadcastOf(deps, claims.lessonId)))
  await demandStill(deps, address)
  return answer
}

async function demandFile(deps: Deps, token: string, wanted: Wanted): Promise<void> {
  const address = await addressOf(deps, token)
  seatOf(deps, address).pay(wanted, deps.now())
  await demandStill(deps, address)
}

/** Playlists wait, and do not play. */
const PLAYLIST: Wanted = { name: '', paid: false, mediaSeconds: 0 }
/** Costs as much as so much of the picture: a page of it is many rows of the database. */
const BOARD: Wanted = { name: 'board', paid: false, mediaSeconds: 10 }
const FILE = /^(?:init-(\d+)\.mp4|(\d+)(?:\.(\d+))?\.m4s|(\d+)\.enc\.m4s|(\d+)\.key)$/

function wantedOf(rendition: string, file: string, paid: boolean): Wanted {
  const name = `${rendition}/${file}`
  const isPart = /\d\.\d+\.m4s$/.test(file)
  return { name, paid, mediaSeconds: isPart ? PART_SECONDS : file.endsWith('.m4s') ? SEGMENT_SECONDS : 0 }
}

async function fileOf(deps: Deps, broadcast: LiveBroadcast, rendition: string, name: string): Promise<Buffer> {
  const [, init, msn, part, sealed, period] = FILE.exec(name) ?? []
  let bytes: Buffer | undefined
  if (part !== undefined) bytes = await broadcast.part(rendition, Number(msn), Number(part))
  else if (msn !== undefined) bytes = await broadcast.segment(rendition, Number(msn))
  else if (init !== undefined) bytes = broadcast.init(rendition, Number(init))
  else if (sealed !== undefined) bytes = await sealedSegment(deps, broadcast, rendition, Number(sealed))
  else if (period !== undefined) bytes = await keyOf(deps, broadcast, rendition, Number(period))
  if (!bytes) throw new AppError('not_found', 'it is not there, or not any more')
  return bytes
}

/** Of a period of which the playlist names segments. */
async function keyOf(deps: Deps, broadcast: LiveBroadcast, rendition: string, period: number) {
  const text = await standardPlaylist(deps, broadcast, rendition)
  if (!text.includes(`URI="${keyName(period)}"`)) return undefined
  return broadcastKey(deps.secret, broadcast.lessonId, rendition, period)
}

/** Made a few times a second at most, however many ask. */
function standardPlaylist({ texts, now }: Deps, broadcast: LiveBroadcast, rendition: string): Promise<string> {
  const moment = Math.floor(now() / STANDARD_TEXT_MS)
  return texts(`${broadcast.lessonId} ${rendition} ${moment} ${broadcast.ended}`, async () => {
    // Waits where the rendition has not begun.
    const { status } = await broadcast.playlist(rendition, {})
    if (status === 'unknown') throw new AppError('not_found', 'there is no such rendition')
    const text = broadcast.standardPlaylist(rendition, keyLine, sealedName)
    if (!text?.includes('#EXTINF'))
      throw new AppError('unavailable', 'no segment is whole yet', { retryAfterSeconds: 1 })
    return text
  })
}

function sealedSegment({ sealed, secret }: Deps, broadcast: LiveBroadcast, rendition: string, msn: number) {
  const { lessonId } = broadcast
  return sealed(`${lessonId} ${rendition} ${msn}`, async () => {
    const bytes = await broadcast.segment(rendition, msn)
    if (!bytes) throw new AppError('not_found', 'it is not there, or not any more')
    return encryptSegment(secret, lessonId, rendition, msn, bytes)
  })
}

async function addressOf(deps: Deps, token: string): Promise<Address> {
  const address = deps.addresses.get(token) ?? (await readIn(deps, token))
  if (address.expiresAt <= deps.now()) throw new AppError('unauthorized', 'this address is not valid any more')
  return address
}

/** Found anew each time: it is given up while nobody is on it, and all addresses of a person are to find the same. */
const seatOf = ({ audience }: Deps, { claims: { lessonId, userId } }: Address) => audience.seatOf(lessonId, userId)

async function readIn({ addresses, secret, now }: Deps, token: string): Promise<Address> {
  const { claims, expiresAt } = await readStream('live', token, secret, now())
  const { sessionId, lessonId, playerId } = claims
  const address = { claims, question: `${sessionId} ${lessonId} ${playerId}`, expiresAt }
  if (addresses.size >= MOST_ADDRESSES) addresses.delete(addresses.keys().next().value!)
  addresses.set(token, address)
  return address
}

async function demandStill(deps: Deps, { claims, question }: Address): Promise<void> {
  const { moments, classes, now } = deps
  const { userId, lessonId } = claims
  const { trialEndsAt } = await moments.get(userId, question, () => askAnew(deps, claims))
  if (trialEndsAt !== null && trialEndsAt <= now()) throw new AppError('trial_ended', 'the trial of this class is over')
  if (classes.isRemoved(lessonId, userId)) throw new AppError('removed', 'the teacher has sent this person out')
}

/** Everything that the address stands for: the sign-in, the right, and the one device. */
async function askAnew(deps: Deps, { lessonId, ...player }: StreamClaims): Promise<Right> {
  const { decision, triedAt } = await deps.entitlements.demandPlayer(player, 'enter', lessonId)
  if (decision.allowed !== 'trial') return { trialEndsAt: null }
  return { trialEndsAt: trialEnd(triedAt ?? 0, broadcastOf(deps, lessonId).startedAt, decision.trialSeconds) }
}

/** One that has ended is still there for those who watched it, to be told so. */
function broadcastOf({ classes, audience }: Deps, lessonId: string): LiveBroadcast {
  const broadcast = classes.broadcast(lessonId)
  if (broadcast) audience.sees(lessonId, broadcast)
  const last = broadcast ?? audience.lastOf(lessonId)
  if (!last || (!broadcast && !last.ended))
    throw new AppError('not_live', 'this class is not broadcast now', { retryAfterSeconds: 1 })
  return last
}
