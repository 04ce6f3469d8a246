/** What a player is given. */
import { Type } from 'typebox'
import { nullable, object, oneOf, Seq, type Static } from '../../signaling/protocol/define.ts'
import { RoomEventSchema } from '../../signaling/protocol/events.ts'
import { LONGEST } from './chapters.ts'

export const PlaySchema = object({
  /** Made up by each player for itself; asking again with the same one renews the address. */
  playerId: Type.String({ format: 'uuid' }),
  /** Says that another device is to stop. */
  takeOver: Type.Optional(Type.Boolean()),
})
export type Play = Static<typeof PlaySchema>

/** What a page noticed about the viewer's mark over its picture. */
export const TamperingSchema = object({ how: oneOf('removed', 'hidden', 'changed') })
export type Tampering = Static<typeof TamperingSchema>

/** Of a class that is on now. */
export const LiveSchema = object({
  /** The zero of its media time. */
  startedAt: Type.Integer(),
  partSeconds: Type.Number(),
  /** How far back one may go. */
  windowSeconds: Type.Integer(),
  /** Whole segments, encrypted, some seconds later: for players without low latency. */
  standardUrl: Type.String(),
  /** Null where nothing ends by itself. */
  trialEndsAt: nullable(Type.Integer()),
})

/** Of a class that is over. The video begins at `trimStartMs` of the media time of the class. */
export const ReplaySchema = object({
  startedAt: Type.Integer(),
  trimStartMs: Type.Integer(),
  /** From `positionMs` of the video on its media time is `mediaMs`; one, where all of the class is recorded. */
  runs: Type.Array(object({ positionMs: Type.Integer(), mediaMs: Type.Integer() })),
  /** By their places in the video. */
  chapters: Type.Array(object({ atMs: Type.Integer(), title: Type.String() })),
  /** For those who teach: all that is recorded, untrimmed. */
  wholeUrl: nullable(Type.String()),
})

export const PlayAnswerSchema = object({
  kind: oneOf('video', 'document', 'live', 'replay'),
  /** Of the playlist, or of the document: a path on this server, good for this person, this sign-in and this lesson. */
  url: Type.String(),
  expiresInSeconds: Type.Integer(),
  /** Where this person was last. */
  positionMs: Type.Integer(),
  /** For someone who has not bought: how much there is; the rest is not given out. */
  trialSeconds: nullable(Type.Integer()),
  /** Of a video: of the whole of it, also in a trial. */
  durationMs: nullable(Type.Integer()),
  width: nullable(Type.Integer()),
  height: nullable(Type.Integer()),
  posterUrl: nullable(Type.String()),
  live: nullable(LiveSchema),
  replay: nullable(ReplaySchema),
  /** To be shown over the picture; null where the teacher wants none. */
  watermark: nullable(Type.String()),
})
export type PlayAnswer = Static<typeof PlayAnswerSchema>
/** What most kinds have nothing to say about. */
export const nothingElse = {
  positionMs: 0,
  trialSeconds: null,
  durationMs: null,
  width: null,
  height: null,
  posterUrl: null,
  live: null,
  replay: null,
  watermark: null,
} satisfies Partial<PlayAnswer>

export const PlayFileParams = object({
  token: Type.String({ maxLength: 1000, pattern: '^[A-Za-z0-9_.-]+$' }),
  rendition: oneOf('main', 'low'),
  file: Type.String({ pattern: '^(index\\.m3u8|key|[0-9]{1,6}\\.ts)$' }),
})
export const PlayParams = object({ token: PlayFileParams.properties.token })

/** Of a class that is over. Without `afterMs` what was done to the board before the replay begins is there, too. */
export const EventsAskSchema = object({
  /** What the page before gave as `next`. */
  afterSeq: Type.Optional(Seq),
  /** Only what happened after this media time. */
  afterMs: Type.Optional(Type.Integer({ minimum: -1, maximum: 2 ** 31 - 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
})
export type EventsAsk = Static<typeof EventsAskSchema>
export const EventsPageSchema = object({ events: Type.Array(RoomEventSchema), next: nullable(Seq) })
export type EventsPage = Static<typeof EventsPageSchema>

const MediaMs = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })
const ChapterSchema = object({
  mediaMs: MediaMs,
  title: Type.String({ minLength: 1, maxLength: LONGEST, pattern: '\\S' }),
})

/** The replay of a class, for those who say what is in it. All times are media times of the class. */
export const ReplayEditSchema = object({
  version: Type.Integer(),
  published: Type.Boolean(),
  startedAt: Type.Integer(),
  /** What is recorded. */
  fromMs: MediaMs,
  toMs: MediaMs,
  trimStartMs: MediaMs,
  trimEndMs: nullable(MediaMs),
  /** How long it plays. */
  durationMs: Type.Integer(),
  storedBytes: Type.Integer(),
  chapters: Type.Array(ChapterSchema),
  /** Whether the teacher named them; else they are as the class has them. */
  named: Type.Boolean(),
})
export type ReplayEdit = Static<typeof ReplayEditSchema>

/** A replay as one file. */
export const ReplayFileSchema = object({
  status: oneOf('queued', 'making', 'ready', 'failed'),
  progressPercent: Type.Integer(),
  sizeBytes: nullable(Type.Integer()),
  /** Where it is ready: a path on this server, good for this person and this sign-in. */
  url: nullable(Type.String()),
  expiresInSeconds: Type.Integer(),
})
export type ReplayFile = Static<typeof ReplayFileSchema>

export const ReplayChangeSchema = object({
  /** Of the replay that the form showed. */
  version: Type.Integer(),
  published: Type.Optional(Type.Boolean()),
  trimStartMs: Type.Optional(MediaMs),
  trimEndMs: Type.Optional(nullable(MediaMs)),
  /** Null: as the class has them. */
  chapters: Type.Optional(nullable(Type.Array(ChapterSchema, { maxItems: 200 }))),
})
export type ReplayChange = Static<typeof ReplayChangeSchema>
