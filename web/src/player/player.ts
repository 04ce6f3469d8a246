/** Plays one video lesson on one device: asks for the right, keeps it, goes on where the viewer was, and tells how far. */
import type { PlayAnswer } from '../../../src/playback/schema.ts'
import { codeOf } from '../api/errors.ts'
import { Store } from '../store.ts'
import { grantOf } from './grant.ts'
import type { openStream, Quality, Stream } from './stream.ts'
import { type Range, Watched } from './watched.ts'

/** A lease that is not renewed for half a minute is free for others. */
const RENEW_LEASE_MS = 12_000
const REPORT_MS = 10_000
const RETRY_MS = 3000
/** So often without a picture in between, and it is given up. */
const MOST_FAILURES = 5
/** A new address is asked for when so much of its time is left. */
const RENEW_LEFT = 0.5

export type PlayerView = {
  /**
   * `opening`: asking the server; `ready`: may be played; `elsewhere`: another device plays, and may be taken over from;
   * `locked`: no right any more; `failed`: with a code.
   */
  phase: 'opening' | 'ready' | 'elsewhere' | 'locked' | 'failed'
  code: string | null
  playing: boolean
  /** The picture waits for the network. */
  waiting: boolean
  ended: boolean
  positionMs: number
  bufferedMs: number
  /** Of all of it, also in a trial. */
  durationMs: number
  /** How much may be watched; null: all. */
  trialMs: number | null
  trialOver: boolean
  speed: number
  quality: Quality
  qualities: number[]
  /** The height on the screen now. */
  height: number
  posterUrl: string | null
  /** Of a class that is over: its chapters, and how the places of the video are those of the class. */
  replay: PlayAnswer['replay']
  /** Where what happened in that class is read; null for a film. */
  eventsUrl: string | null
  watermark: string | null
}

const initial: PlayerView = {
  phase: 'opening',
  code: null,
  playing: false,
  waiting: false,
  ended: false,
  positionMs: 0,
  bufferedMs: 0,
  durationMs: 0,
  trialMs: null,
  trialOver: false,
  speed: 1,
  quality: 'auto',
  qualities: [],
  height: 0,
  posterUrl: null,
  replay: null,
  eventsUrl: null,
  watermark: null,
}

export type PlayerDeps = {
  playerId: string
  play: (request: { playerId: string; takeOver?: boolean }) => Promise<PlayAnswer>
  renewLease: (playerId: string) => Promise<void>
  releaseLease: (playerId: string) => Promise<void>
  report: (report: { positionMs: number; watched: Range[] }) => Promise<unknown>
  openStream: typeof openStream
}

export class Player {
  readonly view = new Store<PlayerView>(initial)
  readonly #deps: PlayerDeps
  readonly #watched = new Watched()
  readonly #timers: ReturnType<typeof setInterval>[] = []
  #video: HTMLVideoElement | null = null
  #stream: Stream | null = null
  #renewing: ReturnType<typeof setTimeout> | undefined
  #retrying: ReturnType<typeof setTimeout> | undefined
  #reported = -1
  #failures = 0
  #generation = 0
  #closed = false
  /** It played before it was covered. */
  #uncovering = false

  constructor(deps: PlayerDeps, speed = 1) {
    this.#deps = deps
    this.view.patch({ speed })
    this.#timers.push(
      setInterval(() => this.#keepLease(), RENEW_LEASE_MS),
      setInterval(() => void this.report(), REPORT_MS),
    )
  }

  /** Plays in this element from now on; `takeOver` stops another device. */
  async open(video: HTMLVideoElement, takeOver = false): Promise<void> {
    this.#video = video
    await this.#begin(takeOver)
  }

  takeOver = (): Promise<void> => this.#begin(true, true)
  retry = (): Promise<void> => {
    this.#failures = 0
    return this.#begin(false)
  }

  toggle = (): void => (this.view.get().playing ? this.pause() : this.play())

