/** Plays the broadcast of one class in a `<video>`: at the live edge, or where the viewer went back to. */
import { codeOf } from '../api/errors.ts'
import { Store } from '../store.ts'
import { grantOf } from './grant.ts'
import type { LiveStream, openLive } from './live-stream.ts'
import type { Quality } from './stream.ts'

/** What of the server's answer is read here. */
export type LiveAnswer = {
  url: string
  expiresInSeconds: number
  live: { startedAt: number; partSeconds: number; windowSeconds: number } | null
  watermark: string | null
}

export type BroadcastView = {
  /**
   * `opening`: asking, or asking again; `ready`: plays; `elsewhere`: another device plays, and may be taken over from;
   * `locked`: no right any more.
   */
  phase: 'closed' | 'opening' | 'ready' | 'elsewhere' | 'locked'
  code: string | null
  /** Something was shown since it was opened. */
  moving: boolean
  playing: boolean
  /** The picture waits for the network. */
  waiting: boolean
  /** At the live edge, and staying there. */
  following: boolean
  /** In media time of the class. */
  positionMs: number
  fromMs: number
  edgeMs: number
  /** From the teacher to this screen, on the server's clock. */
  latencyMs: number | null
  quality: Quality
  qualities: number[]
  /** The height on the screen now. */
  height: number
  watermark: string | null
  /** Where what was done to the board so far is asked for. */
  boardUrl: string | null
}

export const closedBroadcast: BroadcastView = {
  phase: 'closed',
  code: null,
  moving: false,
  playing: false,
  waiting: false,
  following: true,
  positionMs: 0,
  fromMs: 0,
  edgeMs: 0,
  latencyMs: null,
  quality: 'auto',
  qualities: [],
  height: 0,
  watermark: null,
  boardUrl: null,
}

const LOOK_MS = 500
/** A longer pause between two looks: the page was frozen, or the machine asleep. */
const ASLEEP_MS = 5000
const RENEW_LEASE_MS = 12_000
/** A new address is asked for when so much of its time is left. */
const RENEW_LEFT = 0.5
const RETRY_MS = [0, 500, 1000, 2000, 4000, 8000]
/** What keeps to the edge and is this far behind for so long is brought back. */
const FAR_MS = 4000
const FAR_FOR_MS = 1000
/** A picture that stands still for so long is opened anew. */
const STILL_FOR_MS = 8000
/** With the network just back, or after a sleep, after this. */
const STILL_SHORTLY_MS = 1500
/** One who was left behind by the window goes on a little after its beginning. */
const WINDOW_MARGIN_MS = 4000

const refusals = new Set(['not_entitled', 'trial_ended', 'unauthorized', 'forbidden', 'removed', 'banned'])

export type BroadcastDeps = {
  playerId: string
  play: (request: { playerId: string; takeOver?: boolean }) => Promise<LiveAnswer>
  renewLease: (playerId: string) => Promise<void>
  releaseLease: (playerId: string) => Promise<void>
  openLive: typeof openLive
  /** Milliseconds since 1970 on the server's clock. */
  now: () => number
}

export type OpenAt = {
  /** The media time to begin at; null for the live edge. */
  atMs?: number | null
  playing?: boolean
  /** The network is known to be weak. */
  weak?: boolean
}

export class BroadcastPlayer {
  readonly view = new Store<BroadcastView>(closedBroadcast)
  readonly #deps: BroadcastDeps
  #video: HTMLVideoElement | null = null
  #stream: LiveStream | null = null
  #startedAt = 0
  #weak = false
  /** Where it is to be: what a new opening goes on from. */
  #wanted = { atMs: null as number | null, playing: true }
  #generation = 0
  #failures = 0
  #retrying: ReturnType<typeof setTimeout> | undefined
  #renewing: ReturnType<typeof setTimeout> | undefined
  #timers: ReturnType<typeof setInterval>[] = []
  #seen = { at: 0, positionMs: -1, movedAt: 0, nearAt: 0, patienceMs: STILL_FOR_MS }

  constructor(deps: BroadcastDeps) {
    this.#deps = deps
  }

