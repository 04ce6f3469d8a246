/** One live lesson: who is here, what happened, and who is told. All of it is events in the room's log. */
import { Allowance } from './allowance.ts'
import { ClassLife } from './class-life.ts'
import { Later } from './dispatch.ts'
import { Fanout } from './fanout.ts'
import { Journal } from './journal.ts'
import type { Judge } from './judge.ts'
import type { Log } from './log.ts'
import { type Line, Peer } from './peer.ts'
import { type House, Places } from './places.ts'
import { watch } from './players.ts'
import { Polling } from './polling.ts'
import {
  type Courseware,
  type Incoming,
  type Lessons,
  LogConflict,
  type Media,
  type Pictures,
  type PlainWay,
  type RoomLog,
  type SdpSession,
  type Shop,
} from './ports.ts'
import { AppError, type CloseReason } from './protocol/errors.ts'
import type { EventData, EventType, HeldReason, Person, RoomEvent } from './protocol/events.ts'
import type { Data, NotificationFrame, Result } from './protocol/index.ts'
import type { LessonState } from './protocol/lesson.ts'
import type { Tier } from './protocol/media.ts'
import type { Picture } from './protocol/message.ts'
import type { Offer } from './protocol/notices.ts'
import { type Audience, applyEvent, emptyRoom, type RoomState, snapshotFor } from './protocol/snapshot.ts'
import { Reactions } from './reactions.ts'
import { SharedCapabilities } from './shared-capabilities.ts'
import { Sketches } from './sketches.ts'
import { Stage } from './stage.ts'
import { Streams } from './streams.ts'
import { Tallies } from './tallies.ts'
import type { Ticket } from './ticket.ts'
import type { Timing } from './timing.ts'

/** Events that may wait for a slow database before people are asked to wait too. */
const LONGEST_BACKLOG = 1000
/** How often tallies are told and trials looked at. */
const TICK_MS = 1000
const REACTIONS_EVERY_TICKS = 2
/** How long an ended class stays open, so that its last words arrive. */
const FAREWELL_MS = 1000

export type RoomDeps = House & {
  media: Media
  roomLog: RoomLog
  lessons: Lessons
  judge: Judge
  pictures: Pictures
  shop: Shop
  courseware: Courseware
  log: Log
  now: () => number
  /** How many people fetch the broadcast of this lesson now. */
  broadcastViewers: (lessonId: string) => number
  timing: Timing
  /** Called once, when nobody is left or the class has ended. */
  emptied: (room: Room) => void
  /** Called once, when the log turned out to hold other events than the room: it is closed, to be opened anew. */
  outdated: (room: Room) => void
}

export class Room {
  readonly id: string
  readonly state: RoomState
  stage!: Stage
  readonly sketches: Sketches
  readonly reactions: Reactions
  readonly polling: Polling
  private readonly deps: RoomDeps
  readonly allowance = new Allowance()
  private readonly capabilities = new SharedCapabilities()
  private readonly places: Places
  private readonly journal: Journal
  private readonly fanout: Fanout
  private life!: ClassLife
  private readonly tallies: Tallies
  private readonly streams: Streams
  private readonly ticking: NodeJS.Timeout
  private settling: NodeJS.Timeout | undefined
  private ticks = 0
  private closed = false

  /** Rebuilds the room from its log, and opens its media. */
  static async open(id: string, deps: RoomDeps): Promise<Room> {
    const state = emptyRoom()
    for await (const events of deps.roomLog.read(id, 0)) for (const event of events) applyEvent(state, event)
    Object.assign(state, await deps.lessons.stateOf(id))
    if (state.status === 'ended') throw new AppError('lesson_ended')
    await takeOver(id, state, deps)
    const room = new Room(id, state, deps)
    try {
      room.stage = await Stage.open(id, room.view(), deps.media, deps.log, deps.timing.offerTimeoutMs)
    } catch (error) {
      clearInterval(room.ticking)
      throw error
    }
    room.life = new ClassLife(room.classView(), deps.lessons, deps.log, deps.timing)
    room.broadcast()
    room.settling = setTimeout(() => room.forgetAbsent(), deps.timing.resumeGraceMs)
    deps.log.info({}, 'room opened')
    return room
  }

  private constructor(id: string, state: RoomState, deps: RoomDeps) {
    this.id = id
    this.state = state
    this.deps = deps
    this.journal = new Journal(id, deps.roomLog, deps.log, () => this.close('internal').then(() => deps.outdated(this)))
    this.places = new Places(deps)
    this.fanout = new Fanout(() => this.places)
    this.sketches = new Sketches(
      (frame) => this.fanout.broadcast(frame),
      () => this.places.size,
    )
    this.polling = new Polling({
      ...this.view(),
      now: deps.now,
      append: (type, by, data) => this.append(type, by, data),
      tell: (staff, students) => this.fanout.tell(staff, students),
    })
    this.reactions = new Reactions((counts) => this.append('reactionsGiven', null, { counts }))
    this.tallies = new Tallies({ ...this.view(), stage: () => this.stage, polling: () => this.polling })
    this.streams = new Streams(this.streamView(), deps.log)
    this.ticking = setInterval(() => this.tick(), TICK_MS)
  }

