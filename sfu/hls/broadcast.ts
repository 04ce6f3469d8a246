/** The broadcast of one class: its renditions, and what those who serve it ask for. */
import { buffer } from 'node:stream/consumers'
import type { BroadcastWarning } from '../../signaling/protocol/constants.ts'
import type { Log } from '../log.ts'
import { multivariantPlaylist, type Variant } from './playlist.ts'
import type {
  BroadcastHealth,
  HlsOptions,
  LiveBroadcast,
  PlaylistAsk,
  Recorder,
  RenditionKind,
  SegmentStore,
} from './ports.ts'
import { Rendition, type Segment } from './rendition.ts'
import { initKey, segmentKey } from './storage-keys.ts'

const MIME_TYPE = 'video/mp4'
/** So long a player that comes first waits for a picture. */
const PATIENCE_MS = 8000
/** What a rendition is said to need before there is anything to measure. */
const LEAST_BITRATE = 100_000

/** What an init segment says of its rendition. */
export type Facts = { codecs: string; width: number; height: number; frameRate: number }
export type AudioCodec = 'opus' | 'aac'
const AUDIO = {
  opus: { codecs: 'Opus', bitrate: 64_000 },
  aac: { codecs: 'mp4a.40.2', bitrate: 128_000 },
} as const satisfies Record<AudioCodec, object>

export type BroadcastDeps = {
  lessonId: string
  startedAt: number
  options: HlsOptions
  segmentStore: SegmentStore
  recorder: Recorder
  log: Log
  /** Where an earlier process left off. */
  nextInit: Record<string, number>
}

export class Broadcast implements LiveBroadcast {
  readonly lessonId: string
  readonly startedAt: number
  readonly health: BroadcastHealth = noHealth()
  ended = false
  /** Called with every request of the AAC rendition, which is made on demand. */
  aacWanted: () => void = () => {}
  private readonly deps: BroadcastDeps
  private readonly renditions = new Map<string, { rendition: Rendition; kind: RenditionKind; facts: Facts }>()
  private readonly ready = Promise.withResolvers<void>()

  constructor(deps: BroadcastDeps) {
    this.deps = deps
    this.lessonId = deps.lessonId
    this.startedAt = deps.startedAt
  }

  get partTargetSeconds(): number {
    return this.deps.options.partSeconds
  }

  get targetDurationSeconds(): number {
    return this.deps.options.targetDurationSeconds
  }

  get windowSeconds(): number {
    return this.deps.options.windowSeconds
  }

  get options(): HlsOptions {
    return this.deps.options
  }

  /** Adds a rendition that begins with the segment `firstMsn`. */
  addRendition(id: string, kind: RenditionKind, firstMsn: number): Rendition {
    const { lessonId, startedAt, options, segmentStore, nextInit } = this.deps
    const rendition = new Rendition({
      id,
      startedAt,
      options,
      firstMsn,
      firstInit: nextInit[id] ?? 0,
      discontinuitiesBefore: this.discontinuitiesBefore(firstMsn),
      store: (segment) => this.store(id, segment),
      storeInit: (bytes, init) => {
        segmentStore
          .put(initKey(lessonId, id, init), bytes, { mimeType: MIME_TYPE })
          .catch((error) => this.storeFailed(error))
      },
      read: async (msn) => {
        const stored = await segmentStore.read(segmentKey(lessonId, id, msn))
        return stored && buffer(stored.stream)
      },
      reports: () => this.others(id).flatMap((other) => other.report()),
    })
    this.renditions.set(id, { rendition, kind, facts: { codecs: '', width: 0, height: 0, frameRate: 0 } })
    return rendition
  }

  /** By the sound, which is there from the beginning to the end. */
  discontinuitiesBefore(msn: number): number {
    return this.renditions.get('opus')?.rendition.discontinuitiesBefore(msn) ?? 0
  }

  /** Takes an init segment on, and says what is in it. */
  addInit(rendition: Rendition, bytes: Buffer, facts: Facts): number {
    const known = this.renditions.get(rendition.id)!
    known.facts = facts
    const init = rendition.addInit(bytes)
    const { codecs } = facts
    const [width, height] = known.kind === 'video' ? [facts.width, facts.height] : [null, null]
    this.deps.recorder.rendition(this.lessonId, {
      rendition: rendition.id,
      init,
      kind: known.kind,
      codecs,
      width,
      height,
    })
    return init
  }

  /** There is something to play. */
  setReady(): void {
    this.ready.resolve()
  }

  warn(warning: BroadcastWarning): void {
    if (this.health.warnings.includes(warning)) return
    this.health.warnings.push(warning)
    this.deps.log.warn({ lessonId: this.lessonId, warning }, 'the broadcast is not as it should be')
  }

  settle(warning: BroadcastWarning): void {
    this.health.warnings = this.health.warnings.filter((each) => each !== warning)
  }

