/** How a picture from an encoder arrives: its rate, its frames, the way from one key frame to the next, and what is lost. */
import { setTimeout as pause } from 'node:timers/promises'
import type { types as mediasoup } from 'mediasoup'

const CLOCK_RATE = 90_000
const SAMPLE_MS = 1000

export type PictureFigures = { framesPerSecond: number | null; keyFrameSeconds: number | null }

export class StreamWatch {
  private readonly producer: mediasoup.Producer
  private readonly keyFrameAt = new Map<number, number>()
  private keyFrameSeconds: number | null = null
  /** Times of frames by SSRC, while they are counted. */
  private frames: Map<number, Set<number>> | undefined

  constructor(producer: mediasoup.Producer) {
    this.producer = producer
    producer.on('trace', (event) => this.traced(event))
    void this.trace('keyframe')
  }

  async look(): Promise<PictureFigures> {
    this.frames = new Map()
    await this.trace('keyframe', 'rtp')
    await pause(SAMPLE_MS)
    await this.trace('keyframe')
    const counts = [...this.frames.values()].map(({ size }) => size)
    this.frames = undefined
    const framesPerSecond = counts.length > 0 ? Math.round((Math.max(...counts) * 1000) / SAMPLE_MS) : null
    return { framesPerSecond, keyFrameSeconds: this.keyFrameSeconds }
  }

  /** Sender reports stay traced: the broadcast reads its clock from them. */
  private async trace(...types: ('keyframe' | 'rtp')[]): Promise<void> {
    if (!this.producer.closed) await this.producer.enableTraceEvent(['sr', ...types]).catch(() => {})
  }

  private traced({ type, info }: mediasoup.ProducerTraceEventData): void {
    if (type !== 'rtp' && type !== 'keyframe') return
    const { ssrc, timestamp } = (info as { rtpPacket: { ssrc: number; timestamp: number } }).rtpPacket
    if (type === 'rtp') {
      const seen = this.frames?.get(ssrc) ?? new Set()
      this.frames?.set(ssrc, seen.add(timestamp))
      return
    }
    const before = this.keyFrameAt.get(ssrc)
    this.keyFrameAt.set(ssrc, timestamp)
    if (before !== undefined && before !== timestamp)
      this.keyFrameSeconds = Math.round((((timestamp - before) >>> 0) / CLOCK_RATE) * 10) / 10
  }
}

/** Rate and loss of these producers together, since the last look. */
export class RateWatch {
  private before = new Map<string, { packets: number; lost: number }>()

  async look(producers: mediasoup.Producer[]): Promise<{ kilobitsPerSecond: number; lossPercent: number }> {
    const stats = (await Promise.all(producers.map((producer) => producer.getStats().catch(() => [])))).flat()
    let [bits, packets, lost] = [0, 0, 0]
    const now = new Map<string, { packets: number; lost: number }>()
    for (const stat of stats) {
      const key = String(stat.ssrc)
      const before = this.before.get(key) ?? { packets: 0, lost: 0 }
      now.set(key, { packets: stat.packetCount, lost: stat.packetsLost })
      bits += stat.bitrate
      packets += Math.max(0, stat.packetCount - before.packets)
      lost += Math.max(0, stat.packetsLost - before.lost)
    }
    this.before = now
    const lossPercent = packets + lost > 0 ? Math.round((lost / (packets + lost)) * 1000) / 10 : 0
    return { kilobitsPerSecond: Math.round(bits / 1000), lossPercent }
  }
}
