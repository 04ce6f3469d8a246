/**
 * Makes one timeline of what a teacher sends: at every boundary of the grid all renditions get their part at once. A
 * boundary is due when everybody who sends has passed it, or when who has not is later than ever before.
 */
import type { AacEncoder } from './aac.ts'
import { AudioLane } from './audio-lane.ts'
import { blackLane } from './black.ts'
import type { Broadcast } from './broadcast.ts'
import { AUDIO_TIMESCALE, fragment, initSegment, type Sample, VIDEO_TIMESCALE } from './fmp4.ts'
import type { Rendition } from './rendition.ts'
import { KEY_REACH_SECONDS, type VideoLane } from './video-lane.ts'

/** How long the first picture is waited for before the class begins without. */
const FIRST_PICTURE_MS = 1500
/** What packets may be later than those before them. */
const MARGIN_MS = 25
const LONGEST_DELAY_MS = 600
/** The last part of a segment is no shorter, so that there is sound in it. */
const LEAST_PART_SECONDS = 0.04
/** Key frames that come unasked, because somebody joined, may end a segment this much before its time. */
const EARLY_SECONDS = 0.3
/** After this much too long any key frame will do, also where not all layers have one. */
const LATE_SECONDS = 0.4
/** A key frame is asked for so much before it is wanted. */
const ASK_AHEAD_SECONDS = 0.1
const ASK_AGAIN_MS = 400
/** A layer without a picture for so long is stood in for by a lower one. */
const STALE_SECONDS = 3

/** What cameras are asked for; browsers choose by it only where several fit. */
const FRAME_RATE = 30
const OPUS_FACTS = { codecs: 'Opus', width: 0, height: 0, frameRate: 0 }
/** So much of the timeline there is before players are told of a class without a picture. */
const PATIENCE_SECONDS = 3

type Feed = { rendition: Rendition; lane: VideoLane; init: number; parametersId: string }
/** `ends`: the segment does, here. */
type Cut = { at: number; ends: boolean; forced: boolean }

export type MuxerDeps = {
  broadcast: Broadcast
  firstMsn: number
  requestKeyFrame: () => void
  aac?: AacEncoder
}

export class Muxer {
  readonly sound: AudioLane
  private readonly deps: MuxerDeps
  private readonly startedAt: number
  private readonly opus: Rendition
  private opusInit: number | undefined
  private readonly feeds: Feed[] = []
  /** Layers of the picture that is shown, lowest first, and of the one that takes over with its first key frame. */
  private lanes: VideoLane[] = []
  private coming: VideoLane[] | undefined
  private msn: number
  private sequence = 1
  /** Of the open segment; undefined between two segments. */
  private segmentStart: number | undefined
  /** Up to here everything is cut, in seconds of media time; undefined before the beginning. */
  private done: number | undefined
  private readonly openedMs: number
  private askedMs = 0
  /** A key frame came since the open segment began, and may end it before the next part is full. */
  private keyWaits = false

  constructor(deps: MuxerDeps, nowMs: number) {
    this.deps = deps
    const { broadcast, firstMsn } = deps
    this.startedAt = broadcast.startedAt
    this.msn = firstMsn
    this.openedMs = nowMs
    this.sound = new AudioLane(broadcast.startedAt, broadcast.health)
    this.opus = broadcast.addRendition('opus', 'audio', firstMsn)
  }

  /** Another picture takes over when its first key frame is there; without one the last picture stays. */
  show(lanes: VideoLane[]): void {
    if (lanes.length === 0) {
      this.coming = undefined
      return
    }
    if (this.feeds.length === 0) this.lanes = lanes
    else this.coming = lanes
  }

  /** A picture came: only one that ends a part, or a key frame, makes anything due. */
  arrived(seconds: number, key: boolean, nowMs: number): void {
    this.keyWaits ||= key
    if (key || this.done === undefined || seconds >= this.partEnd) this.advance(nowMs)
  }

  /** Time has passed. */
  tick(nowMs: number): void {
    if (this.keyWaits || this.done === undefined || this.mediaTime(nowMs) >= this.partEnd) this.advance(nowMs)
    else this.askForKey(nowMs)
  }

  /** Cuts all that is due. */
  advance(nowMs: number): void {
    if (this.done === undefined && !this.begin(nowMs)) return
    this.askForKey(nowMs)
    for (;;) {
      const cut = this.nextCut()
      if (!this.isDue(cut.at, nowMs)) return
      this.cutTo(cut)
    }
  }

  /** Cuts what is left up to now. */
  end(nowMs: number): void {
    this.advance(nowMs + LONGEST_DELAY_MS)
    if (this.segmentStart !== undefined) this.finishSegment()
    this.announce()
  }

  /** Where the next part is full. */
  private get partEnd(): number {
    return rounded(this.done! + this.deps.broadcast.options.partSeconds)
  }

