/** The media of one room: a router on one worker, and what its peers send and receive through it. */
import type { types as mediasoup } from 'mediasoup'
import type { MediaListener, MediaRoom as MediaRoomPort, Publication, Standing } from '../signaling/ports.ts'
import { kindOf, type Source } from '../signaling/protocol/constants.ts'
import { AppError } from '../signaling/protocol/errors.ts'
import type { Consumer, Direction, Layers, Transport } from '../signaling/protocol/media.ts'
import { mediaCodecs } from './codecs.ts'
import { fromClient } from './failures.ts'
import { MediaPeer } from './media-peer.ts'
import type { WorkerPool } from './pool.ts'
import { checkRtpParameters } from './rtp-check.ts'
import { SpeakerWatch } from './speaker-watch.ts'

/** Key frames cost every viewer: however many ask, a sender is asked this often at most. */
const KEY_FRAME_DELAY_MS = 500
/** A worker that dies while rooms move to it is not asked again at once. */
const REHOME_AGAIN_MS = 50
const INITIAL_OUTGOING_BITRATE = 1_200_000
const ICE_CONSENT_TIMEOUT_SECONDS = 12

export class MediaRoom implements MediaRoomPort {
  readonly id: string
  readonly closed: Promise<void>
  private readonly pool: WorkerPool
  private readonly listener: MediaListener
  private readonly peers = new Map<string, MediaPeer>()
  private home!: { router: mediasoup.Router; webRtcServer: mediasoup.WebRtcServer; speakers: SpeakerWatch }
  private settled: Promise<void> = Promise.resolve()
  private isClosed = false
  private resolveClosed!: () => void

  static async open(id: string, pool: WorkerPool, listener: MediaListener): Promise<MediaRoom> {
    const room = new MediaRoom(id, pool, listener)
    await room.settle()
    return room
  }