  /** Gives the ticket's person a place on this connection, or takes an earlier one up again. */
  join(
    connection: Line,
    ticket: Ticket,
    { rtpCapabilities, resume, tier: wish = ticket.tier }: Data<'join'>,
  ): { peer: Peer; answer: Result<'join'> } {
    const { peerId, role } = ticket.person
    if (this.state.status === 'ended') throw new AppError('lesson_ended')
    if (this.closed) throw new AppError('unavailable')
    if (this.state.removed.has(peerId) && role === 'student') throw new AppError('removed')
    if (this.trialIsOver(ticket)) throw new AppError('trial_ended')
    const earlier = this.places.get(peerId)
    const tier = this.places.tierFor(ticket.person, wish)
    const resumed =
      earlier?.tier === tier && resume?.token === earlier.resumeToken && this.stage.standingOf(peerId).transports
    if (earlier && !resumed) this.stage.closePeer(peerId)
    const peer = earlier ?? new Peer(ticket)
    this.moveTo(peer, tier)
    peer.attach(connection, ticket, this.capabilities.of(rtpCapabilities))
    this.places.cameBack(peer)
    if (!earlier) this.comeIn(peer)
    if (role === 'teacher') {
      this.life.teacherChanged()
      this.broadcast()
    }
    this.deps.log.info({ peerId, role, tier, resumed }, 'peer joined')
    const { consumers, producers } = resumed ? this.stage.resume(peer) : { consumers: [], producers: [] }
    const standing = {
      producers,
      consumers: consumers.map(({ consumerId, producerPaused }) => ({ consumerId, producerPaused })),
    }
    const snapshot = snapshotFor(peer.person, this.state, this.audience)
    const { person: self, resumeToken } = peer
    const { broadcast } = this.deps
    return { peer, answer: { self, tier, broadcast, resumeToken, resumed, standing, now: this.deps.now(), snapshot } }
  }

  /** Takes what an encoder of the teacher's offers; `ended` is called once, when that is over. */
  receive(ticket: Ticket, offer: string, ended: () => void): Promise<SdpSession> {
    this.demandOpen()
    return this.streams.receive(
      ticket,
      (media, peerId, maxBitrate, over) => media.receive(peerId, offer, maxBitrate, over),
      ended,
    )
  }

  /** The same for what a helper on this machine sends as plain RTP. */
  receivePlain(ticket: Ticket, ended: () => void): Promise<Incoming & PlainWay> {
    this.demandOpen()
    return this.streams.receive(ticket, (media, peerId, _, over) => media.receivePlain(peerId, over), ended)
  }

  private demandOpen(): void {
    if (this.state.status === 'ended') throw new AppError('lesson_ended')
    if (this.closed) throw new AppError('unavailable')
  }

  /** Takes a seat for a player of the ticket's; `ended` is called once, when that is over. Throws `room_full`. */
  async watch(ticket: Ticket, offer: string, ended: () => void): Promise<SdpSession> {
    if (this.places.tierFor(ticket.person, 'interactive') !== 'interactive') throw new AppError('room_full')
    return watch(this, ticket, offer, ended)
  }

  /** Moves the peer to where it wishes to be, if there is a place, and tells where it is then. */
  changeTier(peer: Peer, wish: Tier): Tier {
    this.moveTo(peer, this.places.tierFor(peer.person, wish))
    return peer.tier
  }

  /** Gives the peer a seat, taken or not, so that it can have the floor. */
  seat(peer: Peer): void {
    if (peer.tier === 'interactive') return
    this.places.sit(peer, 'interactive')
    peer.notify({ topic: 'tierChanged', data: { tier: peer.tier } })
  }

  /** Who gives the seat up gives up all that goes with it. */
  private moveTo(peer: Peer, tier: Tier): void {
    this.places.sit(peer, tier)
    if (tier === 'interactive') return
    this.stage.closePeer(peer.id)
    if (this.state.floor.has(peer.id)) this.append('floorTaken', peer.person, { peerId: peer.id })
  }

  /** The peer's socket is gone. Its place waits for it. */
  disconnected(peer: Peer, connection: Line): void {
    if (peer.connection !== connection) return
    peer.connection = undefined
    if (!peer.online) this.vacate(peer)
  }

  private comeIn(peer: Peer): void {
    this.places.add(peer)
    this.journal.note(this.happen('peerJoined', peer.person, {}))
  }