  private begin(nowMs: number): boolean {
    const keys = this.lanes.flatMap((lane) => lane.keyWithin(Number.NEGATIVE_INFINITY, this.mediaTime(nowMs)) ?? [])
    const first = Math.min(...keys.map(({ seconds }) => seconds))
    if (keys.length === 0 && nowMs - this.openedMs < FIRST_PICTURE_MS) return false
    // A class that began before this process goes on from now.
    const opened = this.mediaTime(this.openedMs)
    this.done = rounded(Math.max(0, keys.length > 0 ? first : opened, opened - KEY_REACH_SECONDS))
    return true
  }

  private askForKey(nowMs: number): void {
    const age = this.mediaTime(nowMs) - (this.segmentStart ?? Number.POSITIVE_INFINITY)
    const wanted = this.coming !== undefined || age >= this.deps.broadcast.options.segmentSeconds - ASK_AHEAD_SECONDS
    if (!wanted || nowMs - this.askedMs < ASK_AGAIN_MS) return
    this.askedMs = nowMs
    this.deps.requestKeyFrame()
  }

  /** The next boundary: where a part is full, or before that where a key frame begins a new segment. */
  private nextCut(): Cut {
    const { partSeconds, targetDurationSeconds } = this.deps.broadcast.options
    const full = this.partEnd
    const start = this.segmentStart
    if (start === undefined) return { at: full, ends: false, forced: false }
    const key = this.keyToCutAt(full, start)
    if (key !== undefined) {
      const at = Math.min(full, Math.max(key, rounded(this.done! + LEAST_PART_SECONDS)))
      return { at, ends: true, forced: false }
    }
    // The next part would make the segment too long.
    const forced = full - start > targetDurationSeconds - partSeconds - 0.001
    return { at: full, ends: forced, forced }
  }

  private keyToCutAt(full: number, start: number): number | undefined {
    const from = this.done!
    const { segmentSeconds } = this.deps.broadcast.options
    const shown = this.lanes.map((lane) => ({ lane, key: lane.keyWithin(from, full) }))
    const coming = (this.coming ?? []).flatMap((lane) => lane.keyWithin(Number.NEGATIVE_INFINITY, full) ?? [])
    if (coming.length > 0) return Math.min(...coming.map(({ seconds }) => seconds))
    const blackIsShown = this.feeds.some((feed) => !this.lanes.includes(feed.lane))
    const changed = shown.find(
      ({ lane, key }) => key?.parametersChange && (blackIsShown || this.feeds.some((feed) => feed.lane === lane)),
    )
    if (changed) return changed.key!.seconds
    const keys = shown.flatMap(({ key }) => key ?? [])
    if (keys.length === 0) return
    const first = Math.min(...keys.map(({ seconds }) => seconds))
    const age = first - start
    if (age < segmentSeconds - EARLY_SECONDS) return
    const all = this.lanes.every((lane) => this.isStale(lane, first) || lane.keyWithin(from, first + KEY_REACH_SECONDS))
    return all || age >= segmentSeconds + LATE_SECONDS ? first : undefined
  }

  private isDue(seconds: number, nowMs: number): boolean {
    const boundaryMs = this.startedAt + seconds * 1000
    if (nowMs < boundaryMs) return false
    const senders = [...this.lanes, this.sound].filter((lane) => lane.active(nowMs))
    if (senders.length > 0 && senders.every((lane) => lane.passed(seconds))) return true
    const delay = Math.max(0, ...senders.map(({ delayMs }) => delayMs))
    return nowMs >= boundaryMs + Math.min(LONGEST_DELAY_MS, delay + MARGIN_MS)
  }

  private cutTo({ at, ends, forced }: Cut): void {
    const from = this.done!
    const begins = this.segmentStart === undefined
    if (begins) this.takeOver(from, at)
    const samples = new Map<VideoLane, Sample[]>()
    for (const lane of new Set([...this.lanes, ...this.feeds.map((feed) => feed.lane)])) {
      const part = lane.cut(from, at, begins, ends && !forced)
      if (part) samples.set(lane, part)
    }
    const sound = this.sound.cut(from, at)
    if (begins) this.beginSegment(from, sound.at / AUDIO_TIMESCALE, samples)
    this.addParts(from, at, samples, sound)
    this.done = at
    const pictured = this.lanes.some((lane) => this.feeds.some((feed) => feed.lane === lane))
    if (pictured || at - this.mediaTime(this.openedMs) > PATIENCE_SECONDS) this.deps.broadcast.setReady()
    if (forced) this.deps.broadcast.health.forcedCuts += 1
    if (ends) this.finishSegment()
    this.announce()
  }

  /** The picture that comes is there. */
  private takeOver(from: number, to: number): void {
    const { coming } = this
    const until = Math.min(to, from + KEY_REACH_SECONDS)
    if (!coming?.some((lane) => lane.keyWithin(Number.NEGATIVE_INFINITY, until))) return
    for (const lane of this.lanes) lane.close()
    this.lanes = coming
    this.coming = undefined
  }

