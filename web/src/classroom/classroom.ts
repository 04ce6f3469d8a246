/** A classroom as one person is in it. Framework-free: screens read its stores and call its methods. */
import { Device, type types as mediasoup } from 'mediasoup-client'
import type { BroadcastWarning } from '../../../signaling/protocol/constants.ts'
import type { Role, RoomEvent } from '../../../signaling/protocol/events.ts'
import type { Data, Payload, Result } from '../../../signaling/protocol/index.ts'
import type { StreamHealth } from '../../../signaling/protocol/room.ts'
import type { TicketAnswer } from '../../../src/entitlements/schema.ts'
import type { EventsPage } from '../../../src/playback/schema.ts'
import { Feed } from '../danmaku/feed.ts'
import type { BroadcastPlayer } from '../player/broadcast-player.ts'
import { serverClock } from '../server-clock.ts'
import { Store } from '../store.ts'
import { Announcer } from './announcer.ts'
import { BoardLog } from './board-log.ts'
import { BoardThen } from './board-then.ts'
import { ChatLog } from './chat-log.ts'
import { Connection, isUnpaid } from './connection.ts'
import { Floor } from './floor.ts'
import { watchHiddenTab } from './hidden-tab.ts'
import { InMediaTime } from './in-media-time.ts'
import { consoleLog, type Log } from './log.ts'
import { Notices } from './notices.ts'
import { Order } from './order.ts'
import { OwnMedia } from './own-media.ts'
import { Polls } from './polls.ts'
import { Publishing } from './publishing.ts'
import { Questions } from './questions.ts'
import { Reactions } from './reactions.ts'
import { Receiving } from './receiving.ts'
import { applyToRoom, emptyRoomView, mayPublish, roomViewOf, waitsForFloor } from './room-state.ts'
import { sceneOf } from './scene.ts'
import type { NotificationHandlers, SignalingClient, Socket } from './signaling-client.ts'
import { Speakers } from './speakers.ts'
import { StageLayout } from './stage-layout.ts'
import { downlinkOf, every, noDownlink, noUplink, uplinkOf } from './stats.ts'
import { Viewing } from './viewing.ts'

const STATS_EVERY_MS = 1000
const TEACHER_HEIGHT = 720
const STUDENT_HEIGHT = 360

export type ClassroomOptions = {
  role: Role
  getTicket: () => Promise<TicketAnswer>
  /** Plays the broadcast, where one may watch it. */
  player?: BroadcastPlayer
  /** What was done to the board after this event, from where the player says. */
  boardSoFar?: (url: string, afterSeq: number) => Promise<EventsPage>
  openSocket?: (url: string, protocol: string) => Socket
  log?: Log
}

