/** When something was captured, by the server's clock: RTP time → the sender's clock by its reports → ours. */
import { unwrap } from './rtp.ts'

/** How fast a wrong guess is mended, as a share of the time that passes: nobody sees or hears it. */
const SLEW = 0.05
/** How much of a longer delay of reports is taken for the sender's clock drifting away from ours. */
const DRIFT = 0.02
/** A report that puts packets so far from where they arrived is wrong. */
const LEAST_PLAUSIBLE_MS = 2000
/** RTP time that jumps so far from the time of arrival began anew. */
const NEW_TIME_MS = 5000

/** What the sender's clock is to be moved by: all streams of one sender share it. */
export class SenderOffset {
  /** Undefined before the first report. */
  ms: number | undefined

  /** A report says when it was sent; the fastest one tells the offset best. */
  reported(ntpMs: number, arrivalMs: number): void {
    const seen = arrivalMs - ntpMs
    if (this.ms === undefined || seen < this.ms || seen - this.ms > NEW_TIME_MS) this.ms = seen
    else this.ms += (seen - this.ms) * DRIFT
  }
}

/** The clock of one stream. Until its first report it goes by the packets that were fastest to arrive. */
export class RtpClock {
  private readonly ticksPerMs: number
  private readonly sender: SenderOffset
  private last: number | undefined
  /** The server's time at RTP time zero: as used, and as it should be. */
  private base = 0
  private fastestBase = Number.POSITIVE_INFINITY
  private report: { ntpMs: number; ticks: number } | undefined

  constructor(rate: number, sender: SenderOffset) {
    this.ticksPerMs = rate / 1000
    this.sender = sender
  }

  /** The server's time at which this was captured. */
  at(timestamp: number, arrivalMs: number): number {
    const ticks = this.last === undefined ? timestamp : unwrap(timestamp, this.last, 32)
    const media = ticks / this.ticksPerMs
    const passed = this.last === undefined ? 0 : Math.max(0, ticks - this.last) / this.ticksPerMs
    this.fastestBase = Math.min(this.fastestBase, arrivalMs - media)
    if (this.last === undefined) this.base = this.target()
    else this.base += clamp(this.target() - this.base, passed * SLEW)
    this.last = ticks
    if (Math.abs(media + this.base - arrivalMs) > NEW_TIME_MS) this.startAnew(arrivalMs - media)
    return media + this.base
  }

  /** A sender report: `ntpMs` is when it was sent by the sender's clock, `timestamp` the RTP time then. */
  reported(ntpMs: number, timestamp: number, arrivalMs: number): void {
    this.sender.reported(ntpMs, arrivalMs)
    const ticks = this.last === undefined ? timestamp : unwrap(timestamp, this.last, 32)
    const base = ntpMs + this.sender.ms! - ticks / this.ticksPerMs
    if (this.last !== undefined && Math.abs(base - this.fastestBase) > LEAST_PLAUSIBLE_MS) return
    this.last ??= ticks
    this.report = { ntpMs, ticks }
  }

  private target(): number {
    const { report, sender } = this
    return report ? report.ntpMs + sender.ms! - report.ticks / this.ticksPerMs : this.fastestBase
  }

  private startAnew(base: number): void {
    this.base = base
    this.fastestBase = base
    this.report = undefined
  }
}

const clamp = (value: number, most: number) => Math.max(-most, Math.min(most, value))