  private streamChanged(peer: Peer): void {
    if (this.peer(peer.id) !== peer) return
    clearTimeout(peer.graceTimer)
    if (!peer.online) {
      this.vacate(peer)
      return
    }
    this.places.cameBack(peer)
    this.life.teacherChanged()
    this.broadcast()
  }

  /** Nothing holds the place of this peer any more: it waits for its person. */
  private vacate(peer: Peer): void {
    this.places.wentAway(peer)
    peer.graceTimer = setTimeout(() => this.leave(peer), this.deps.timing.resumeGraceMs)
    if (peer.person.role === 'teacher') this.life.teacherChanged()
  }

  /** Gives the place up for good: with its hand, its floor and its media. */
  leave(peer: Peer, reason?: CloseReason): void {
    // Who closes the page does not close the encoder.
    const stays = peer.stream !== undefined && !reason && this.peer(peer.id) === peer
    if (!stays && !this.places.remove(peer)) return
    this.stage.closePeer(peer.id)
    if (stays) {
      peer.hangUp()
      return
    }
    peer.close(reason)
    const { peerId } = peer.person
    this.giveUpRights(peerId)
    this.journal.note(this.happen('peerLeft', null, { peerId }))
    this.deps.log.info({ peerId, reason }, 'peer left')
    if (peer.person.role === 'teacher') this.life.teacherChanged()
    if (this.places.size === 0 && !this.closed) this.deps.emptied(this)
  }

  private giveUpRights(peerId: string): void {
    if (this.state.hands.has(peerId)) this.append('handLowered', null, { peerId })
    if (this.state.floor.has(peerId)) this.append('floorTaken', null, { peerId })
    if (this.state.board.pens.has(peerId)) this.append('penTaken', null, { peerId })
  }

  /** The log of a room that was rebuilt may hold hands, the floor and pens of people who never came back. */
  private forgetAbsent(): void {
    const { hands, floor, board } = this.state
    const holders = new Set([...hands.keys(), ...floor.keys(), ...board.pens.keys()])
    for (const peerId of holders) if (!this.places.get(peerId)) this.giveUpRights(peerId)
  }

  startClass(by: Person): Promise<Later<{ seq: number }>> {
    return this.life.start(by).then(asStored)
  }

  endClass(by: Person): Promise<Later<{ seq: number }>> {
    return this.life.end(by).then(asStored)
  }

  /** Appends one event to the log: it counts at once, is sent out with the next flush, and is stored in order. */
  append<T extends EventType>(type: T, by: Person | null, data: EventData<T>): { seq: number; stored: Promise<void> } {
    const event = this.happen(type, by, data)
    return { seq: event.seq, stored: this.journal.write(event) }
  }

  private happen<T extends EventType>(type: T, by: Person | null, data: EventData<T>): RoomEvent {
    if (this.closed) throw new AppError('unavailable', 'this room is closed')
    const at = this.deps.now()
    const mediaMs = this.state.startedAt === null ? null : at - this.state.startedAt
    const event = { seq: this.state.seq + 1, at, mediaMs, by, type, data } as RoomEvent
    applyEvent(this.state, event)
    this.fanout.push(event, this.places.size)
    return event
  }

  /** The same as `append`, as the result of a request. */
  record<T extends EventType>(type: T, by: Person, data: EventData<T>): Later<{ seq: number }> {
    if (this.journal.backlog > LONGEST_BACKLOG) throw new AppError('unavailable', 'the room log is behind')
    return asStored(this.append(type, by, data))
  }

  /** What a document of this lesson is called; undefined where it has none with this id that can be shown. */
  deckTitle(fileId: string): Promise<string | undefined> {
    return this.deps.courseware.deckTitle(this.id, fileId)
  }

  /** Whether this is for sale, and the teacher's to show. */
  isOnSale(offer: Offer): Promise<boolean> {
    return this.deps.shop.isOnSale(this.id, offer)
  }

  /** The picture of this person with this file; undefined where they have none for the chat. */
  async pictureOf(peer: Peer, fileId: string): Promise<Picture | undefined> {
    const size = await this.deps.pictures.sizeOf(peer.id, fileId)
    return size && { fileId, ...size }
  }

  peer(peerId: string): Peer | undefined {
    return this.places.get(peerId)
  }

  peers(): Iterable<Peer> {
    return this.places
  }

  /** Whether anyone has a place here, online or not. */
  get peopled(): boolean {
    return this.places.size > 0
  }

  /** How many events are not stored yet. */
  get backlog(): number {
    return this.journal.backlog
  }

  get online(): number {
    return this.places.online
  }

  private get audience(): Audience {
    const { places, state, deps } = this
    return { online: places.online, hands: state.hands.size, broadcastViewers: deps.broadcastViewers(this.id) }
  }

