/** One rendition of a broadcast: parts become segments, segments a window, and who asks for what comes next waits here. */
import { lowLatencyPlaylist, olderText, type PlaylistView, type Report, standardPlaylist } from './playlist.ts'
import type { HlsOptions, PlaylistAnswer, PlaylistAsk } from './ports.ts'

/** Bytes stay in memory this long past the edge; playlists list parts for nine seconds of it. */
const MEMORY_SECONDS = 20
/** So many segments are worth keeping their text. */
const LONG = 50
/** In target durations: how long a request may wait. */
const PATIENCE = 3
/** How far ahead of the last part a request may be, in seconds: the RFC's Advance Part Limit. */
const ADVANCE_SECONDS = 3

export type Part = { seconds: number; independent: boolean; bytes: Buffer }
export type SegmentStart = {
  msn: number
  startSeconds: number
  init: number
  discontinuity: boolean
  independent: boolean
}
export type Segment = SegmentStart & {
  parts: Part[]
  seconds: number
  /** Of the whole segment; known once it is finished. */
  sizeBytes: number
  /** Gone when it has left the memory. */
  bytes: Buffer | undefined
  /** Until it is in the store it can be read only while it is in memory. */
  stored: boolean
}

export type RenditionDeps = {
  id: string
  startedAt: number
  firstMsn: number
  firstInit: number
  /** Discontinuities of the broadcast before its first segment: players match renditions by their count. */
  discontinuitiesBefore: number
  options: HlsOptions
  /** Puts a finished segment away; false where that failed. */
  store: (segment: Segment & { bytes: Buffer }) => Promise<boolean>
  storeInit: (bytes: Buffer, init: number) => void
  read: (msn: number) => Promise<Buffer | undefined>
  /** What the other renditions have. */
  reports: () => Report[]
}

type Waiter = { satisfied: () => boolean; resolve: (satisfied: boolean) => void; timer: NodeJS.Timeout }

export class Rendition {
  readonly id: string
  readonly segments: Segment[] = []
  open: Segment | undefined
  ended = false
  private readonly deps: RenditionDeps
  private readonly inits = new Map<number, Buffer>()
  private nextInit: number
  private nextMsn: number
  private discontinuitySequence: number
  private readonly waiters = new Set<Waiter>()
  private readonly storing = new Set<Promise<void>>()
  private readonly texts = new Map<string, string>()

  constructor(deps: RenditionDeps) {
    this.id = deps.id
    this.deps = deps
    this.nextMsn = deps.firstMsn
    this.nextInit = deps.firstInit
    this.discontinuitySequence = deps.discontinuitiesBefore
  }

  /** Takes an init segment on, and gives its number. */
  addInit(bytes: Buffer): number {
    const init = this.nextInit++
    this.inits.set(init, bytes)
    this.deps.storeInit(bytes, init)
    return init
  }

  init(number: number): Buffer | undefined {
    return this.inits.get(number)
  }

  /** Goes on with this segment after a break: nothing before it is listed any more, for numbers are counted from the first. */
  goOnFrom(msn: number, discontinuitiesBefore: number): void {
    this.segments.length = 0
    this.nextMsn = msn
    this.discontinuitySequence = discontinuitiesBefore
  }

  /** How many discontinuities the broadcast had before this segment. */
  discontinuitiesBefore(msn: number): number {
    const listed = [...this.segments, ...(this.open ? [this.open] : [])]
    return this.discontinuitySequence + listed.filter((each) => each.discontinuity && each.msn < msn).length
  }

  begin(start: SegmentStart): void {
    this.open = { ...start, parts: [], seconds: 0, sizeBytes: 0, bytes: undefined, stored: false }
    this.nextMsn = start.msn
  }

  add(part: Part): void {
    const segment = this.open!
    segment.parts.push(part)
    segment.seconds += part.seconds
    segment.sizeBytes += part.bytes.length
  }

  /** The open segment is whole: it is stored, and what is too old leaves the memory and the window. */
  finish(): void {
    const segment = this.open
    this.open = undefined
    if (!segment || segment.parts.length === 0) return
    segment.bytes = Buffer.concat(segment.parts.map(({ bytes }) => bytes))
    let offset = 0
    for (const part of segment.parts) {
      part.bytes = segment.bytes.subarray(offset, offset + part.bytes.length)
      offset += part.bytes.length
    }
    this.segments.push(segment)
    this.nextMsn = segment.msn + 1
    this.put(segment as Segment & { bytes: Buffer })
    this.forget(segment.startSeconds + segment.seconds)
  }

  /** Tells those who wait. Called once all renditions have what is new, so that their reports of each other are true. */
  announce(): void {
    this.texts.clear()
    for (const waiter of this.waiters) if (waiter.satisfied()) this.release(waiter, true)
  }

  /** Nothing comes any more; resolves when all is stored. */
  async end(): Promise<void> {
    this.finish()
    this.ended = true
    this.announce()
    await Promise.all(this.storing)
  }

  /** The last part that is there. */
  get edge(): { msn: number; part: number } | undefined {
    const last = this.open?.parts.length ? this.open : this.segments.at(-1)
    return last && { msn: last.msn, part: last.parts.length - 1 }
  }

  report(): Report[] {
    return this.edge ? [{ id: this.id, ...this.edge }] : []
  }

