/** One stream of pictures, at their media time, cut into parts that begin and end exactly where they should. */
import { type Sample, VIDEO_TIMESCALE } from './fmp4.ts'
import type { AccessUnit, Nal } from './h264.ts'
import { Parameters } from './parameters.ts'
import type { BroadcastHealth } from './ports.ts'

const TICKS_PER_MS = VIDEO_TIMESCALE / 1000
/** A picture this near to a boundary is moved onto it. */
const SNAP_TICKS = 8 * TICKS_PER_MS
/** After a picture that nothing may refer to, the next one comes up to so much earlier instead of one from before it. */
const PULL_TICKS = 50 * TICKS_PER_MS
/** A segment begins with a key frame that comes up to so much later. */
export const KEY_REACH_SECONDS = 0.15
const LEAST_TICKS = TICKS_PER_MS
const MOST_PENDING = 900
/** Without a picture for so long a stream stands still. */
const ACTIVE_MS = 1000

type Picture = { at: number; key: boolean; units: Nal[]; parameters: Parameters | undefined }

export type VideoLaneDeps = {
  startedAt: number
  health: BroadcastHealth
  /** Called while only a key frame helps. */
  needKey: () => void
  /** Called with every picture that can be shown. */
  arrived: (seconds: number, key: boolean) => void
}

export class VideoLane {
  /** How late pictures come at most, in milliseconds. */
  delayMs = 0
  /** Those of the last key frame that was cut. */
  parameters: Parameters | undefined
  isClosed = false
  private readonly deps: VideoLaneDeps
  private pending: Picture[] = []
  private arrivedParameters: Parameters | undefined
  private lastKey: Picture | undefined
  private waitsForKey = true
  /** Up to here everything has been cut. */
  private done = Number.NEGATIVE_INFINITY
  private newest = Number.NEGATIVE_INFINITY
  private lastArrivalMs = Number.NEGATIVE_INFINITY

  constructor(deps: VideoLaneDeps) {
    this.deps = deps
  }

  get health(): BroadcastHealth {
    return this.deps.health
  }

  /** The next picture, captured at this time of the server's clock. */
  take(unit: Pick<AccessUnit, 'nals' | 'key' | 'arrivalMs'>, capturedMs: number): void {
    if (this.isClosed) return
    this.lastArrivalMs = unit.arrivalMs
    this.delayMs = Math.max(unit.arrivalMs - capturedMs, this.delayMs - 0.5)
    const at = Math.round((capturedMs - this.deps.startedAt) * TICKS_PER_MS)
    const { parameters = this.arrivedParameters, units } = Parameters.split(unit.nals, this.arrivedParameters)
    if (parameters !== this.arrivedParameters) this.arrivedParameters = parameters
    if (units.length === 0 || this.pending.length > MOST_PENDING) return
    if (!parameters || (this.waitsForKey && !unit.key)) {
      this.deps.needKey()
      return
    }
    this.waitsForKey = false
    const notBefore = Math.max(this.done, (this.pending.at(-1)?.at ?? Number.NEGATIVE_INFINITY) + LEAST_TICKS)
    if (at < notBefore) this.deps.health.late += 1
    const picture = { at: Math.max(at, notBefore), key: unit.key, units, parameters: unit.key ? parameters : undefined }
    this.pending.push(picture)
    this.newest = picture.at
    this.deps.arrived(picture.at / VIDEO_TIMESCALE, picture.key)
  }

  /** Something of a picture is missing: only a key frame goes on. */
  broke(): void {
    this.waitsForKey = true
    this.deps.needKey()
  }

  /** Shows this picture until others come. */
  preset(units: Nal[], parameters: Parameters): void {
    this.parameters = parameters
    this.lastKey = { at: 0, key: true, units, parameters }
  }

  /** It is shown no more: what comes is not for it. */
  close(): void {
    this.isClosed = true
    this.pending = []
  }

  /** The sender paused: what comes next refers to pictures that never came. */
  interrupted(): void {
    this.waitsForKey = true
  }

  get newestSeconds(): number {
    return this.newest / VIDEO_TIMESCALE
  }

  active(nowMs: number): boolean {
    return nowMs - this.lastArrivalMs < ACTIVE_MS
  }

