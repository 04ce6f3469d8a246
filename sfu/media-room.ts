/** The media of one room: its routers on the workers, and what its peers send and receive through them. */
import type { types as mediasoup } from 'mediasoup'
import type {
  Incoming,
  MediaListener,
  MediaRoom as MediaRoomPort,
  PlainWay,
  Publication,
  SdpSession,
  Standing,
  StreamFigures,
} from '../signaling/ports.ts'
import type { Source } from '../signaling/protocol/constants.ts'
import type { Consumer, Direction, Layers, Transport } from '../signaling/protocol/media.ts'
import { type Branch, copyOnce } from './branch.ts'
import { fromClient, stillOpen } from './failures.ts'
import type { Broadcasts } from './hls/broadcasts.ts'
import type { LiveBroadcast } from './hls/ports.ts'
import type { BroadcastSource } from './hls/source.ts'
import { openIngest } from './ingest.ts'
import { found, MediaPeer, type Produced } from './media-peer.ts'
import type { WorkerPool } from './pool.ts'
import { deliver } from './sdp/deliver.ts'
import { receive } from './sdp/receive.ts'
import { SpeakerWatch } from './speaker-watch.ts'
import { type Layout, Star, type StarListener } from './star.ts'
import { RateWatch, StreamWatch } from './stream-watch.ts'
import { WantedLayers } from './wanted-layers.ts'
import { createWebRtcTransport } from './webrtc-transport.ts'

/** `protocol` is `none` for a transport that is not connected. */
export type Census = {
  transports: { direction: Direction; protocol: 'udp' | 'tcp' | 'none' }[]
  producers: mediasoup.Producer[]
}

export class MediaRoom implements MediaRoomPort {
  readonly id: string
  readonly closed: Promise<void>
  private readonly listener: MediaListener
  private readonly peers = new Map<string, MediaPeer>()
  /** Those whose media comes in by another way than their signaling, too. */
  private readonly beside = new Map<string, MediaPeer>()
  private readonly watched = new WeakMap<mediasoup.Producer, StreamWatch>()
  private readonly rates = new RateWatch()
  /** What all of them publish, by producer. */
  private readonly published = new Map<string, { owner: MediaPeer } & Produced>()
  private readonly wanted: WantedLayers
  private star!: Star
  private speakers!: SpeakerWatch
  private isClosed = false
  private resolveClosed!: () => void
  private readonly broadcasts: Broadcasts | undefined
  private live: { peerId: string; source: Promise<BroadcastSource>; opened: BroadcastSource | undefined } | undefined

  static async open(
    id: string,
    pool: WorkerPool,
    listener: MediaListener,
    broadcasts?: Broadcasts,
    retireMs?: number,
  ): Promise<MediaRoom> {
    const room = new MediaRoom(id, listener, broadcasts)
    room.star = await Star.open(pool, room.starListener(), retireMs)
    return room
  }

  private constructor(id: string, listener: MediaListener, broadcasts?: Broadcasts) {
    this.broadcasts = broadcasts
    this.id = id
    this.listener = listener
    this.wanted = new WantedLayers((producerId, spatialLayer) => {
      const published = this.published.get(producerId)
      if (published) listener.layersWanted(published.owner.publicationOf(published), spatialLayer)
    })
    this.closed = new Promise((resolve) => {
      this.resolveClosed = resolve
    })
  }

