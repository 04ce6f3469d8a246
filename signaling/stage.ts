/** The media of one room as the room sees it: who may publish, who is offered what, and when. */
import type { Log } from './log.ts'
import type { Peer } from './peer.ts'
import type { Incoming, Media, MediaListener, MediaRoom, Publication, SdpSession, Standing } from './ports.ts'
import { kindOf, type Source } from './protocol/constants.ts'
import { AppError } from './protocol/errors.ts'
import type { Data, NotificationFrame } from './protocol/index.ts'
import type { Direction, Transport } from './protocol/media.ts'
import type { RoomState } from './protocol/snapshot.ts'

const TEACHER_BITRATE = 8_000_000
const STUDENT_BITRATE = 2_000_000
const TEACHER_PRIORITY = 200
const MOST_OFFERS = 3
const PLAYER_RETRY_SECONDS = 5
/** Raised hands that stand by with their devices; the others connect when the floor is theirs. */
const MOST_STANDING_BY = 16

/** What the stage needs of its room. */
export type StageRoom = {
  state: RoomState
  peer(peerId: string): Peer | undefined
  peers(): Iterable<Peer>
  broadcast(frame: NotificationFrame): void
}

export class Stage {
  private readonly room: StageRoom
  private readonly media: MediaRoom
  private readonly log: Log
  /** Sources that are being published now, by peer. */
  private readonly coming = new Set<string>()
  /** Consumers that their peers have not resumed yet, by consumer. */
  private readonly offers = new Map<string, { peerId: string; timer: NodeJS.Timeout }>()
  private readonly offerTimeoutMs: number

  static async open(roomId: string, room: StageRoom, media: Media, log: Log, offerTimeoutMs: number): Promise<Stage> {
    let stage: Stage | undefined
    const listener = listenerOf(
      room,
      (publication) => stage?.offerToAll(publication),
      (peerIds) => stage?.reset(peerIds),
    )
    stage = new Stage(room, await media.openRoom(roomId, listener), log, offerTimeoutMs)
    return stage
  }

  private constructor(room: StageRoom, media: MediaRoom, log: Log, offerTimeoutMs: number) {
    this.room = room
    this.media = media
    this.log = log
    this.offerTimeoutMs = offerTimeoutMs
  }

  async createTransport(peer: Peer, direction: Direction): Promise<Transport> {
    const standsBy = direction === 'send' && this.standbyOf(peer).length > 0
    if (direction === 'send' && !standsBy && !this.sourcesOf(peer).length)
      throw new AppError('forbidden', 'publishing needs the floor')
    if (peer.tier === 'broadcast' && !standsBy) throw new AppError('conflict', 'this place is of the broadcast tier')
    const bitrate = peer.person.role === 'teacher' ? TEACHER_BITRATE : STUDENT_BITRATE
    const transport = await this.media.createTransport(peer.id, direction, bitrate)
    if (direction === 'recv') setImmediate(() => void this.offerAll(peer))
    return transport
  }

  connectTransport(peer: Peer, { transportId, dtlsParameters }: Data<'connectTransport'>): Promise<void> {
    return this.media.connectTransport(peer.id, transportId, dtlsParameters)
  }

  async restartIce(peer: Peer, transportId: string) {
    return { iceParameters: await this.media.restartIce(peer.id, transportId) }
  }

  async produce(peer: Peer, { transportId, source, kind, rtpParameters, paused = false }: Data<'produce'>) {
    const standby = !this.sourcesOf(peer).includes(source)
    if (standby && !this.standbyOf(peer).includes(source))
      throw new AppError('forbidden', `publishing ${source} needs the floor`)
    if (kindOf[source] !== kind) throw new AppError('bad_request', `${source} is not ${kind}`)
    const coming = `${peer.id} ${source}`
    const published = this.sentBy(peer.id).some((publication) => publication.source === source)
    if (published || this.coming.has(coming)) throw new AppError('conflict', `${source} is published already`)
    this.coming.add(coming)
    const { producerId } = await this.media
      .produce(peer.id, { transportId, source, rtpParameters, standby, paused: paused || standby })
      .finally(() => this.coming.delete(coming))
    const here = this.room.peer(peer.id) === peer
    const allowed = [...this.sourcesOf(peer), ...(standby ? this.standbyOf(peer) : [])]
    if (!here || !allowed.includes(source)) {
      if (this.sentBy(peer.id).some((publication) => publication.producerId === producerId))
        this.media.closeProducer(peer.id, producerId)
      throw new AppError('forbidden', 'the floor was taken meanwhile')
    }
    // The floor came while this was on its way.
    if (standby && this.sourcesOf(peer).includes(source)) await this.media.show(peer.id, producerId)
    return { producerId }
  }

