/** What the broadcast of a class gives to those who serve it, and what it needs from outside. */
import type { Readable } from 'node:stream'
import type { BroadcastWarning } from '../../signaling/protocol/constants.ts'

export type HlsOptions = {
  /** Every part but the last of a segment lasts this long, for the whole life of a broadcast. */
  partSeconds: number
  /** How long segments are meant to be: as often key frames are asked for. */
  segmentSeconds: number
  /** No segment lasts longer, rounded; constant, because players stop where it changes. */
  targetDurationSeconds: number
  /** How far back players may go. */
  windowSeconds: number
}

export const defaultHlsOptions: HlsOptions = {
  partSeconds: 0.2,
  segmentSeconds: 2,
  targetDurationSeconds: 3,
  windowSeconds: 1800,
}

/** `too_far`: nobody may wait for that yet. `timeout`: it did not come. `unknown`: there is no such rendition. */
export type PlaylistStatus = 'ok' | 'too_far' | 'timeout' | 'unknown'
export type PlaylistAnswer = { text: string; status: PlaylistStatus }
/** `_HLS_msn`, `_HLS_part` and `_HLS_skip` of the request. */
export type PlaylistAsk = { msn?: number; part?: number; skip?: boolean }

export interface LiveBroadcast {
  readonly lessonId: string
  /** The zero of its media time, as the server's clock had it. */
  readonly startedAt: number
  readonly partTargetSeconds: number
  readonly targetDurationSeconds: number
  /** How far back players may go. */
  readonly windowSeconds: number
  readonly ended: boolean
  readonly health: BroadcastHealth
  /**
   * Waits until there is something to play. Addresses in it are relative: `v0/index.m3u8`, `opus/index.m3u8`; those of
   * `standard` are `v0/standard.m3u8`, for players that decrypt.
   */
  multivariant(kind?: 'lowLatency' | 'standard'): Promise<string>
  /** Blocking reload: waits until what is asked for is there. */
  playlist(rendition: string, ask: PlaylistAsk): Promise<PlaylistAnswer>
  /**
   * The same rendition for players of standard latency: whole segments only. `keyLine` gives the EXT-X-KEY line of a
   * segment, `segmentUri` its address where it is not `MSN.m4s`.
   */
  standardPlaylist(
    rendition: string,
    keyLine: (msn: number) => string,
    segmentUri?: (msn: number) => string,
  ): string | undefined
  init(rendition: string, number: number): Buffer | undefined
  /** Waits for the part that comes next. */
  part(rendition: string, msn: number, part: number): Promise<Buffer | undefined>
  /** From memory, else from the store. */
  segment(rendition: string, msn: number): Promise<Buffer | undefined>
  /** The store has nothing of it any more before this number. */
  forgetBefore(msn: number): void
}

/** Counters since the broadcast began, and what somebody should look at. */
export type BroadcastHealth = {
  packets: number
  lost: number
  reordered: number
  late: number
  /** Pictures that repeat the one before, where a part begins and no picture came. */
  fillers: number
  /** Packets of silence where no sound came. */
  silences: number
  /** Segments that were cut without a key frame. */
  forcedCuts: number
  discontinuities: number
  storeFailures: number
  warnings: BroadcastWarning[]
}

/** Where the bytes of segments are kept: the storage of files satisfies it. */
export interface SegmentStore {
  put(key: string, bytes: Uint8Array, options: { mimeType: string }): Promise<void>
  read(key: string): Promise<{ stream: Readable; sizeBytes: number } | undefined>
}

export type RecordedSegment = {
  rendition: string
  msn: number
  startMs: number
  durationMs: number
  bytes: number
  init: number
  discontinuity: boolean
  independent: boolean
}

export type RenditionKind = 'video' | 'audio'
/** What an init segment says; `width` and `height` are null for sound. */
export type RecordedRendition = {
  rendition: string
  init: number
  kind: RenditionKind
  codecs: string
  width: number | null
  height: number | null
}

/** Keeps what replays. What it throws is logged and never stops the class. */
export interface Recorder {
  /**
   * A broadcast begins here, or goes on: what an earlier process left of it, and where numbers go on. `startedAt` is the
   * zero of its media time.
   */
  resume(
    lessonId: string,
    startedAt: number,
  ): Promise<{ nextMsn: number; nextInit: Record<string, number> } | undefined>
  rendition(lessonId: string, rendition: RecordedRendition): void
  /** Called once the segment is in the store. */
  add(lessonId: string, segment: RecordedSegment): void
  end(lessonId: string): Promise<void>
}

export const noRecorder: Recorder = {
  resume: async () => undefined,
  rendition() {},
  add() {},
  end: async () => {},
}