  async multivariant(kind: 'lowLatency' | 'standard' = 'lowLatency'): Promise<string> {
    const patience = setTimeout(() => this.ready.resolve(), PATIENCE_MS)
    await this.ready.promise
    clearTimeout(patience)
    const variants = [...this.renditions.values()]
      .filter(({ kind, rendition }) => kind === 'video' && rendition.edge)
      .map(({ rendition, facts }): Variant => ({ id: rendition.id, ...facts, ...bitratesOf(rendition.segments) }))
    const groups = Object.entries(AUDIO).map(([id, audio]) => ({ id, ...audio }))
    return multivariantPlaylist(variants, groups, kind === 'standard' ? 'standard.m3u8' : 'index.m3u8')
  }

  async playlist(id: string, ask: PlaylistAsk) {
    return (await this.wanted(id))?.playlist(ask) ?? { text: '', status: 'unknown' as const }
  }

  standardPlaylist(id: string, keyLine: (msn: number) => string, segmentUri = (msn: number) => `${msn}.m4s`) {
    if (id === 'aac') this.aacWanted()
    return this.renditions.get(id)?.rendition.standardPlaylist(keyLine, segmentUri)
  }

  init(id: string, number: number): Buffer | undefined {
    return this.renditions.get(id)?.rendition.init(number)
  }

  async part(id: string, msn: number, part: number): Promise<Buffer | undefined> {
    return (await this.wanted(id))?.part(msn, part)
  }

  async segment(id: string, msn: number): Promise<Buffer | undefined> {
    return (await this.wanted(id))?.segment(msn)
  }

  forgetBefore(msn: number): void {
    for (const { rendition } of this.renditions.values()) rendition.forgetBefore(msn)
  }

  /** Nothing comes from here any more, but another process may go on with it: resolves when all of it is stored. */
  async suspend(): Promise<void> {
    this.ready.resolve()
    await Promise.all([...this.renditions.values()].map(({ rendition }) => rendition.end()))
  }

  /** Nothing comes any more: resolves when all of it is stored and recorded. */
  async end(): Promise<void> {
    this.ended = true
    await this.suspend()
    await this.deps.recorder
      .end(this.lessonId)
      .catch((error) => this.deps.log.error({ err: error, lessonId: this.lessonId }, 'a recording could not be closed'))
  }

  private async wanted(id: string): Promise<Rendition | undefined> {
    if (id === 'aac') {
      this.aacWanted()
      // It begins with the next segment: the Opus has one more then.
      const next = (this.renditions.get('opus')?.rendition.edge?.msn ?? -1) + 1
      if (!this.renditions.has('aac')) await this.renditions.get('opus')?.rendition.wait(() => this.has('aac', next))
    }
    const rendition = this.renditions.get(id)?.rendition
    // Nobody is told that there is no next part where there is no first one yet.
    if (rendition) await rendition.wait(() => rendition.edge !== undefined || rendition.ended)
    return rendition
  }

  private has(id: string, msn: number): boolean {
    return this.renditions.has(id) || (this.renditions.get('opus')?.rendition.edge?.msn ?? -1) > msn
  }

  private others(id: string): Rendition[] {
    return [...this.renditions.values()].map(({ rendition }) => rendition).filter((other) => other.id !== id)
  }

  private async store(id: string, segment: Segment & { bytes: Buffer }): Promise<boolean> {
    const { lessonId } = this
    const { msn, bytes, init, discontinuity, independent, startSeconds, seconds } = segment
    try {
      await this.deps.segmentStore.put(segmentKey(lessonId, id, msn), bytes, { mimeType: MIME_TYPE })
    } catch (error) {
      this.storeFailed(error)
      return false
    }
    this.settle('store_fails')
    try {
      this.deps.recorder.add(lessonId, {
        rendition: id,
        msn,
        startMs: Math.round(startSeconds * 1000),
        durationMs: Math.round(seconds * 1000),
        bytes: bytes.length,
        init,
        discontinuity,
        independent,
      })
    } catch (error) {
      this.deps.log.error({ err: error, lessonId }, 'a segment could not be recorded')
    }
    return true
  }

  private storeFailed(error: unknown): void {
    this.health.storeFailures += 1
    if (!this.health.warnings.includes('store_fails'))
      this.deps.log.error({ err: error, lessonId: this.lessonId }, 'segments cannot be stored')
    this.warn('store_fails')
  }
}

function bitratesOf(segments: readonly Segment[]) {
  const bitrates = segments.map(({ sizeBytes, seconds }) => (sizeBytes * 8) / seconds)
  const peakBitrate = Math.max(LEAST_BITRATE, ...bitrates.slice(-100))
  const averageBitrate = bitrates.reduce((sum, each) => sum + each, 0) / Math.max(1, bitrates.length)
  return { peakBitrate, averageBitrate: Math.max(LEAST_BITRATE, averageBitrate) }
}

const noHealth = (): BroadcastHealth => ({
  packets: 0,
  lost: 0,
  reordered: 0,
  late: 0,
  fillers: 0,
  silences: 0,
  forcedCuts: 0,
  discontinuities: 0,
  storeFailures: 0,
  warnings: [],
})