  async createTransport(peerId: string, direction: Direction, maxIncomingBitrate: number): Promise<Transport> {
    const peer = this.enter(peerId)
    await this.star.ready
    const transport = direction === 'recv' ? await this.openSeat(peer) : await this.openTransport(peer, direction)
    if (direction === 'send') await fromClient(() => transport.setMaxIncomingBitrate(maxIncomingBitrate))
    const { id, iceParameters, iceCandidates, dtlsParameters } = stillOpen(transport)
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
      standby = false,
      paused = standby,
    }: {
      transportId: string
      source: Source
      rtpParameters: mediasoup.RtpParameters
      standby?: boolean
      paused?: boolean
    },
  ): Promise<Publication> {
    const peer = this.peerOf(peerId)
    const produced = await peer.produce(transportId, source, rtpParameters, paused)
    return standby ? this.keep(peer, produced) : this.announce(peer, produced)
  }

  standby(peerId: string): Publication[] {
    const peer = this.peers.get(peerId)
    return [...(peer?.producers.values() ?? [])]
      .filter(({ producer }) => !this.published.has(producer.id))
      .map((produced) => peer!.publicationOf(produced))
  }

  async show(peerId: string, producerId: string): Promise<void> {
    const peer = this.peerOf(peerId)
    const produced = peer.produced(producerId)
    if (!this.published.has(producerId)) this.reveal(peer, produced)
  }

  /** Makes a producer of any transport of this room a publication of the peer, until that transport is closed. */
  publish(peerId: string, source: Source, producer: mediasoup.Producer): Publication {
    const owner = this.beside.get(peerId) ?? new MediaPeer(peerId)
    this.beside.set(peerId, owner)
    return this.announce(owner, { producer, source })
  }

  async receive(peerId: string, offer: string, maxIncomingBitrate: number, ended: () => void) {
    await this.star.ready
    const publish = (source: Source, producer: mediasoup.Producer) => this.publish(peerId, source, producer)
    return receive(this.star.home.place, offer, { maxIncomingBitrate, publish, ended })
  }

  async receivePlain(peerId: string, ended: () => void): Promise<Incoming & PlainWay> {
    await this.star.ready
    const ingest = await fromClient(() => openIngest(this, peerId, ended))
    return { ...ingest, way: 'rtmp', warnings: new Set() }
  }

  async figuresOf(producerIds: string[]): Promise<StreamFigures> {
    const producers = producerIds.flatMap((producerId) => this.published.get(producerId)?.producer ?? [])
    const picture = producers.find(({ kind }) => kind === 'video')
    const watched = picture && (this.watched.get(picture) ?? new StreamWatch(picture))
    if (picture && watched) this.watched.set(picture, watched)
    const frames = (await watched?.look()) ?? { framesPerSecond: null, keyFrameSeconds: null }
    return { ...frames, ...(await this.rates.look(producers)) }
  }

  async deliver(peerId: string, offer: string, producerIds: string[], ended: () => void): Promise<SdpSession> {
    await this.star.ready
    const peer = this.enter(peerId)
    return deliver(peer, offer, {
      capabilities: this.router.rtpCapabilities,
      producers: producerIds.flatMap((producerId) => this.published.get(producerId)?.producer ?? []),
      openSeat: (layout) => this.openSeat(peer, layout),
      watch: (consumer, producerId) => {
        this.watch(peerId, consumer)
        this.wanted.watch(consumer, producerId)
      },
      ended,
    })
  }

  /** The router that further transports of this room are made on. */
  get router(): mediasoup.Router {
    return this.star.home.router
  }

  /** Which worker's server its transports are on. */
  get webRtcServerId(): string {
    return this.star.home.place.webRtcServer.id
  }

  closeProducer(peerId: string, producerId: string): void {
    const published = this.published.get(producerId)
    const own = published?.owner.id === peerId ? published : this.peerOf(peerId).produced(producerId)
    own.producer.close()
  }

  async pauseProducer(peerId: string, producerId: string, paused: boolean): Promise<void> {
    const { producer } = this.peerOf(peerId).produced(producerId)
    await fromClient(() => (paused ? producer.pause() : producer.resume()))
  }

  publications(): Publication[] {
    return [...this.published.values()].map(({ owner, ...produced }) => owner.publicationOf(produced))
  }

  async consume(
    peerId: string,
    producerId: string,
    rtpCapabilities: mediasoup.RtpCapabilities,
    priority: number,
  ): Promise<Consumer | undefined> {
    const peer = this.peers.get(peerId)
    const offered = this.published.get(producerId)
    if (!peer || !offered) return
    const consumer = await peer.consume(offered.producer, rtpCapabilities, priority)
    if (!consumer) return
    this.watch(peerId, consumer)
    this.wanted.watch(consumer)
    const { id, kind, rtpParameters, producerPaused, type } = consumer
    return {
      id,
      producerId,
      peerId: offered.owner.id,
      source: offered.source,
      kind,
      rtpParameters,
      producerPaused,
      spatialLayers: type === 'simulcast' ? (offered.producer.consumableRtpParameters.encodings?.length ?? 1) : 1,
    }
  }

  async pauseConsumer(peerId: string, consumerId: string, paused: boolean): Promise<void> {
    const consumer = this.peerOf(peerId).consumer(consumerId)
    await fromClient(() => (paused ? consumer.pause() : consumer.resume()))
  }

  async setPreferredLayers(peerId: string, consumerId: string, layers: Layers): Promise<void> {
    const consumer = this.peerOf(peerId).consumer(consumerId)
    await fromClient(() => consumer.setPreferredLayers(layers))
    this.wanted.look(consumer.producerId)
  }

  async requestKeyFrame(peerId: string, consumerId: string): Promise<void> {
    const consumer = this.peerOf(peerId).consumer(consumerId)
    await fromClient(() => consumer.requestKeyFrame())
  }

  closeConsumer(peerId: string, consumerId: string): void {
    this.peers.get(peerId)?.consumers.get(consumerId)?.close()
  }

  async roundTripMs(peerId: string): Promise<number | null> {
    const video = [...(this.peers.get(peerId)?.producers.values() ?? [])].find(
      ({ producer }) => producer.kind === 'video',
    )
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
    const peer = this.peers.get(peerId)
    if (!peer) return
    peer.close()
    this.peers.delete(peerId)
    for (const producerId of peer.producers.keys()) this.published.delete(producerId)
  }

  async broadcast(peerId: string, startedAt: number): Promise<void> {
    if (this.isClosed || !this.broadcasts || this.live?.peerId === peerId) return
    if (!this.live) {
      const source = this.broadcasts.open(this.id, startedAt)
      const live = { peerId, source, opened: undefined as BroadcastSource | undefined }
      this.live = live
      live.opened = await source
    } else {
      this.live.peerId = peerId
      const source = await this.live.source
      source.leave()
    }
    if (this.live?.peerId !== peerId) return
    this.keepWhole(peerId)
    for (const { owner, producer, source } of this.published.values())
      if (owner.id === peerId) void this.live.opened?.add(this.star.home.router, producer, source)
  }

  broadcastWarnings() {
    return this.live?.opened?.broadcast.health.warnings ?? []
  }

  async endBroadcast(): Promise<void> {
    const { live } = this
    this.live = undefined
    this.keepWhole(undefined)
    await (await live?.source)?.close(true)
  }

  get liveBroadcast(): LiveBroadcast | undefined {
    return this.live?.opened?.broadcast
  }

  census(): Census {
    const transports = [...this.peers.values()].flatMap(({ transports }) =>
      (['send', 'recv'] as const).flatMap((direction) => {
        const transport = transports[direction]
        return transport ? { direction, protocol: transport.iceSelectedTuple?.protocol ?? ('none' as const) } : []
      }),
    )
    return { transports, producers: [...this.published.values()].map(({ producer }) => producer) }
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.live?.source.then((source) => source.close(false)).catch(() => {})
    this.live = undefined
    this.star?.close()
    this.closePeers()
    this.resolveClosed()
  }

  private starListener(): StarListener {
    return {
      settled: async (home) => {
        this.speakers = await SpeakerWatch.start(home.router, (peerId) => this.listener.dominantSpeaker(peerId))
      },
      lost: () => this.closePeers(),
      moved: () => this.listener.mediaReset(),
      branchLost: (branch) => this.closeSeats(branch),
    }
  }

  /** A transport to receive on, on the branch that has room for one more viewer. */
  private async openSeat(peer: MediaPeer, layout?: Layout): Promise<mediasoup.WebRtcTransport> {
    const { branch, leave } = await this.star.seat(layout)
    try {
      const transport = await this.openTransport(peer, 'recv', branch)
      transport.observer.on('close', leave)
      if (transport.closed) leave()
      return transport
    } catch (error) {
      leave()
      throw error
    }
  }

  private openTransport(peer: MediaPeer, direction: Direction, branch = this.star.home) {
    return peer.open(direction, branch, () => createWebRtcTransport(branch.place))
  }

  /** Those who received on a branch that is gone begin anew, and nobody else notices. */
  private closeSeats(branch: Branch): void {
    const lost = [...this.peers.values()].filter((peer) => peer.branch === branch)
    for (const { id } of lost) this.closePeer(id)
    if (lost.length > 0) this.listener.mediaReset(lost.map(({ id }) => id))
  }

  private announce(peer: MediaPeer, produced: Produced): Publication {
    this.keep(peer, produced)
    return this.reveal(peer, produced)
  }

  private keep(peer: MediaPeer, produced: Produced): Publication {
    const producer = stillOpen(produced.producer)
    copyOnce(producer)
    peer.producers.set(producer.id, produced)
    producer.observer.on('close', () => {
      peer.producers.delete(producer.id)
      this.published.delete(producer.id)
    })
    producer.on('score', (scores) =>
      this.listener.producerScore(
        peer.publicationOf(produced),
        scores.map(({ score }) => score),
      ),
    )
    return peer.publicationOf(produced)
  }

  private reveal(peer: MediaPeer, produced: Produced): Publication {
    const producer = stillOpen(produced.producer)
    this.published.set(producer.id, { owner: peer, ...produced })
    this.wanted.add(producer)
    if (producer.kind === 'audio') this.speakers.add(producer, peer.id)
    if (this.live?.peerId === peer.id) {
      this.wanted.setWhole(producer.id, true)
      void this.live.opened?.add(this.star.home.router, producer, produced.source)
    }
    this.listener.published(peer.publicationOf(produced))
    return peer.publicationOf(produced)
  }

  /** What this peer publishes is broadcast with all its layers. */
  private keepWhole(peerId: string | undefined): void {
    for (const [producerId, { owner }] of this.published) this.wanted.setWhole(producerId, owner.id === peerId)
  }

  private watch(peerId: string, consumer: mediasoup.Consumer): void {
    const { id } = consumer
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

  private enter(peerId: string): MediaPeer {
    const known = this.peers.get(peerId)
    if (known) return known
    const peer = new MediaPeer(peerId)
    this.peers.set(peerId, peer)
    return peer
  }

  private peerOf(peerId: string): MediaPeer {
    return found(this.peers.get(peerId))
  }

  private closePeers(): void {
    for (const peer of this.peers.values()) peer.close()
    this.peers.clear()
    this.beside.clear()
    this.published.clear()
  }
}