  /** Why these words of a student have to wait for staff; null where they pass. */
  judge(peer: Peer, said: { text: string; picture?: Picture }): Promise<HeldReason | null> {
    return this.deps.judge(this.state, { roomId: this.id, peerId: peer.id, ...said })
  }

  eventsBefore(types: EventType[], beforeSeq: number, limit: number): Promise<RoomEvent[]> {
    return this.deps.roomLog.eventsBefore(this.id, types, beforeSeq, limit)
  }

  eventsAt(seqs: number[]): Promise<RoomEvent[]> {
    return this.deps.roomLog.eventsAt(this.id, seqs)
  }

  messagesBefore(beforeSeq: number, limit: number): Promise<RoomEvent[]> {
    return this.deps.roomLog.messagesBefore(this.id, beforeSeq, limit)
  }

  /** Sends everyone away and stores what is not stored yet. */
  async close(reason: CloseReason): Promise<void> {
    if (!this.closed) {
      this.closed = true
      this.fanout.close()
      this.sketches.close()
      clearInterval(this.ticking)
      clearTimeout(this.settling)
      this.life.close()
      for (const peer of this.places) peer.close(reason)
      this.places.clear()
      this.stage.close()
      this.deps.log.info({ reason }, 'room closed')
    }
    await this.journal.flush()
  }

  /** The class goes out to the broadcast tier from its beginning to its end, with or without its teacher. */
  private broadcast(): void {
    const { status, startedAt } = this.state
    if ((status !== 'live' && status !== 'paused') || startedAt === null) return
    this.stage.broadcast(this.places.teacher?.id ?? '', startedAt)
  }

  private trialIsOver({ trial }: { trial?: Ticket['trial'] | undefined }): boolean {
    const { startedAt } = this.state
    if (!trial || startedAt === null) return false
    return this.deps.now() >= Math.max(trial.from, startedAt) + trial.seconds * 1000
  }

  now(): number {
    return this.deps.now()
  }

  private tick(): void {
    for (const [peerId, until] of this.state.muted)
      if (until !== null && until <= this.now()) this.append('peerUnmuted', null, { peerId })
    for (const peer of this.places) if (this.trialIsOver(peer)) this.leave(peer, 'trial_ended')
    this.polling.closeWhatIsOver()
    this.ticks += 1
    if (this.ticks % REACTIONS_EVERY_TICKS === 0) this.reactions.flush()
    this.tallies.tell()
  }

  private view() {
    return {
      state: this.state,
      peer: (peerId: string) => this.peer(peerId),
      peers: () => this.peers(),
      audience: () => this.audience,
      teacher: () => this.places.teacher,
      broadcast: (frame: NotificationFrame) => this.fanout.broadcast(frame),
    }
  }

  private streamView() {
    return {
      stage: () => this.stage,
      peer: (peerId: string) => this.peer(peerId),
      comeIn: (peer: Peer) => this.comeIn(peer),
      changed: (peer: Peer) => this.streamChanged(peer),
      leave: (peer: Peer) => this.leave(peer),
    }
  }

  private classView() {
    return {
      id: this.id,
      status: () => this.state.status,
      adopt: (state: LessonState) => {
        Object.assign(this.state, state)
      },
      teacherOnline: () => this.places.teacherOnline,
      append: (type: 'classStarted' | 'classPaused' | 'classResumed' | 'classEnded', by: Person | null) => {
        if (type === 'classEnded') {
          this.polling.closeAll()
          this.reactions.flush()
        }
        const event = this.append(type, by, {})
        if (type === 'classStarted') this.stage.offerEverything()
        if (type === 'classEnded') void this.stage.endBroadcast()
        else this.broadcast()
        return event
      },
      dismiss: () => {
        this.fanout.flush()
        setTimeout(() => this.close('lesson_ended').then(() => this.deps.emptied(this)), FAREWELL_MS)
      },
    }
  }
}

/** Whoever had the room before, and does not know yet that it has not, finds the next place in the log taken. */
async function takeOver(id: string, state: RoomState, { roomLog, now, log }: RoomDeps): Promise<void> {
  if (state.seq === 0) return
  const at = now()
  const mediaMs = state.startedAt === null ? null : at - state.startedAt
  const event: RoomEvent = { seq: state.seq + 1, at, mediaMs, by: null, type: 'roomOpened', data: {} }
  try {
    await roomLog.append(id, [event])
  } catch (cause) {
    if (!(cause instanceof LogConflict)) throw cause
    log.warn({}, 'the room log was written while the room was being opened')
    throw new AppError('unavailable', 'another node writes the log of this room', { cause })
  }
  applyEvent(state, event)
}

/** Answered once the event is stored. */
const asStored = ({ seq, stored }: { seq: number; stored: Promise<void> }) => new Later(stored.then(() => ({ seq })))