  play = (): void => {
    const { phase, ended, trialOver } = this.view.get()
    if (phase !== 'ready' || trialOver || !this.#video) return
    if (ended) this.seek(0)
    void this.#video.play().catch(() => {})
    this.#keepLease(true)
  }

  pause = (): void => this.#video?.pause()

  /** Waits while the viewer's mark is hidden, and goes on if it was playing. */
  cover = (covered: boolean): void => {
    this.#uncovering ||= covered && this.view.get().playing
    if (covered) this.pause()
    else if (this.#uncovering) this.play()
    if (!covered) this.#uncovering = false
  }

  /** Never beyond what may be watched. */
  seek = (toMs: number): void => {
    if (!this.#video || this.view.get().phase !== 'ready') return
    const { durationMs, trialMs } = this.view.get()
    const to = Math.max(0, Math.min(toMs, durationMs, trialMs ?? Number.POSITIVE_INFINITY))
    this.#watched.interrupted()
    this.#video.currentTime = to / 1000
    this.view.patch({ positionMs: to, ended: false, trialOver: trialMs !== null && to >= trialMs })
    if (this.view.get().trialOver) this.pause()
  }

  skip = (byMs: number): void => this.seek(this.view.get().positionMs + byMs)

  setSpeed = (speed: number): void => {
    if (this.#video) this.#video.playbackRate = speed
    this.view.patch({ speed })
  }

  setQuality = (quality: Quality): void => {
    this.#stream?.setQuality(quality)
    this.view.patch({ quality })
  }

  /** Something about the viewer's rights has changed: looks at once whether they still stand, or reach further. */
  async check(): Promise<void> {
    const { phase } = this.view.get()
    if (phase === 'opening' || phase === 'elsewhere') return
    const generation = this.#generation
    try {
      const answer = await this.#deps.play({ playerId: this.#deps.playerId })
      if (generation !== this.#generation) return
      const trialMs = trialOf(answer)
      if (phase === 'ready' && trialMs === this.view.get().trialMs) this.#renewed(answer)
      else await this.#start(answer, this.view.get().positionMs, this.view.get().playing)
    } catch (error) {
      if (generation === this.#generation) this.#refused(error)
    }
  }

  /** Another player of this person plays now. */
  otherPlays(playerId: string): void {
    if (playerId === this.#deps.playerId || this.view.get().phase === 'elsewhere') return
    this.#stop({ phase: 'elsewhere', code: 'taken_over' })
  }

  /** The element says that something about it has changed. */
  noticed = (event: string): void => {
    const video = this.#video
    if (!video || this.view.get().phase !== 'ready') return
    const positionMs = Math.round(video.currentTime * 1000)
    if (event === 'timeupdate' && !video.seeking && !video.paused) this.#played(positionMs, video.playbackRate)
    if (event === 'seeking' || event === 'pause') this.#watched.interrupted()
    const { trialMs } = this.view.get()
    const trialOver = trialMs !== null && (positionMs >= trialMs || video.ended)
    this.view.patch({
      positionMs: trialMs === null ? positionMs : Math.min(positionMs, trialMs),
      bufferedMs: bufferedOf(video),
      playing: !video.paused && !video.ended,
      waiting: !video.paused && !video.ended && video.readyState < video.HAVE_FUTURE_DATA,
      ended: video.ended && trialMs === null,
      trialOver,
    })
    if (trialOver && !video.paused) video.pause()
    if (event === 'pause' || event === 'ended') void this.report()
  }

  #played(positionMs: number, speed: number): void {
    this.#failures = 0
    this.#watched.played(positionMs, speed)
  }

  /** Tells the server where the viewer is and what was watched, if that has changed. */
  async report(): Promise<void> {
    const { positionMs, phase } = this.view.get()
    const watched = this.#watched.ranges()
    if (phase === 'opening' || (watched.length === 0 && this.#reported === positionMs)) return
    if (this.#reported === -1 && watched.length === 0) return
    try {
      await this.#deps.report({ positionMs, watched })
      this.#reported = positionMs
      this.#watched.confirmed(watched)
    } catch {
      // It is told again with what comes next.
    }
  }

  close(): void {
    if (this.#closed) return
    void this.report()
    this.#closed = true
    this.#stop({})
    for (const timer of this.#timers) clearInterval(timer)
    void this.#deps.releaseLease(this.#deps.playerId).catch(() => {})
  }

  async #begin(takeOver: boolean, play = false): Promise<void> {
    const { positionMs, durationMs } = this.view.get()
    this.#stop({ phase: 'opening', code: null })
    const generation = this.#generation
    try {
      const { playerId } = this.#deps
      const answer = await this.#deps.play({ playerId, ...(takeOver && { takeOver }) })
      if (generation !== this.#generation) return
      await this.#start(answer, durationMs > 0 ? positionMs : answer.positionMs, play)
    } catch (error) {
      if (generation === this.#generation) this.#refused(error)
    }
  }

  async #start(answer: PlayAnswer, fromMs: number, play: boolean): Promise<void> {
    this.#stop({ phase: 'opening', code: null })
    const generation = this.#generation
    const video = this.#video!
    const trialMs = trialOf(answer)
    const positionMs = trialMs !== null && fromMs >= trialMs ? 0 : fromMs
    const { durationMs, posterUrl, watermark, replay, url, kind } = answer
    this.view.patch({
      positionMs,
      durationMs: durationMs ?? 0,
      trialMs,
      trialOver: false,
      ended: false,
      posterUrl,
      replay,
      watermark,
    })
    const stream = await this.#deps.openStream(video, { url, positionMs, kind }, this.#streamEvents(generation))
    if (generation !== this.#generation) return stream.close()
    this.#stream = stream
    this.#renewed(answer)
    video.playbackRate = this.view.get().speed
    this.view.patch({ phase: 'ready', code: null })
    if (play) this.play()
  }

  #streamEvents(generation: number) {
    const current = () => generation === this.#generation
    return {
      qualities: (qualities: number[]) => current() && this.view.patch({ qualities }),
      quality: (height: number) => current() && this.view.patch({ height }),
      failed: (status: number | undefined) => current() && this.#failed(status),
    }
  }

  /** The server refused something, or could not be reached: what that means is asked, not guessed. */
  #failed(status: number | undefined): void {
    this.view.patch({ waiting: true })
    clearTimeout(this.#retrying)
    if (++this.#failures > MOST_FAILURES) {
      this.#stop({ phase: 'failed', code: 'unavailable' })
      return
    }
    const again = () => {
      const { positionMs, playing } = this.view.get()
      const generation = this.#generation
      this.#deps.play({ playerId: this.#deps.playerId }).then(
        (answer) => generation === this.#generation && void this.#start(answer, positionMs, playing),
        (error) => generation === this.#generation && this.#refused(error),
      )
    }
    if (status && status < 500) again()
    else this.#retrying = setTimeout(again, RETRY_MS)
  }

  #refused(error: unknown): void {
    const code = codeOf(error)
    if (code === 'offline' || code === 'unavailable') {
      clearTimeout(this.#retrying)
      this.view.patch({ waiting: true, code })
      this.#retrying = setTimeout(() => void this.#begin(false, this.view.get().playing), RETRY_MS)
      return
    }
    const elsewhere = code === 'playing_elsewhere' || code === 'taken_over'
    const locked = ['not_entitled', 'trial_ended', 'unauthorized', 'forbidden'].includes(code)
    this.#stop({ phase: elsewhere ? 'elsewhere' : locked ? 'locked' : 'failed', code })
  }

  #renewed({ url, expiresInSeconds, kind }: PlayAnswer): void {
    this.#stream?.renew(url)
    this.view.patch({ eventsUrl: kind === 'replay' ? `${grantOf(url)}events` : null })
    clearTimeout(this.#renewing)
    this.#renewing = setTimeout(() => void this.check(), expiresInSeconds * 1000 * RENEW_LEFT)
  }

  /** Only who plays keeps others from playing. */
  #keepLease(now = false): void {
    const { phase, playing } = this.view.get()
    if (phase !== 'ready' || (!playing && !now)) return
    const generation = this.#generation
    this.#deps.renewLease(this.#deps.playerId).catch((error) => {
      if (generation === this.#generation && codeOf(error) === 'taken_over') this.#refused(error)
    })
  }

  #stop(change: Partial<PlayerView>): void {
    this.#generation++
    clearTimeout(this.#renewing)
    clearTimeout(this.#retrying)
    this.#watched.interrupted()
    this.#video?.pause()
    this.#stream?.close()
    this.#stream = null
    this.view.patch({ playing: false, waiting: false, bufferedMs: 0, ...change })
  }
}

const trialOf = ({ trialSeconds }: PlayAnswer) => (trialSeconds === null ? null : trialSeconds * 1000)

/** The end of what is here and belongs to the present place. */
function bufferedOf({ buffered, currentTime }: HTMLVideoElement): number {
  for (let index = 0; index < buffered.length; index++)
    if (buffered.start(index) <= currentTime + 0.1 && currentTime <= buffered.end(index))
      return Math.round(buffered.end(index) * 1000)
  return 0
}
