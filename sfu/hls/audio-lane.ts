/** The sound of a broadcast: packets of Opus without a gap, silence where none came. */
import type { RtpClock } from './clock.ts'
import { AUDIO_TIMESCALE, type Sample } from './fmp4.ts'
import { opusTicks, SILENCE, SILENCE_TICKS } from './opus.ts'
import type { BroadcastHealth } from './ports.ts'
import { parseRtp, Reorder } from './rtp.ts'

const REORDER_MS = 120
const TICKS_PER_MS = AUDIO_TIMESCALE / 1000
/** A packet that is off by less is put where the last one ended. */
const TOLERANCE_TICKS = 30 * TICKS_PER_MS
const MOST_PENDING = 500
/** Without a packet for so long nobody speaks. */
const ACTIVE_MS = 400

type Packet = { at: number; ticks: number; payload: Buffer }

/** One stream of packets: a microphone. */
export class AudioInput {
  private readonly lane: AudioLane
  private readonly clock: RtpClock
  private readonly reorder: Reorder

  constructor(lane: AudioLane, clock: RtpClock) {
    this.lane = lane
    this.clock = clock
    const { health } = lane
    this.reorder = new Reorder(
      ({ payload, timestamp, arrivalMs }) => lane.take(payload, clock.at(timestamp, arrivalMs), arrivalMs),
      (count) => {
        health.lost += count
      },
      REORDER_MS,
    )
  }

  push(bytes: Buffer, arrivalMs: number): void {
    this.lane.health.packets += 1
    const packet = parseRtp(bytes, arrivalMs)
    if (packet) this.reorder.push(packet)
  }

  reported(ntpMs: number, timestamp: number, arrivalMs: number): void {
    this.clock.reported(ntpMs, timestamp, arrivalMs)
  }

  drain(nowMs: number): void {
    this.reorder.drain(nowMs)
  }
}

export class AudioLane {
  readonly health: BroadcastHealth
  /** How late packets come at most, in milliseconds. */
  delayMs = 0
  private readonly startedAt: number
  private pending: Packet[] = []
  /** Where the next packet goes, in ticks of media time. */
  private cursor: number | undefined
  private lastArrivalMs = Number.NEGATIVE_INFINITY
  private newest = Number.NEGATIVE_INFINITY

  constructor(startedAt: number, health: BroadcastHealth) {
    this.startedAt = startedAt
    this.health = health
  }

  take(payload: Buffer, capturedMs: number, arrivalMs: number): void {
    const ticks = opusTicks(payload)
    if (ticks === 0 || this.pending.length > MOST_PENDING) return
    const at = Math.round((capturedMs - this.startedAt) * TICKS_PER_MS)
    this.pending.push({ at, ticks, payload })
    this.newest = Math.max(this.newest, at + ticks)
    this.lastArrivalMs = arrivalMs
    this.delayMs = Math.max(arrivalMs - capturedMs, this.delayMs - 0.2)
  }

  active(nowMs: number): boolean {
    return nowMs - this.lastArrivalMs < ACTIVE_MS
  }

  passed(seconds: number): boolean {
    return this.newest >= seconds * AUDIO_TIMESCALE
  }

  /** The packets from where the last ones ended up to the one that ends nearest to `to`. */
  cut(from: number, to: number): { at: number; samples: Sample[]; seconds: number } {
    this.cursor ??= Math.round(from * AUDIO_TIMESCALE)
    const at = this.cursor
    const end = to * AUDIO_TIMESCALE
    const samples: Sample[] = []
    while (this.cursor < end - SILENCE_TICKS / 2) {
      const { payload, ticks } = this.next(this.cursor)
      samples.push({ ticks, key: true, units: [[payload]] })
      this.cursor += ticks
    }
    return { at, samples, seconds: (this.cursor - at) / AUDIO_TIMESCALE }
  }

  private next(cursor: number): { payload: Buffer; ticks: number } {
    while (this.pending.length > 0 && this.pending[0]!.at < cursor - TOLERANCE_TICKS) {
      this.pending.shift()
      this.health.late += 1
    }
    if (this.pending.length > 0 && this.pending[0]!.at <= cursor + TOLERANCE_TICKS) return this.pending.shift()!
    this.health.silences += 1
    return { payload: SILENCE, ticks: SILENCE_TICKS }
  }
}
