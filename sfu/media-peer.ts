/** The transports, producers and consumers of one peer in one room. */
import type { types as mediasoup } from 'mediasoup'
import type { Publication } from '../signaling/ports.ts'
import { kindOf, type Source } from '../signaling/protocol/constants.ts'
import { AppError } from '../signaling/protocol/errors.ts'
import type { Direction } from '../signaling/protocol/media.ts'
import type { Branch } from './branch.ts'
import { cannotBePlayed, fromClient, stillOpen } from './failures.ts'
import { soundRtpParameters } from './rtp-check.ts'

/** Key frames cost every viewer: however many ask, a sender is asked this often at most. */
export const KEY_FRAME_DELAY_MS = 500

export type Produced = { producer: mediasoup.Producer; source: Source }

export class MediaPeer {
  readonly id: string
  readonly transports: Partial<Record<Direction, mediasoup.WebRtcTransport>> = {}
  readonly producers = new Map<string, Produced>()
  readonly consumers = new Map<string, mediasoup.Consumer>()
  /** Producers that are being offered on this `recv` transport now, so that two calls do not offer one twice. */
  private offering = new Set<string>()
  /** Where its `recv` transport is. */
  branch: Branch | undefined
  closed = false

  constructor(id: string) {
    this.id = id
  }

  /** Puts a new transport in the place of the one of this direction. */
  async open(
    direction: Direction,
    branch: Branch,
    create: () => Promise<mediasoup.WebRtcTransport>,
  ): Promise<mediasoup.WebRtcTransport> {
    this.transports[direction]?.close()
    const transport = stillOpen(await fromClient(create), this)
    this.transports[direction]?.close()
    this.transports[direction] = transport
    if (direction === 'recv') {
      this.offering = new Set()
      this.branch = branch
    }
    transport.observer.on('close', () => {
      if (this.transports[direction] === transport) delete this.transports[direction]
    })
    transport.on('dtlsstatechange', (state) => {
      if (state === 'failed' || state === 'closed') transport.close()
    })
    return transport
  }

  async produce(
    transportId: string,
    source: Source,
    rtpParameters: mediasoup.RtpParameters,
    paused = false,
  ): Promise<Produced> {
    const transport = this.transport(transportId)
    if (transport !== this.transports.send) throw new AppError('bad_request', 'not a send transport')
    const kind = kindOf[source]
    const sound = soundRtpParameters(kind, rtpParameters)
    const options = { kind, rtpParameters: sound, keyFrameRequestDelay: KEY_FRAME_DELAY_MS, paused }
    return { producer: stillOpen(await fromClient(() => transport.produce(options)), transport), source }
  }

  /** Consumes what it does not consume already, paused; undefined without a `recv` transport or a codec for it. */
  async consume(
    producer: mediasoup.Producer,
    rtpCapabilities: mediasoup.RtpCapabilities,
    priority: number,
  ): Promise<mediasoup.Consumer | undefined> {
    const { id, kind } = producer
    const { offering, branch } = this
    const transport = this.transports.recv
    if (!transport || !branch || offering.has(id) || this.consumes(id)) return
    offering.add(id)
    let release = () => {}
    try {
      const brought = await branch.bring(producer)
      release = brought.release
      const options = {
        producerId: brought.producerId,
        rtpCapabilities: ofKind(kind, rtpCapabilities),
        paused: true,
        appData: { priority },
      }
      const consumer = stillOpen(await fromClient(() => transport.consume(options)), transport)
      this.consumers.set(consumer.id, consumer)
      consumer.observer.on('close', () => {
        this.consumers.delete(consumer.id)
        release()
      })
      this.weigh()
      return consumer
    } catch (error) {
      release()
      if (cannotBePlayed(error)) return
      throw error
    } finally {
      offering.delete(id)
    }
  }

  transport(transportId: string): mediasoup.WebRtcTransport {
    const { send, recv } = this.transports
    return found([send, recv].find((transport) => transport?.id === transportId && !transport.closed))
  }

  produced(producerId: string): Produced {
    return found(this.producers.get(producerId))
  }

  consumer(consumerId: string): mediasoup.Consumer {
    return found(this.consumers.get(consumerId))
  }

  publicationOf({ producer, source }: Produced): Publication {
    return { producerId: producer.id, peerId: this.id, source, paused: producer.paused }
  }

  close(): void {
    this.closed = true
    for (const transport of [this.transports.send, this.transports.recv]) {
      try {
        transport?.close()
      } catch {
        // The channel to a broken worker throws; its transports go with it.
      }
    }
  }

  /** Where several pictures share a network too narrow for them; to the only one it would be a call for nothing. */
  private weigh(): void {
    const pictures = [...this.consumers.values()].filter(({ kind }) => kind === 'video')
    if (pictures.length < 2) return
    for (const picture of pictures) {
      const { priority } = picture.appData as { priority: number }
      if (picture.priority !== priority) picture.setPriority(priority).catch(() => {})
    }
  }

  private consumes(producerId: string): boolean {
    return [...this.consumers.values()].some((consumer) => consumer.producerId === producerId)
  }
}

/** mediasoup copies and checks all that it is given, and of that needs what is for this kind. */
const ofKind = (kind: mediasoup.MediaKind, { codecs = [], headerExtensions = [] }: mediasoup.RtpCapabilities) => ({
  codecs: codecs.filter((codec) => codec.kind === kind),
  headerExtensions: headerExtensions.filter((extension) => !extension.kind || extension.kind === kind),
})

export function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new AppError('not_found')
  return thing
}