  /** Takes what an encoder of this peer's sends, in place of the same sources from elsewhere. */
  async receive<I extends Incoming>(
    peer: Peer,
    open: (media: MediaRoom, maxBitrate: number) => Promise<I>,
  ): Promise<I> {
    const mayPublish = () => this.room.peer(peer.id) === peer && this.sourcesOf(peer).includes('camera')
    if (peer.person.role !== 'teacher' || !mayPublish()) throw new AppError('forbidden', 'only for the teacher')
    const session = await open(this.media, TEACHER_BITRATE)
    if (!mayPublish()) {
      session.close()
      throw new AppError('forbidden', 'the right to publish ended meanwhile')
    }
    for (const { producerId, source } of this.publicationsOf(peer.id)) {
      const replaced = session.publications.some((each) => each.source === source && each.producerId !== producerId)
      if (!replaced) continue
      this.media.closeProducer(peer.id, producerId)
      peer.notify({ topic: 'producerClosed', data: { producerId } })
    }
    return session
  }

  /** How what an encoder of this peer's sends arrives; undefined where there is none. */
  async streamHealth({ stream }: Peer) {
    if (!stream) return undefined
    const figures = await this.media.figuresOf(stream.publications.map(({ producerId }) => producerId))
    return { way: stream.way, warnings: [...stream.warnings], ...figures }
  }

  /** Sends a player what the teacher shows; it is closed when that is something else. Throws `not_live`. */
  async deliver(peer: Peer, offer: string, ended: () => void): Promise<SdpSession> {
    const shown = this.shownTo(peer)
    if (shown.length === 0)
      throw new AppError('not_live', 'nothing is shown now', { retryAfterSeconds: PLAYER_RETRY_SECONDS })
    const session = await this.media.deliver(peer.id, offer, shown, ended)
    if (this.room.peer(peer.id) !== peer || !peer.online) {
      session.close()
      throw new AppError('forbidden', 'the right to watch ended meanwhile')
    }
    peer.reconsider = () => {
      if (this.shownTo(peer).join() !== shown.join()) session.close()
    }
    peer.reconsider()
    return session
  }

  /** The one picture and the one sound of the teacher's that this peer may see and hear. */
  private shownTo(peer: Peer): string[] {
    if (!this.maySee(peer)) return []
    const teachers = this.media.publications().filter(({ peerId }) => this.room.peer(peerId)?.person.role === 'teacher')
    const first = (sources: Source[]) => sources.map((source) => teachers.find((each) => each.source === source))
    return [first(['screen', 'camera']), first(['microphone', 'screenAudio'])].flatMap(
      (choices) => choices.find((each) => each)?.producerId ?? [],
    )
  }

  closeProducer(peer: Peer, producerId: string): void {
    this.media.closeProducer(peer.id, producerId)
  }

  pauseProducer(peer: Peer, producerId: string, paused: boolean): Promise<void> {
    return this.media.pauseProducer(peer.id, producerId, paused)
  }

  async pauseConsumer(peer: Peer, consumerId: string, paused: boolean): Promise<void> {
    this.settle(consumerId)
    await this.media.pauseConsumer(peer.id, consumerId, paused)
  }

  setPreferredLayers(peer: Peer, { consumerId, layers }: Data<'setPreferredLayers'>): Promise<void> {
    return this.media.setPreferredLayers(peer.id, consumerId, layers)
  }