  /** Plays in this element from now on. Whoever has a place in the room takes over from their other devices. */
  open(video: HTMLVideoElement, { atMs = null, playing = true, weak = false }: OpenAt = {}): void {
    this.close()
    this.#video = video
    this.#weak = weak
    this.#wanted = { atMs, playing }
    this.#failures = 0
    this.view.patch({ phase: 'opening', following: atMs === null, positionMs: atMs ?? 0 })
    video.addEventListener('timeupdate', this.#look)
    globalThis.addEventListener?.('online', this.#hurry)
    globalThis.document?.addEventListener('visibilitychange', this.#look)
    globalThis.document?.addEventListener('resume', this.#look)
    this.#timers = [setInterval(this.#look, LOOK_MS), setInterval(() => this.#keepLease(), RENEW_LEASE_MS)]
    void this.#begin(true)
  }

  close(): void {
    if (!this.#video) return
    this.#stop()
    for (const timer of this.#timers) clearInterval(timer)
    this.#video.removeEventListener('timeupdate', this.#look)
    globalThis.removeEventListener?.('online', this.#hurry)
    globalThis.document?.removeEventListener('visibilitychange', this.#look)
    globalThis.document?.removeEventListener('resume', this.#look)
    this.#video = null
    const { quality, watermark } = this.view.get()
    this.view.set({ ...closedBroadcast, quality, watermark })
    void this.#deps.releaseLease(this.#deps.playerId).catch(() => {})
  }

  takeOver = (): void => {
    void this.#begin(true)
  }

  play = (): void => {
    this.#wanted.playing = true
    this.#start()
  }

  /** Whoever pauses a class stays where they are in it. */
  pause = (): void => {
    this.#wanted.playing = false
    this.#stay(this.view.get().positionMs)
    this.#video?.pause()
  }

  /** To a place in the media time of the class; one at the edge is the edge. */
  seek = (toMs: number): void => {
    const { fromMs, edgeMs } = this.view.get()
    if (this.#stream && edgeMs > 0 && toMs >= edgeMs - FAR_MS / 2) {
      this.toLive()
      return
    }
    const to = Math.max(toMs, fromMs)
    this.#stay(to)
    this.#stream?.seek(to)
  }

  toLive = (): void => {
    this.#wanted = { atMs: null, playing: true }
    this.view.patch({ following: true })
    this.#seen.nearAt = this.#deps.now()
    this.#stream?.follow(true)
    this.#stream?.toEdge()
    this.#start()
  }

  setQuality = (quality: Quality): void => {
    this.#stream?.setQuality(quality)
    this.view.patch({ quality })
  }

  /** Another player of this person plays now. */
  otherPlays(playerId: string): void {
    if (playerId === this.#deps.playerId || this.view.get().phase === 'closed') return
    this.#refused({ code: 'taken_over' })
  }

  /** Something about the viewer's rights has changed: looks at once whether they still stand. */
  async check(): Promise<void> {
    if (this.view.get().phase !== 'ready') return
    const generation = this.#generation
    try {
      const answer = await this.#ask(false)
      if (generation === this.#generation) this.#renewed(answer)
    } catch (error) {
      if (generation === this.#generation) this.#refused(error)
    }
  }

  #stay(atMs: number): void {
    this.#wanted.atMs = atMs
    this.#stream?.follow(false)
    this.view.patch({ following: false, positionMs: atMs })
  }

  async #ask(takeOver: boolean) {
    const { playerId } = this.#deps
    const { live, ...answer } = await this.#deps.play({ playerId, ...(takeOver && { takeOver }) })
    if (!live) throw Object.assign(new Error('the class is not on'), { code: 'not_live' })
    return { ...answer, live }
  }

  async #begin(takeOver = false): Promise<void> {
    this.#stop()
    const video = this.#video!
    const generation = this.#generation
    const current = () => generation === this.#generation
    this.view.patch({ phase: 'opening', moving: false, waiting: true })
    try {
      const answer = await this.#ask(takeOver)
      if (!current()) return
      const { startedAt, partSeconds } = answer.live
      this.#startedAt = startedAt
      const opening = { url: answer.url, startedAt, partSeconds, atMs: this.#wanted.atMs, weak: this.#weak }
      const stream = await this.#deps.openLive(video, opening, this.#events(current))
      if (!current()) return stream.close()
      this.#stream = stream
      this.#renewed(answer)
      const now = this.#deps.now()
      this.#seen = { at: now, positionMs: -1, movedAt: now, nearAt: now, patienceMs: STILL_FOR_MS }
      this.view.patch({ phase: 'ready', code: null })
      this.#start()
    } catch (error) {
      if (current()) this.#refused(error)
    }
  }

  #events(current: () => boolean) {
    return {
      qualities: (qualities: number[]) => current() && this.view.patch({ qualities }),
      quality: (height: number) => current() && this.view.patch({ height }),
      failed: () => current() && this.#again(null),
    }
  }

  #start(): void {
    if (this.#wanted.playing && this.view.get().phase === 'ready') this.#video?.play().catch(() => {})
  }

  /** Asks the server anew, later and later where that does not help. */
  #again(code: string | null): void {
    this.#stop()
    this.view.patch({ phase: 'opening', waiting: true, code })
    const delay = RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)]
    this.#retrying = setTimeout(() => void this.#begin(), delay)
  }

  #refused(error: unknown): void {
    const code = codeOf(error)
    const elsewhere = code === 'playing_elsewhere' || code === 'taken_over'
    if (!elsewhere && !refusals.has(code)) {
      this.#again(code)
      return
    }
    this.#stop()
    this.view.patch({ phase: elsewhere ? 'elsewhere' : 'locked', code, playing: false, waiting: false })
  }

  #renewed({ url, expiresInSeconds, watermark }: Pick<LiveAnswer, 'url' | 'expiresInSeconds' | 'watermark'>): void {
    this.#stream?.renew(url)
    this.view.patch({ watermark, boardUrl: `${grantOf(url)}board` })
    clearTimeout(this.#renewing)
    this.#renewing = setTimeout(() => void this.check(), expiresInSeconds * 1000 * RENEW_LEFT)
  }

  #keepLease(): void {
    const generation = this.#generation
    if (this.view.get().phase !== 'ready') return
    this.#deps.renewLease(this.#deps.playerId).catch((error) => {
      if (generation === this.#generation && codeOf(error) === 'taken_over') this.#refused(error)
    })
  }

  readonly #hurry = (): void => {
    const still = this.#deps.now() - this.#seen.movedAt > STILL_SHORTLY_MS
    if (this.view.get().phase !== 'opening' && !(this.view.get().phase === 'ready' && still)) return
    this.#failures = 0
    void this.#begin()
  }

  /** Tells where it is, and mends what is not where it should be. */
  readonly #look = (): void => {
    const [video, time] = [this.#video, this.#stream?.time()]
    if (!video || !time || this.view.get().phase !== 'ready') return
    const now = this.#deps.now()
    const seen = this.#seen
    const slept = now - seen.at > ASLEEP_MS
    const { following } = this.view.get()
    const latencyMs = now - this.#startedAt - time.positionMs
    const { HAVE_CURRENT_DATA, HAVE_FUTURE_DATA } = video
    // A jump to where nothing has come yet moves no picture.
    const shows = video.readyState >= HAVE_CURRENT_DATA
    const moved = shows && time.positionMs !== seen.positionMs && seen.positionMs !== -1
    const { playing } = this.#wanted
    this.#seen = {
      at: now,
      positionMs: time.positionMs,
      movedAt: moved || video.paused || slept ? now : seen.movedAt,
      nearAt: latencyMs < FAR_MS ? now : seen.nearAt,
      patienceMs: slept ? STILL_SHORTLY_MS : moved ? STILL_FOR_MS : seen.patienceMs,
    }
    if (moved) this.#failures = 0
    if (!following) this.#wanted.atMs = time.positionMs
    this.view.patch({
      ...time,
      latencyMs,
      moving: this.view.get().moving || moved || (shows && !playing),
      playing: !video.paused,
      waiting: !video.paused && video.readyState < HAVE_FUTURE_DATA,
    })
    this.#mend(now, following)
  }

  #mend(now: number, following: boolean): void {
    const { movedAt, nearAt, positionMs, patienceMs } = this.#seen
    const { fromMs } = this.view.get()
    if (now - movedAt > patienceMs) this.#again(null)
    else if (following && now - nearAt > FAR_FOR_MS) this.toLive()
    else if (!following && positionMs < fromMs && this.#wanted.playing) this.seek(fromMs + WINDOW_MARGIN_MS)
  }

  #stop(): void {
    this.#generation++
    clearTimeout(this.#retrying)
    clearTimeout(this.#renewing)
    this.#stream?.close()
    this.#stream = null
  }
}