export class Classroom {
  readonly connection: Connection
  readonly room = new Store(emptyRoomView)
  readonly chat: ChatLog
  readonly questions: Questions
  readonly polls: Polls
  readonly floor: Floor
  readonly reactions: Reactions
  readonly layout: StageLayout
  readonly board: BoardLog
  /** The board of the picture on the screen. */
  readonly boardThen: BoardThen
  readonly notices: Notices
  /** What is said, as it comes to the picture. */
  readonly said = new Feed()
  readonly order: Order
  readonly speakers = new Speakers()
  readonly receiving: Receiving
  readonly viewing: Viewing
  readonly publishing: Publishing
  readonly own: OwnMedia
  readonly announcer = new Announcer({
    selfId: () => this.room.get().self?.peerId,
    questionText: (questionSeq) => this.questions.view.get().questions.find(({ seq }) => seq === questionSeq)?.text,
    optionsText: (pollSeq, options) => {
      const { poll } = this.polls.view.get()
      return poll?.pollSeq === pollSeq ? options.map((option) => poll.options[option]).join(', ') : undefined
    },
  })
  readonly dominantSpeaker = new Store<string | null>(null)
  /** Round trip between the teacher and the server, as the server tells it. */
  readonly teacherRoundTripMs = new Store<number | null>(null)
  /** What hinders the broadcast of this class. */
  readonly broadcastWarnings = new Store<readonly BroadcastWarning[]>([])
  /** How what the teacher's encoder sends arrives; null where there is none, or one is not the teacher. */
  readonly stream = new Store<StreamHealth | null>(null)
  readonly downlink = new Store(noDownlink)
  readonly uplink = new Store(noUplink)
  /** What may be seen without having bought; null where there is no such end. */
  readonly trial = new Store<TicketAnswer['trial']>(null)
  /** The viewer's mark over the picture; null where the teacher wants none. */
  readonly watermark = new Store<string | null>(null)
  readonly #options: ClassroomOptions
  readonly #log: Log
  readonly #inMediaTime = new InMediaTime(
    () => this.#pictureMs(),
    (events) => this.#applyToPicture(events),
  )
  #device: Device | null = null
  #iceServers: RTCIceServer[] = []
  #resumeToken: string | null = null
  #stopStats = () => {}
  #stopWatching = () => {}

  constructor(options: ClassroomOptions) {
    this.#options = options
    this.#log = options.log ?? consoleLog
    const log = this.#log
    this.connection = new Connection({
      getTicket: options.getTicket,
      handlers: this.#handlers(),
      enter: (client, welcome, ticket) => this.#enter(client, welcome, ticket),
      onServerTime: (now, sentAt) => serverClock.sample(now, sentAt),
      log,
      ...(options.openSocket ? { openSocket: options.openSocket } : {}),
    })
    const { request } = this.connection
    this.chat = new ChatLog(request)
    this.questions = new Questions(request)
    this.polls = new Polls(request)
    this.floor = new Floor(request)
    this.reactions = new Reactions(request, () => this.room.get().online)
    this.layout = new StageLayout(request)
    this.board = new BoardLog(request)
    this.notices = new Notices(request)
    this.order = new Order(request)
    this.receiving = new Receiving({ request, speakers: this.speakers, log, reopen: () => void this.#reopen() })
    this.viewing = new Viewing({
      request,
      receiving: this.receiving,
      speakers: this.speakers,
      room: this.room,
      player: options.player ?? null,
      log,
      openSeat: () => this.#reopen(),
    })
    const { tiers, film } = this.viewing
    this.boardThen = new BoardThen({
      now: this.board,
      tiers,
      film,
      fetchPage: options.boardSoFar ?? (async () => ({ events: [], next: null })),
    })
    this.publishing = new Publishing({
      request,
      log,
      standsBy: options.role !== 'teacher',
      onWithdrawn: (source) => this.#withdrawn(source),
    })
    this.own = new OwnMedia(this.publishing, options.role === 'teacher' ? TEACHER_HEIGHT : STUDENT_HEIGHT)
    this.connection.view.subscribe(() => {
      if (this.connection.view.get().phase === 'out') this.#noticeOut()
    })
  }

  start(): void {
    this.connection.start()
    this.viewing.start()
    this.#stopStats = every(STATS_EVERY_MS, this.#statsReader())
    this.#stopWatching = watchHiddenTab((hidden) => this.receiving.setHidden(hidden))
  }

  /** Leaves at once, without the grace period of a lost socket. */
  close(): void {
    this.connection.request('leave', {}).catch(() => {})
    this.#stopStats()
    this.#stopWatching()
    this.connection.close('left')
    this.viewing.close()
    this.#inMediaTime.clear()
    this.#stopMedia()
    this.own.close()
    this.boardThen.close()
    this.board.close()
    this.announcer.close()
    this.reactions.close()
    this.speakers.close()
    this.#log.info('left')
  }

  /** Comes back after one was out: taken over by another device, or asked to. */
  comeBack(): void {
    this.#stopMedia()
    this.connection.start()
  }

  /** What one has a right to is another: looks whether that lifts a trial, or opens the room again. */
  async noticeRights(): Promise<void> {
    const { phase, reason } = this.connection.view.get()
    if (phase === 'out' ? isUnpaid(reason) : this.trial.get()) await this.connection.renew()
  }

  async startClass(): Promise<void> {
    await this.connection.request('startClass', {})
  }

  async endClass(): Promise<void> {
    await this.connection.request('endClass', {})
  }

  listPeers(page: Data<'listPeers'>): Promise<Result<'listPeers'>> {
    return this.connection.request('listPeers', page)
  }

  /** Joins and opens transports in one breath: no request waits for the answer to another. */
  async #enter(client: SignalingClient, { rtpCapabilities }: Payload<'welcome'>, ticket: TicketAnswer) {
    this.#iceServers = ticket.iceServers as RTCIceServer[]
    this.trial.set(ticket.trial)
    this.watermark.set(ticket.watermark)
    const device = await this.#load(rtpCapabilities as mediasoup.RtpCapabilities)
    this.publishing.use(device, this.#iceServers)
    const token = this.receiving.transport ? this.#resumeToken : null
    const tier = this.viewing.wish
    if (!token) this.#stopMedia()
    const generation = { recv: this.receiving.generation, send: this.publishing.generation }
    const joining = client.request('join', {
      rtpCapabilities: device.recvRtpCapabilities as Data<'join'>['rtpCapabilities'],
      ...(token ? { resume: { token } } : {}),
      tier,
    })
    const recv = token || tier === 'broadcast' ? null : client.request('createTransport', { direction: 'recv' })
    const send =
      token || this.#options.role !== 'teacher' ? null : client.request('createTransport', { direction: 'send' })
    recv?.catch(() => {})
    send?.catch(() => {})

    const joined = await joining
    this.#resumeToken = joined.resumeToken
    this.room.set(roomViewOf(joined.self, joined.snapshot))
    this.polls.enter(joined.snapshot)
    this.reactions.enter(joined.snapshot)
    this.chat.enter(joined.self.peerId, joined.snapshot.messages, joined.snapshot.pinned)
    this.questions.enter(joined.snapshot)
    this.order.enter(joined.snapshot)
    this.#inMediaTime.clear()
    this.layout.enter(joined.snapshot)
    this.board.enter(joined.self.peerId, joined.snapshot.board)
    this.notices.enter(joined.snapshot)
    this.#stopWhatIsOver()
    this.viewing.entered(joined)
    if (recv && joined.tier === 'interactive') this.#receiveThrough(await recv, generation.recv)
    if (send) void this.publishing.open(send, generation.send).catch(() => {})
    if (joined.resumed) {
      this.receiving.keepOnly(joined.standing.consumers)
      void this.publishing.keepOnly(joined.standing.producers).catch(() => {})
    } else {
      if (token) this.publishing.reset()
      if (token && joined.tier === 'interactive') await this.#reopen()
      void this.publishing.publishWanted().catch(() => {})
    }
  }

  /** Out for good: the place is gone, and nobody is filmed before a page that cannot show it. */
  #noticeOut() {
    this.#resumeToken = null
    this.viewing.left()
    this.own.goOffAir()
  }

  /** What was taken away while one was away is not told again as an event. */
  #stopWhatIsOver() {
    const may = mayPublish(this.room.get())
    if (!may.camera && !waitsForFloor(this.room.get())) this.own.goOffAir()
    else if (may.camera && !may.microphone) this.own.capture.stop('microphone')
    this.#takeFloor()
  }

  /** Whoever said to be ready is on air with the floor. */
  #takeFloor() {
    const ready = this.own.view.get().ready && this.own.capture.view.get().microphone.track !== null
    if (ready && mayPublish(this.room.get()).camera) void this.own.goOnAir()
  }

  async #load(routerRtpCapabilities: mediasoup.RtpCapabilities): Promise<Device> {
    if (this.#device) return this.#device
    const device = await Device.factory()
    await device.load({ routerRtpCapabilities })
    this.#device = device
    return device
  }

  async #reopen() {
    try {
      this.receiving.reset()
      const { generation } = this.receiving
      this.#receiveThrough(await this.connection.request('createTransport', { direction: 'recv' }), generation)
    } catch (error) {
      this.#log.info('could not open a transport', { error: String(error) })
    }
  }

  /** Only the newest transport counts: the server closed an earlier one, or lost it. */
  #receiveThrough(offered: Result<'createTransport'>, generation: number) {
    if (this.#device && generation === this.receiving.generation)
      this.receiving.open(this.#device, offered, this.#iceServers)
  }

  #stopMedia() {
    this.receiving.reset()
    this.publishing.reset()
  }

  #handlers(): Omit<NotificationHandlers, 'welcome'> {
    return {
      events: ({ events, leftOut = 0 }) => {
        this.#apply(events)
        this.chat.noticeLeftOut(leftOut)
      },
      audience: ({ online, hands, broadcastViewers }) =>
        this.room.patch({ online, raisedHands: hands, broadcastViewers }),
      pollResult: (result) => this.polls.counted(result),
      signInCount: (count) => this.polls.signInCounted(count),
      questionVotes: ({ votes }) => this.questions.counted(votes),
      sketched: (sketched) => this.board.see(sketched),
      uplink: ({ roundTripMs, warnings }) => {
        this.teacherRoundTripMs.set(roundTripMs)
        if (warnings.join() !== this.broadcastWarnings.get().join()) this.broadcastWarnings.set(warnings)
      },
      streamHealth: ({ health }) => this.stream.set(health),
      tierChanged: () => this.viewing.seated(),
      newConsumer: (consumer) => {
        this.receiving.add(consumer).catch((error) => this.#log.info('could not receive', { error: String(error) }))
      },
      consumerClosed: ({ consumerId }) => this.receiving.remove(consumerId),
      consumerPaused: ({ consumerId }) => this.receiving.setPaused(consumerId, true),
      consumerResumed: ({ consumerId }) => this.receiving.setPaused(consumerId, false),
      layersChanged: ({ consumerId, layers }) => this.receiving.setLayer(consumerId, layers?.spatialLayer ?? null),
      producerScore: ({ producerId, scores }) => this.publishing.scored(producerId, scores),
      layersWanted: ({ producerId, spatialLayer }) => this.publishing.limitLayers(producerId, spatialLayer),
      producerClosed: ({ producerId }) => this.publishing.withdrawn(producerId),
      dominantSpeaker: ({ peerId }) => this.dominantSpeaker.set(peerId),
      mediaReset: () => {
        this.#log.info('media reset')
        if (this.viewing.seat) void this.#reopen()
        void this.publishing.republish().catch(() => {})
      },
    }
  }

  /** The media time of the picture on the screen; null where it is as good as now. */
  #pictureMs(): number | null {
    const { phase, moving, positionMs } = this.viewing.film.get()
    const behind = this.viewing.tiers.get().shown === 'broadcast' && phase === 'ready' && moving
    return behind ? positionMs : null
  }

  /** What belongs to the picture comes when the viewer's own picture has come to it. */
  #applyToPicture(events: readonly RoomEvent[]) {
    const held = this.#pictureMs() !== null
    this.reactions.apply(events)
    this.polls.apply(events, ({ at }) => (held ? Math.max(0, Math.round(serverClock.now() - at)) : 0))
    this.board.apply(events)
    this.notices.apply(events)
    this.announcer.see(events)
    this.said.push(events, this.room.get().self?.peerId)
    this.layout.apply(events)
  }

  #apply(events: readonly RoomEvent[]) {
    this.room.set(events.reduce(applyToRoom, this.room.get()))
    this.chat.apply(events)
    this.said.noticeDeletions(events)
    this.questions.apply(events)
    this.order.apply(events)
    this.announcer.hear(events)
    this.#inMediaTime.push(events)
    this.boardThen.push(events)
    const selfId = this.room.get().self?.peerId
    const concerns = (event: RoomEvent) => 'peerId' in event.data && event.data.peerId === selfId
    const over = (event: RoomEvent) =>
      event.type === 'classEnded' ||
      event.type === 'handsLowered' ||
      ((event.type === 'floorTaken' || event.type === 'handLowered') && concerns(event))
    if (events.some(over) && !mayPublish(this.room.get()).camera) this.own.goOffAir()
    if (events.some(({ type }) => type === 'floorGiven')) this.#takeFloor()
  }

  #withdrawn(source: string) {
    if (source === 'camera' || source === 'microphone') this.own.capture.stop(source)
    else this.own.stopScreen()
  }

  #statsReader() {
    const before: { recv: RTCStatsReport | null; send: RTCStatsReport | null } = { recv: null, send: null }
    return async () => {
      const { transport } = this.receiving
      const { main } = sceneOf(this.receiving.pictures.get(), this.room.get().floor, false)
      if (transport && main) {
        const report = await transport.getStats()
        this.downlink.set(downlinkOf(report, before.recv, main.track.id, this.teacherRoundTripMs.get()))
        before.recv = report
      } else this.downlink.set(noDownlink)
      const sending = this.publishing.transport
      if (sending && this.own.view.get().onAir) {
        const report = await sending.getStats()
        this.uplink.set(uplinkOf(report, before.send))
        before.send = report
      }
    }
  }
}
