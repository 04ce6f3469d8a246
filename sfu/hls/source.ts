/** From the router into the muxer: what one peer publishes, over reconnects of the peer and deaths of the worker. */
import type { types as mediasoup } from 'mediasoup'
import type { BroadcastWarning, Source } from '../../signaling/protocol/constants.ts'
import type { Log } from '../log.ts'
import { AacEncoder } from './aac.ts'
import { AudioInput } from './audio-lane.ts'
import type { Broadcast } from './broadcast.ts'
import { RtpClock, SenderOffset } from './clock.ts'
import { AUDIO_TIMESCALE, VIDEO_TIMESCALE } from './fmp4.ts'
import { handOver } from './hand-over.ts'
import { Muxer } from './muxer.ts'
import { ssrcOf } from './rtp.ts'
import { Transcoder } from './transcoder.ts'
import { H264Input, Vp8Input } from './video-input.ts'
import { VideoLane } from './video-lane.ts'

const KEY_FRAME_EVERY_MS = 500
const FIND_SSRCS_EVERY_MS = 500
/** The first that is there is taken. */
const PICTURES: Source[] = ['screen', 'camera']
const SOUNDS: Source[] = ['microphone', 'screenAudio']

/** What may be wrong with a picture that is made anew. */
const TRANSCODED: BroadcastWarning[] = ['picture_not_h264', 'picture_not_shown']

type Lane = Pick<H264Input | Vp8Input | AudioInput, 'push' | 'reported' | 'drain'> & { interrupted?: () => void }
type Input = {
  source: Source
  producer: mediasoup.Producer
  consumer: mediasoup.Consumer
  /** By the encoding's place, and by the SSRC that the consumer sends it with. */
  lanes: Lane[]
  bySsrc: Map<number, Lane>
  /** By the SSRC that the sender gave it. */
  bySenderSsrc: Map<number, Lane>
  ssrcsAskedMs: number
}

export class BroadcastSource {
  readonly broadcast: Broadcast
  private readonly muxer: Muxer
  private readonly aac: AacEncoder
  private readonly log: Log
  private readonly whenClosed: () => void
  private readonly inputs = new Map<string, Input>()
  private offset = new SenderOffset()
  private picture: Input | undefined
  private sound: Input | undefined
  private transcoder: Transcoder | undefined
  private askedMs = 0
  private closing: Promise<void> | undefined

  /** `closed`: called once all of it is stored. */
  constructor(broadcast: Broadcast, firstMsn: number, log: Log, closed: () => void = () => {}) {
    this.whenClosed = closed
    this.broadcast = broadcast
    this.log = log
    this.aac = new AacEncoder(broadcast, log)
    // What makes the picture anew makes key frames by itself.
    const requestKeyFrame = () => this.transcoder ?? this.requestKeyFrame()
    this.muxer = new Muxer({ broadcast, firstMsn, requestKeyFrame, aac: this.aac }, Date.now())
  }

  private get closed(): boolean {
    return this.closing !== undefined
  }

  /** Takes what this producer sends, until it closes. */
  async add(router: mediasoup.Router, producer: mediasoup.Producer, source: Source): Promise<void> {
    if (this.closed || (!PICTURES.includes(source) && !SOUNDS.includes(source))) return
    if (producer.kind === 'video' && !isCodec(producer, 'h264') && !isCodec(producer, 'vp8')) {
      this.broadcast.warn('picture_not_shown')
      return
    }
    try {
      let input: Input | undefined
      const take = (packet: Buffer) => input?.bySsrc.get(ssrcOf(packet))?.push(packet, Date.now())
      const consumer = await handOver(router, producer.id, take, this.log)
      if (this.closed || producer.closed) {
        this.closeConsumer(consumer)
        return
      }
      input = { source, producer, consumer, lanes: [], bySsrc: new Map(), bySenderSsrc: new Map(), ssrcsAskedMs: 0 }
      await this.take(input)
    } catch (error) {
      if (!producer.closed) this.log.warn({ err: error, source }, 'a source could not be taken into the broadcast')
    }
  }

  /** Nobody else's streams: what the peer published is left, and what the next one publishes taken. */
  leave(): void {
    for (const { consumer } of this.inputs.values()) this.closeConsumer(consumer)
    this.inputs.clear()
    this.choose()
  }

  /** Makes what is due by now: to be called again and again. */
  tick(): void {
    this.guarded(() => {
      const now = Date.now()
      for (const { lanes } of this.inputs.values()) for (const lane of lanes) lane.drain(now)
      this.muxer.tick(now)
    })
  }

  /** Ends it: `forGood`, so that nothing can go on from here, or to be gone on with elsewhere. */
  close(forGood: boolean): Promise<void> {
    this.closing ??= this.finish(forGood)
    return this.closing
  }

  private async finish(forGood: boolean): Promise<void> {
    for (const { consumer } of this.inputs.values()) this.closeConsumer(consumer)
    this.muxer.end(Date.now())
    this.aac.close()
    this.transcoder?.close()
    await (forGood ? this.broadcast.end() : this.broadcast.suspend())
    this.whenClosed()
  }

  private async take(input: Input): Promise<void> {
    const { producer, consumer } = input
    this.inputs.set(producer.id, input)
    consumer.on('producerresume', () => {
      for (const lane of input.lanes) lane.interrupted?.()
    })
    const gone = () => {
      if (this.inputs.get(producer.id) === input) this.inputs.delete(producer.id)
      this.choose()
    }
    consumer.observer.on('close', gone)
    producer.on('trace', (event) => this.traced(input, event))
    this.choose()
    await producer.enableTraceEvent(['sr'])
    await this.findSenderSsrcs(input)
    await consumer.resume()
    if (consumer.kind === 'video') await consumer.requestKeyFrame()
  }