  private constructor(id: string, pool: WorkerPool, listener: MediaListener) {
    this.id = id
    this.pool = pool
    this.listener = listener
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve
    })
  }

  async createTransport(peerId: string, direction: Direction, maxIncomingBitrate: number): Promise<Transport> {
    await this.settled
    const peer = this.peerOf(peerId)
    peer.transports[direction]?.close()
    const { router, webRtcServer } = this.home
    const transport = await fromClient(() =>
      router.createWebRtcTransport({
        webRtcServer,
        enableUdp: true,
        enableTcp: true,
        preferUdp: true,
        enableSctp: false,
        iceConsentTimeout: ICE_CONSENT_TIMEOUT_SECONDS,
        initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
      }),
    )
    if (this.peers.get(peerId) !== peer) transport.close()
    peer.transports[direction] = transport
    transport.observer.on('close', () => {
      if (peer.transports[direction] === transport) delete peer.transports[direction]
    })
    transport.on('dtlsstatechange', (state) => {
      if (state === 'failed' || state === 'closed') transport.close()
    })
    if (direction === 'send') await fromClient(() => transport.setMaxIncomingBitrate(maxIncomingBitrate))
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }

  async connectTransport(peerId: string, transportId: string, dtlsParameters: mediasoup.DtlsParameters): Promise<void> {
    const transport = this.peerOf(peerId).transport(transportId)
    await fromClient(() => transport.connect({ dtlsParameters }))
  }

  async restartIce(peerId: string, transportId: string): Promise<mediasoup.IceParameters> {
    const transport = this.peerOf(peerId).transport(transportId)
    return fromClient(() => transport.restartIce())
  }

  async produce(
    peerId: string,
    {
      transportId,
      source,
      rtpParameters,
    }: { transportId: string; source: Source; rtpParameters: mediasoup.RtpParameters },
  ): Promise<Publication> {
    const transport = this.peerOf(peerId).transport(transportId)
    if (transport !== this.peerOf(peerId).transports.send) throw new AppError('bad_request', 'not a send transport')
    const kind = kindOf[source]
    checkRtpParameters(kind, rtpParameters)
    const producer = await fromClient(() =>
      transport.produce({ kind, rtpParameters, keyFrameRequestDelay: KEY_FRAME_DELAY_MS }),
    )
    return this.publish(peerId, source, producer)
  }

  /** Makes a producer of any transport of this room a publication of the peer. */
  publish(peerId: string, source: Source, producer: mediasoup.Producer): Publication {
    const peer = this.peerOf(peerId)
    const publication = () => publicationOf(peerId, { producer, source })
    peer.producers.set(producer.id, { producer, source })
    producer.on('score', (scores) =>
      this.listener.producerScore(
        publication(),
        scores.map(({ score }) => score),
      ),
    )
    producer.observer.on('close', () => peer.producers.delete(producer.id))
    const { router } = this.home
    producer.on('transportclose', () => {
      if (!router.closed) this.listener.producerClosed(publication())
    })
    if (producer.kind === 'audio') this.home.speakers.add(producer, peerId)
    this.listener.published(publication())
    return publication()
  }

  /** The router that further transports of this room are made on. */
  get router(): mediasoup.Router {
    return this.home.router
  }

  /** Which worker's server its transports are on. */
  get webRtcServerId(): string {
    return this.home.webRtcServer.id
  }

  closeProducer(peerId: string, producerId: string): void {
    this.peerOf(peerId).produced(producerId).producer.close()
  }

  async pauseProducer(peerId: string, producerId: string, paused: boolean): Promise<void> {
    const { producer } = this.peerOf(peerId).produced(producerId)
    await fromClient(() => (paused ? producer.pause() : producer.resume()))
  }

  publications(): Publication[] {
    return [...this.peers].flatMap(([peerId, { producers }]) =>
      [...producers.values()].map((produced) => publicationOf(peerId, produced)),
    )
  }

  async consume(
    peerId: string,
    producerId: string,
    rtpCapabilities: mediasoup.RtpCapabilities,
    priority: number,
  ): Promise<Consumer | undefined> {
    const peer = this.peers.get(peerId)
    const transport = peer?.transports.recv
    const [owner, produced] = this.producedAnywhere(producerId)
    if (!peer || !transport || !produced || peer.consumes(producerId)) return
    if (!canConsume(this.home.router, producerId, rtpCapabilities)) return
    peer.offering.add(producerId)
    try {
      const consumer = await fromClient(() => transport.consume({ producerId, rtpCapabilities, paused: true }))
      peer.consumers.set(consumer.id, consumer)
      this.watch(peerId, peer, consumer)
      if (consumer.kind === 'video') await fromClient(() => consumer.setPriority(priority))
      return {
        id: consumer.id,
        producerId,
        peerId: owner,
        source: produced.source,
        kind: consumer.kind,
        rtpParameters: consumer.rtpParameters,
        producerPaused: consumer.producerPaused,
        spatialLayers: consumer.type === 'simulcast' ? (produced.producer.rtpParameters.encodings?.length ?? 1) : 1,
      }
    } finally {
      peer.offering.delete(producerId)
    }
  }

  async pauseConsumer(peerId: string, consumerId: string, paused: boolean): Promise<void> {
    const consumer = this.peerOf(peerId).consumer(consumerId)
    await fromClient(() => (paused ? consumer.pause() : consumer.resume()))
  }

  async setPreferredLayers(peerId: string, consumerId: string, layers: Layers): Promise<void> {
    const consumer = this.peerOf(peerId).consumer(consumerId)
    await fromClient(() => consumer.setPreferredLayers(layers))
  }

  async requestKeyFrame(peerId: string, consumerId: string): Promise<void> {
    const consumer = this.peerOf(peerId).consumer(consumerId)
    await fromClient(() => consumer.requestKeyFrame())
  }

  closeConsumer(peerId: string, consumerId: string): void {
    this.peers.get(peerId)?.consumers.get(consumerId)?.close()
  }

  async roundTripMs(peerId: string): Promise<number | null> {
    const video = [...this.peerOf(peerId).producers.values()].find(({ producer }) => producer.kind === 'video')
    const stats = (await video?.producer.getStats()) ?? []
    return stats.find(({ roundTripTime }) => roundTripTime)?.roundTripTime ?? null
  }

  standingOf(peerId: string): Standing {
    const peer = this.peers.get(peerId)
    return {
      transports: peer?.transports.recv !== undefined,
      producers: [...(peer?.producers.keys() ?? [])],
      consumers: [...(peer?.consumers.values() ?? [])].map(({ id, producerId, producerPaused }) => ({
        consumerId: id,
        producerId,
        producerPaused,
      })),
    }
  }

  closePeer(peerId: string): void {
    this.peers.get(peerId)?.close()
    this.peers.delete(peerId)
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.home?.router.close()
    this.peers.clear()
    this.resolveClosed()
  }

  /** Makes a router on the worker with the most room, and does so again when that worker dies. */
  private settle(): Promise<void> {
    this.settled = (async () => {
      const { worker, webRtcServer } = await this.pool.pick()
      const router = await worker.createRouter({ mediaCodecs })
      const speakers = await SpeakerWatch.start(router, (peerId) => this.listener.dominantSpeaker(peerId))
      this.home = { router, webRtcServer, speakers }
      router.on('workerclose', () => void this.rehome())
      if (this.isClosed) router.close()
    })()
    return this.settled
  }

  private async rehome(): Promise<void> {
    if (this.isClosed || this.pool.isClosed) return
    this.peers.clear()
    try {
      await this.settle()
      this.listener.mediaReset()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, REHOME_AGAIN_MS))
      await this.rehome()
    }
  }

  private watch(peerId: string, peer: MediaPeer, consumer: mediasoup.Consumer): void {
    const { id } = consumer
    consumer.observer.on('close', () => peer.consumers.delete(id))
    consumer.on('producerclose', () => this.listener.consumerClosed(peerId, id))
    consumer.on('producerpause', () => this.listener.consumerPaused(peerId, id, true))
    consumer.on('producerresume', () => this.listener.consumerPaused(peerId, id, false))
    consumer.on('layerschange', (layers) =>
      this.listener.layersChanged(
        peerId,
        id,
        layers ? { spatialLayer: layers.spatialLayer, temporalLayer: layers.temporalLayer ?? 0 } : null,
      ),
    )
  }

  private peerOf(peerId: string): MediaPeer {
    const known = this.peers.get(peerId)
    if (known) return known
    const peer = new MediaPeer()
    this.peers.set(peerId, peer)
    return peer
  }

  private producedAnywhere(producerId: string) {
    for (const [peerId, { producers }] of this.peers) {
      const produced = producers.get(producerId)
      if (produced) return [peerId, produced] as const
    }
    return ['', undefined] as const
  }
}

const publicationOf = (
  peerId: string,
  { producer, source }: { producer: mediasoup.Producer; source: Source },
): Publication => ({
  producerId: producer.id,
  peerId,
  source,
  paused: producer.paused,
})

function canConsume(router: mediasoup.Router, producerId: string, rtpCapabilities: mediasoup.RtpCapabilities): boolean {
  try {
    return router.canConsume({ producerId, rtpCapabilities })
  } catch {
    return false
  }
}