  passed(seconds: number): boolean {
    return this.newest >= seconds * VIDEO_TIMESCALE
  }

  /** The first key frame after `from` and up to `to`, in seconds. */
  keyWithin(from: number, to: number): { seconds: number; parametersChange: boolean } | undefined {
    const [first, last] = [ticksOf(from), ticksOf(to)]
    const key = this.pending.find(({ key, at }) => key && at > first && at <= last)
    if (!key) return
    return { seconds: key.at / VIDEO_TIMESCALE, parametersChange: key.parameters?.id !== this.parameters?.id }
  }

  /**
   * The pictures between two moments, the first of them exactly at `from`; undefined before the first key frame.
   * `begins`: a segment does, so that it should be a key frame. `beforeKey`: one ends, for the sake of a key frame that may
   * have come a little earlier, and is left for the next.
   */
  cut(from: number, to: number, begins: boolean, beforeKey = false): Sample[] | undefined {
    const [start, end] = [ticksOf(from), ticksOf(to)]
    const count = this.pending.findIndex(({ at, key }) => at >= end || (beforeKey && key && at > start))
    const pictures = this.pending.splice(0, count < 0 ? this.pending.length : count)
    this.done = end
    if (begins) this.beginWithKey(pictures, start)
    if (!this.parameters && !pictures[0]?.key) this.dropUntilKey(pictures)
    if (!this.parameters && pictures.length === 0) return
    if (pictures.length === 0 || pictures[0]!.at > start) this.fillStart(pictures, start, begins)
    return this.samplesOf(pictures, end)
  }

  private dropUntilKey(pictures: Picture[]): void {
    const key = pictures.findIndex((picture) => picture.key)
    pictures.splice(0, key < 0 ? pictures.length : key)
  }

  /** What comes before a key frame is not needed after it. */
  private beginWithKey(pictures: Picture[], start: number): void {
    const key = pictures.findIndex((picture) => picture.key && picture.at <= start + ticksOf(KEY_REACH_SECONDS))
    if (key < 0) return
    pictures.splice(0, key)
    pictures[0]!.at = start
  }

  private fillStart(pictures: Picture[], start: number, begins: boolean): void {
    const [first] = pictures
    const gap = first ? first.at - start : Number.POSITIVE_INFINITY
    const { parameters, lastKey } = this
    const mayPull = !parameters?.fillable || !parameters.lastIsReference
    if (first && (gap <= SNAP_TICKS || !parameters || (mayPull && gap <= PULL_TICKS))) {
      first.at = start
      return
    }
    if (lastKey && ((begins && !first) || !parameters!.fillable)) {
      if (first && !first.key) this.restart(pictures)
      pictures.unshift({ ...lastKey, at: start })
      if (!pictures[1]) this.restart(this.pending)
      return
    }
    this.deps.health.fillers += 1
    pictures.unshift({ at: start, key: false, units: [], parameters: undefined })
  }

  /** After an old key frame was shown again only a new one can go on. */
  private restart(pictures: Picture[]): void {
    this.dropUntilKey(pictures)
    if (pictures.length > 0) return
    this.dropUntilKey(this.pending)
    if (this.pending.length === 0) this.waitsForKey = true
  }

  private samplesOf(pictures: Picture[], end: number): Sample[] {
    spread(pictures, end)
    return pictures.map((picture, index) => {
      if (picture.key && picture.parameters) {
        this.parameters = picture.parameters
        this.lastKey = picture
      }
      const next = pictures[index + 1]
      const ticks = Math.max(1, (next?.at ?? end) - picture.at)
      const filler = picture.units.length === 0
      const units = filler ? [this.parameters!.fill()] : this.parameters!.numbered(picture.units)
      return { ticks, key: picture.key, units }
    })
  }
}

/** Makes every picture later than the one before it, as those are not that came too late or were moved. */
function spread(pictures: Picture[], end: number): void {
  const room = end - (pictures[0]?.at ?? end)
  const step = Math.max(1, Math.min(LEAST_TICKS, Math.floor(room / pictures.length)))
  for (let index = 1; index < pictures.length; index++)
    pictures[index]!.at = Math.max(pictures[index]!.at, pictures[index - 1]!.at + step)
}

const ticksOf = (seconds: number) => Math.round(seconds * VIDEO_TIMESCALE)