  private choose(): void {
    if (this.closed) return
    if (this.inputs.size === 0) this.offset = new SenderOffset()
    const best = (sources: Source[]) =>
      sources.flatMap((source) => [...this.inputs.values()].filter((input) => input.source === source)).at(0)
    const [picture, sound] = [best(PICTURES), best(SOUNDS)]
    if (picture !== this.picture) this.showPicture(picture)
    if (sound !== this.sound) {
      this.sound?.bySsrc.clear()
      this.sound = sound
      this.setLanes(sound, () => new AudioInput(this.muxer.sound, new RtpClock(AUDIO_TIMESCALE, this.offset)))
    }
  }

  private showPicture(picture: Input | undefined): void {
    this.picture = picture
    this.transcoder?.close()
    this.transcoder = undefined
    const shown: VideoLane[] = []
    if (picture && isCodec(picture.producer, 'vp8')) {
      const transcoder = this.transcode(picture)
      shown.push(transcoder.lane)
      this.setLanes(picture, (layer) => new Vp8Input(transcoder, layer, this.videoClock(), this.broadcast.health))
    } else {
      this.setLanes(picture, () => {
        const lane = this.newVideoLane(() => this.requestKeyFrame())
        shown.push(lane)
        return new H264Input(lane, this.videoClock())
      })
    }
    this.muxer.show(shown)
    if (picture) this.requestKeyFrame()
    if (picture && !this.transcoder) for (const warning of TRANSCODED) this.broadcast.settle(warning)
  }

  private transcode({ consumer }: Input): Transcoder {
    const { broadcast, log } = this
    broadcast.warn('picture_not_h264')
    this.transcoder = new Transcoder({
      lane: this.newVideoLane(() => {}),
      startedAt: broadcast.startedAt,
      layers: consumer.rtpParameters.encodings?.length ?? 1,
      log,
      needKey: () => this.requestKeyFrame(),
      works: (works) => (works ? broadcast.settle('picture_not_shown') : broadcast.warn('picture_not_shown')),
    })
    return this.transcoder
  }

  private videoClock(): RtpClock {
    return new RtpClock(VIDEO_TIMESCALE, this.offset)
  }

  private setLanes(input: Input | undefined, create: (layer: number) => Lane): void {
    if (!input) return
    const encodings = input.consumer.rtpParameters.encodings ?? []
    input.lanes = encodings.map((_, layer) => create(layer))
    input.bySsrc = new Map(encodings.map(({ ssrc }, index) => [ssrc!, input.lanes[index]!]))
    input.bySenderSsrc.clear()
    input.ssrcsAskedMs = 0
  }

  private newVideoLane(needKey: () => void): VideoLane {
    const { startedAt, health } = this.broadcast
    return new VideoLane({
      startedAt,
      health,
      needKey,
      arrived: (seconds, key) => this.guarded(() => this.muxer.arrived(seconds, key, Date.now())),
    })
  }

  private traced(input: Input, { type, info }: mediasoup.ProducerTraceEventData): void {
    if (type !== 'sr' || this.closed) return
    const report = info as { ssrc: number; ntpSec: number; ntpFrac: number; rtpTs: number }
    const lane = input.bySenderSsrc.get(report.ssrc)
    const now = Date.now()
    if (lane) lane.reported((report.ntpSec - NTP_TO_UNIX_SECONDS + report.ntpFrac / 2 ** 32) * 1000, report.rtpTs, now)
    else if (now - input.ssrcsAskedMs > FIND_SSRCS_EVERY_MS) this.findSenderSsrcs(input).catch(() => {})
  }

  /** A layer is told by its RID, and only the first packets tell which SSRC that has. */
  private async findSenderSsrcs(input: Input): Promise<void> {
    input.ssrcsAskedMs = Date.now()
    const { producer, lanes } = input
    const encodings = producer.rtpParameters.encodings ?? []
    const stats = encodings.some(({ ssrc }) => ssrc === undefined) ? await producer.getStats() : []
    encodings.forEach(({ ssrc, rid }, index) => {
      const known = ssrc ?? stats.find((stat) => stat.rid === rid)?.ssrc
      const lane = lanes[index]
      if (known !== undefined && lane) input.bySenderSsrc.set(known, lane)
    })
  }

  private requestKeyFrame(): void {
    const now = Date.now()
    const { picture } = this
    if (!picture || picture.consumer.closed || picture.producer.paused || now - this.askedMs < KEY_FRAME_EVERY_MS)
      return
    this.askedMs = now
    picture.consumer.requestKeyFrame().catch(() => {})
  }

  private guarded(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.log.error({ err: error, lessonId: this.broadcast.lessonId }, 'a part of the broadcast could not be made')
    }
  }

  private closeConsumer(consumer: mediasoup.Consumer): void {
    try {
      consumer.close()
    } catch {
      // The channel to a broken worker throws; its consumers go with it.
    }
  }
}

const isCodec = ({ rtpParameters }: mediasoup.Producer, name: 'h264' | 'vp8') =>
  rtpParameters.codecs.some(({ mimeType }) => mimeType.toLowerCase() === `video/${name}`)

/** From 1900 to 1970. */
const NTP_TO_UNIX_SECONDS = 2_208_988_800