  async playlist({ msn, part, skip = false }: PlaylistAsk): Promise<PlaylistAnswer> {
    if (msn !== undefined) {
      if (this.tooFar(msn, part)) return { text: '', status: 'too_far' }
      if (!(await this.wait(() => this.has(msn, part)))) return { text: '', status: 'timeout' }
    } else if (part !== undefined) return { text: '', status: 'too_far' }
    return { text: this.text(skip), status: 'ok' }
  }

  standardPlaylist(keyLine: (msn: number) => string, segmentUri: (msn: number) => string): string {
    return standardPlaylist(this.view, this.deps.options, keyLine, segmentUri)
  }

  async part(msn: number, part: number): Promise<Buffer | undefined> {
    if (!this.segmentOf(msn)?.parts[part] && !this.tooFar(msn, part)) await this.wait(() => this.has(msn, part))
    return this.segmentOf(msn)?.parts[part]?.bytes
  }

  async segment(msn: number): Promise<Buffer | undefined> {
    const known = this.segments.find((segment) => segment.msn === msn)
    return known ? (known.bytes ?? this.deps.read(msn)) : undefined
  }

  /** Resolves to false where it does not come true in time. */
  wait(satisfied: () => boolean): Promise<boolean> {
    if (satisfied()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const patience = PATIENCE * this.deps.options.targetDurationSeconds * 1000
      const waiter: Waiter = { satisfied, resolve, timer: setTimeout(() => this.release(waiter, false), patience) }
      this.waiters.add(waiter)
    })
  }

  private release(waiter: Waiter, satisfied: boolean): void {
    clearTimeout(waiter.timer)
    this.waiters.delete(waiter)
    waiter.resolve(satisfied)
  }

  private segmentOf(msn: number): Segment | undefined {
    return this.open?.msn === msn ? this.open : this.segments.find((segment) => segment.msn === msn)
  }

  /** Whether a playlist would hold this part or a later one; without a part, the whole segment. */
  private has(msn: number, part: number | undefined): boolean {
    if (this.ended) return true
    const { edge } = this
    if (!edge) return false
    const lastWhole = this.segments.at(-1)?.msn ?? Number.NEGATIVE_INFINITY
    if (part === undefined || msn < lastWhole) return msn <= lastWhole
    // A part past the end of a segment is the first of the next one.
    if (msn === lastWhole) return part < this.segments.at(-1)!.parts.length || edge.msn > msn
    return edge.msn > msn || (edge.msn === msn && edge.part >= part)
  }

  private tooFar(msn: number, part = 0): boolean {
    if (this.ended) return false
    const lastWhole = this.segments.at(-1)?.msn ?? this.nextMsn - 1
    const last = this.edge ?? { msn: this.nextMsn, part: -1 }
    const advance = Math.ceil(ADVANCE_SECONDS / this.deps.options.partSeconds)
    return msn > lastWhole + 2 || (msn === last.msn && part > last.part + advance)
  }

  private text(skip: boolean): string {
    const kind = skip ? 'skip' : 'full'
    const known = this.texts.get(kind)
    if (known !== undefined) return known
    const text = lowLatencyPlaylist(this.view, this.deps.options, this.deps.reports(), skip, this.older)
    this.texts.set(kind, text)
    return text
  }

  /** The long part of a long window, which changes with segments only. */
  private olderKept: { key: string; text: string } = { key: '', text: '' }
  private readonly older = (segments: readonly { msn: number }[], init: number | undefined): string => {
    const key = `${segments[0]?.msn} ${segments.length} ${init}`
    if (segments.length < LONG) return olderText(this.deps.startedAt, segments as Segment[], init)
    if (this.olderKept.key !== key)
      this.olderKept = { key, text: olderText(this.deps.startedAt, segments as Segment[], init) }
    return this.olderKept.text
  }

  private get view(): PlaylistView {
    const { segments, open, nextMsn, discontinuitySequence, ended } = this
    return { startedAt: this.deps.startedAt, segments, open, nextMsn, discontinuitySequence, ended }
  }

  private put(segment: Segment & { bytes: Buffer }): void {
    const storing = this.deps.store(segment).then((stored) => {
      segment.stored = stored
      this.storing.delete(storing)
    })
    this.storing.add(storing)
  }

  private forget(edgeSeconds: number): void {
    for (const segment of this.segments) {
      if (segment.startSeconds + segment.seconds > edgeSeconds - MEMORY_SECONDS) break
      this.dropBytes(segment)
    }
    const { windowSeconds } = this.deps.options
    const lost = this.segments.findLastIndex(({ stored, bytes }) => !stored && !bytes)
    const kept = this.segments.findIndex(
      ({ startSeconds, seconds }, index) => index > lost && startSeconds + seconds > edgeSeconds - windowSeconds,
    )
    this.leaveOut(kept)
  }

  /** What is still in memory stays. */
  forgetBefore(msn: number): void {
    this.leaveOut(this.segments.findIndex((segment) => segment.msn >= msn || segment.bytes !== undefined))
    this.announce()
  }

  /** Those before this place are not played any more. */
  private leaveOut(place: number): void {
    const gone = this.segments.splice(0, Math.max(0, place))
    this.discontinuitySequence += gone.filter(({ discontinuity }) => discontinuity).length
    const oldest = this.segments[0]?.init ?? 0
    for (const init of this.inits.keys()) if (init < oldest) this.inits.delete(init)
  }

  private dropBytes(segment: Segment): void {
    segment.bytes = undefined
    segment.parts = []
  }
}