  requestKeyFrame(peer: Peer, consumerId: string): Promise<void> {
    return this.media.requestKeyFrame(peer.id, consumerId)
  }

  roundTripMs(peerId: string): Promise<number | null> {
    return this.media.roundTripMs(peerId)
  }

  /** Offers what can be seen now to everyone: called when a class goes live. */
  offerEverything(): void {
    for (const peer of this.room.peers()) void this.offerAll(peer)
  }

  /** Closes what the peer may no longer publish, and tells it so. */
  withdraw(peerId: string): void {
    const peer = this.room.peer(peerId)
    const shown = peer ? this.sourcesOf(peer) : []
    const close = ({ producerId }: Publication) => {
      this.media.closeProducer(peerId, producerId)
      peer?.notify({ topic: 'producerClosed', data: { producerId } })
    }
    for (const each of this.publicationsOf(peerId)) if (!shown.includes(each.source)) close(each)
    const ready = peer ? [...shown, ...this.standbyOf(peer)] : []
    for (const each of this.media.standby(peerId)) if (!ready.includes(each.source)) close(each)
  }

  /** Shows what stood by: the floor is the peer’s. */
  async promote(peerId: string): Promise<void> {
    this.withdraw(peerId)
    const shown = this.media.standby(peerId).map(({ producerId }) => this.media.show(peerId, producerId))
    for (const { status, reason } of (await Promise.allSettled(shown)) as PromiseRejectedResult[])
      if (status === 'rejected') this.log.warn({ err: reason, peerId }, 'what stood by could not be shown')
    this.withdraw(peerId)
  }

  /** A peer that kept its transports is back: what it never answered is offered again. */
  resume(peer: Peer): Standing {
    for (const { consumerId } of this.media.standingOf(peer.id).consumers) {
      if (!this.offers.has(consumerId)) continue
      this.settle(consumerId)
      this.media.closeConsumer(peer.id, consumerId)
    }
    setImmediate(() => void this.offerAll(peer))
    return this.media.standingOf(peer.id)
  }

  /** The class is what this peer shows, and began at `startedAt`. */
  broadcast(peerId: string, startedAt: number): void {
    this.media
      .broadcast(peerId, startedAt)
      .catch((error) => this.log.error({ err: error }, 'the broadcast did not begin'))
  }

  broadcastWarnings() {
    return this.media.broadcastWarnings()
  }

  async endBroadcast(): Promise<void> {
    await this.media.endBroadcast().catch((error) => this.log.error({ err: error }, 'the broadcast did not end well'))
  }

  standingOf(peerId: string): Standing {
    return this.media.standingOf(peerId)
  }

  closePeer(peerId: string): void {
    for (const { consumerId } of this.media.standingOf(peerId).consumers) this.settle(consumerId)
    this.media.closePeer(peerId)
  }

  close(): void {
    for (const consumerId of this.offers.keys()) this.settle(consumerId)
    this.media.close()
  }

  private reset(peerIds?: string[]): void {
    for (const [consumerId, { peerId }] of this.offers)
      if (!peerIds || peerIds.includes(peerId)) this.settle(consumerId)
    this.log.warn({ peers: peerIds?.length }, 'the media of this room was reset')
    if (peerIds) for (const peerId of peerIds) this.room.peer(peerId)?.notify({ topic: 'mediaReset', data: {} })
    else this.room.broadcast({ topic: 'mediaReset', data: {} })
  }

  private sourcesOf(peer: Peer): Source[] {
    const { state } = this.room
    if (state.status === 'ended') return []
    if (peer.person.role === 'teacher') return ['camera', 'microphone', 'screen', 'screenAudio']
    if (!state.floor.has(peer.id)) return []
    return state.muted.has(peer.id) ? ['camera'] : ['camera', 'microphone']
  }

  /** What may be made ready while the hand is up, unseen and unheard. */
  private standbyOf(peer: Peer): Source[] {
    const { state } = this.room
    const waits = [...state.hands.keys()].slice(0, MOST_STANDING_BY).includes(peer.id)
    if (!waits || state.status === 'ended') return []
    return state.muted.has(peer.id) ? ['camera'] : ['camera', 'microphone']
  }