  private beginSegment(from: number, soundFrom: number, samples: Map<VideoLane, Sample[]>): void {
    const { broadcast } = this.deps
    this.segmentStart = from
    this.makeFeeds(samples)
    const fed = this.feeds.map((feed) => ({ feed, lane: this.laneFor(feed, samples, from) }))
    const changed = fed.filter(({ feed, lane }) => lane !== feed.lane || lane.parameters!.id !== feed.parametersId)
    const discontinuity = changed.some(({ feed }) => feed.init >= 0)
    if (discontinuity) broadcast.health.discontinuities += 1
    for (const { feed, lane } of changed) this.feedFrom(feed, lane)
    if (this.lanes.every(({ parameters }) => parameters?.fillable !== false)) broadcast.settle('cannot_fill')
    else broadcast.warn('cannot_fill')
    const { msn } = this
    for (const { feed, lane } of fed) {
      const independent = samples.get(lane)![0]!.key
      feed.rendition.begin({ msn, startSeconds: from, init: feed.init, discontinuity, independent })
    }
    this.opusInit ??= broadcast.addInit(this.opus, initSegment({ kind: 'opus' }), OPUS_FACTS)
    this.opus.begin({ msn, startSeconds: soundFrom, init: this.opusInit, discontinuity, independent: true })
    this.deps.aac?.segment(msn, Math.round(soundFrom * AUDIO_TIMESCALE), discontinuity, Date.now())
  }

  /** One rendition for each layer; the first of all shows black where no picture is there. */
  private makeFeeds(samples: Map<VideoLane, Sample[]>): void {
    const { broadcast } = this.deps
    const count = Math.max(1, this.lanes.length)
    while (this.feeds.length < count) {
      const rendition = broadcast.addRendition(`v${this.feeds.length}`, 'video', this.msn)
      const lane = this.lanes.find((each) => samples.has(each)) ?? this.feeds[0]?.lane ?? this.black(samples)
      this.feeds.push({ rendition, lane, init: -1, parametersId: '' })
    }
  }

  private black(samples: Map<VideoLane, Sample[]>): VideoLane {
    const lane = blackLane(this.startedAt, this.deps.broadcast.health)
    samples.set(lane, lane.cut(this.segmentStart!, this.segmentStart! + this.deps.broadcast.options.partSeconds, true)!)
    return lane
  }

  /** The layer of this rendition; where that stands still a lower one, where all do the one it had. */
  private laneFor(feed: Feed, samples: Map<VideoLane, Sample[]>, from: number): VideoLane {
    const index = this.feeds.indexOf(feed)
    const byNearness = [...this.lanes.slice(0, index + 1).reverse(), ...this.lanes.slice(index + 1)]
    const found = byNearness.find(
      (lane) => samples.has(lane) && !this.isStale(lane, from) && (lane === feed.lane || samples.get(lane)![0]!.key),
    )
    return found ?? feed.lane
  }

  private feedFrom(feed: Feed, lane: VideoLane): void {
    const parameters = lane.parameters!
    feed.lane = lane
    if (parameters.id === feed.parametersId) return
    feed.parametersId = parameters.id
    const facts = { ...parameters.facts, frameRate: FRAME_RATE }
    feed.init = this.deps.broadcast.addInit(feed.rendition, parameters.initSegment, facts)
  }

  private addParts(
    from: number,
    to: number,
    samples: Map<VideoLane, Sample[]>,
    sound: { at: number; samples: Sample[]; seconds: number },
  ): void {
    const sequence = this.sequence++
    const made = new Map<VideoLane, Buffer>()
    for (const { lane, rendition } of this.feeds) {
      const pictures = samples.get(lane)!
      const bytes = made.get(lane) ?? fragment(sequence, Math.round(from * VIDEO_TIMESCALE), pictures, true)
      made.set(lane, bytes)
      rendition.add({ seconds: to - from, independent: pictures[0]!.key, bytes })
    }
    if (sound.samples.length === 0) return
    const bytes = fragment(sequence, sound.at, sound.samples, false)
    this.opus.add({ seconds: sound.seconds, independent: true, bytes })
    this.deps.aac?.part(bytes)
  }

  private finishSegment(): void {
    for (const { rendition } of this.feeds) rendition.finish()
    this.opus.finish()
    this.segmentStart = undefined
    this.keyWaits = false
    this.msn += 1
  }

  private isStale(lane: VideoLane, seconds: number): boolean {
    return lane.newestSeconds < seconds - STALE_SECONDS
  }

  private mediaTime(nowMs: number): number {
    return (nowMs - this.startedAt) / 1000
  }

  private announce(): void {
    for (const { rendition } of this.feeds) rendition.announce()
    this.opus.announce()
  }
}

const rounded = (seconds: number) => Math.round(seconds * VIDEO_TIMESCALE) / VIDEO_TIMESCALE
