/** A picture's way out of RTP: H.264 into the lane that shows it, VP8 into what makes H.264 of it. */
import type { RtpClock } from './clock.ts'
import { H264Depacketizer } from './h264.ts'
import type { BroadcastHealth } from './ports.ts'
import { parseRtp, Reorder } from './rtp.ts'
import type { Transcoder } from './transcoder.ts'
import type { VideoLane } from './video-lane.ts'
import { Vp8Depacketizer } from './vp8.ts'

/** How long a packet that is missing is waited for. */
const REORDER_MS = 250

/** One layer of a camera's H.264, into the lane that shows it. */
export class H264Input {
  readonly lane: VideoLane
  private readonly clock: RtpClock
  private readonly reorder: Reorder

  constructor(lane: VideoLane, clock: RtpClock) {
    this.lane = lane
    this.clock = clock
    const depacketizer = new H264Depacketizer(
      (unit) => lane.take(unit, clock.at(unit.timestamp, unit.arrivalMs)),
      () => lane.broke(),
    )
    this.reorder = new Reorder(
      (packet) => depacketizer.push(packet),
      (count) => {
        lane.health.lost += count
        depacketizer.lost()
      },
      REORDER_MS,
    )
  }

  push(bytes: Buffer, arrivalMs: number): void {
    if (!this.lane.isClosed) pushInto(this.reorder, bytes, arrivalMs, this.lane.health)
  }

  reported(ntpMs: number, timestamp: number, arrivalMs: number): void {
    this.clock.reported(ntpMs, timestamp, arrivalMs)
  }

  drain(nowMs: number): void {
    this.reorder.drain(nowMs)
  }

  /** The sender paused: what comes next refers to pictures that never came. */
  interrupted(): void {
    this.lane.interrupted()
  }
}

/** One layer of a camera's VP8, into what makes H.264 of it. */
export class Vp8Input {
  private readonly clock: RtpClock
  private readonly reorder: Reorder
  private readonly health: BroadcastHealth
  private readonly broke: () => void

  constructor(transcoder: Transcoder, layer: number, clock: RtpClock, health: BroadcastHealth) {
    this.clock = clock
    this.health = health
    this.broke = () => transcoder.broke(layer)
    const depacketizer = new Vp8Depacketizer(
      (picture) => transcoder.take(layer, picture, clock.at(picture.timestamp, picture.arrivalMs)),
      this.broke,
    )
    this.reorder = new Reorder(
      (packet) => depacketizer.push(packet),
      (count) => {
        health.lost += count
        depacketizer.lost()
      },
      REORDER_MS,
    )
  }

  push(bytes: Buffer, arrivalMs: number): void {
    pushInto(this.reorder, bytes, arrivalMs, this.health)
  }

  reported(ntpMs: number, timestamp: number, arrivalMs: number): void {
    this.clock.reported(ntpMs, timestamp, arrivalMs)
  }

  drain(nowMs: number): void {
    this.reorder.drain(nowMs)
  }

  interrupted(): void {
    this.broke()
  }
}

function pushInto(reorder: Reorder, bytes: Buffer, arrivalMs: number, health: BroadcastHealth): void {
  health.packets += 1
  const packet = parseRtp(bytes, arrivalMs)
  if (!packet) return
  const before = reorder.reordered
  reorder.push(packet)
  health.reordered += reorder.reordered - before
}