  private sentBy(peerId: string): Publication[] {
    return [...this.publicationsOf(peerId), ...this.media.standby(peerId)]
  }

  private publicationsOf(peerId: string): Publication[] {
    return this.media.publications().filter((publication) => publication.peerId === peerId)
  }

  private offerToAll(publication: Publication): void {
    for (const peer of this.room.peers()) {
      if (peer.reconsider) peer.reconsider()
      else void this.offer(peer, publication)
    }
  }

  /** All at once, so that a client can take sound and picture in one negotiation. */
  private async offerAll(peer: Peer): Promise<void> {
    const offers = this.media.publications().map((publication) => this.prepareOffer(peer, publication))
    for (const tell of await Promise.all(offers)) tell?.()
  }

  /** Before the class begins only staff see the teacher. */
  private maySee(peer: Peer): boolean {
    const { status } = this.room.state
    return peer.isStaff || status === 'live' || status === 'paused'
  }

  private async offer(peer: Peer, publication: Publication, attempt = 1): Promise<void> {
    const tell = await this.prepareOffer(peer, publication, attempt)
    tell?.()
  }

  /** Makes the consumer, and gives back what tells the peer of it; undefined where there is nothing to offer. */
  private async prepareOffer(peer: Peer, publication: Publication, attempt = 1): Promise<(() => void) | undefined> {
    if (publication.peerId === peer.id || !peer.online || peer.tier === 'broadcast' || !this.maySee(peer)) return
    const priority = this.room.peer(publication.peerId)?.person.role === 'teacher' ? TEACHER_PRIORITY : 1
    try {
      const consumer = await this.media.consume(peer.id, publication.producerId, peer.rtpCapabilities, priority)
      if (!consumer) return
      return () => {
        const timer = setTimeout(() => this.offerAgain(peer, publication, consumer.id, attempt), this.offerTimeoutMs)
        this.offers.set(consumer.id, { peerId: peer.id, timer })
        peer.notify({ topic: 'newConsumer', data: consumer })
      }
    } catch (error) {
      this.log.warn({ err: error, peerId: peer.id }, 'a consumer could not be offered')
    }
  }

  private offerAgain(peer: Peer, publication: Publication, consumerId: string, attempt: number): void {
    this.settle(consumerId)
    this.media.closeConsumer(peer.id, consumerId)
    peer.notify({ topic: 'consumerClosed', data: { consumerId } })
    if (attempt < MOST_OFFERS) void this.offer(peer, publication, attempt + 1)
  }

  private settle(consumerId: string): void {
    clearTimeout(this.offers.get(consumerId)?.timer)
    this.offers.delete(consumerId)
  }
}

function listenerOf(
  room: StageRoom,
  published: (publication: Publication) => void,
  mediaReset: MediaListener['mediaReset'],
): MediaListener {
  const tell = (peerId: string, frame: NotificationFrame) => room.peer(peerId)?.notify(frame)
  return {
    published,
    mediaReset,
    producerScore: ({ peerId, producerId }, scores) =>
      tell(peerId, { topic: 'producerScore', data: { producerId, scores } }),
    consumerClosed: (peerId, consumerId) => tell(peerId, { topic: 'consumerClosed', data: { consumerId } }),
    consumerPaused: (peerId, consumerId, paused) =>
      tell(peerId, { topic: paused ? 'consumerPaused' : 'consumerResumed', data: { consumerId } }),
    layersChanged: (peerId, consumerId, layers) =>
      tell(peerId, { topic: 'layersChanged', data: { consumerId, layers } }),
    layersWanted: ({ peerId, producerId }, spatialLayer) =>
      tell(peerId, { topic: 'layersWanted', data: { producerId, spatialLayer } }),
    dominantSpeaker: (peerId) => room.broadcast({ topic: 'dominantSpeaker', data: { peerId } }),
  }
}
