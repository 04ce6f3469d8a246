/** One live lesson: who is here, what happened, and who is told. All of it is events in the room's log. */
import { ClassLife } from './class-life.ts'
import type { Connection } from './connection.ts'
import { Later } from './dispatch.ts'
import { Fanout } from './fanout.ts'
import { Journal } from './journal.ts'
import type { Judge } from './judge.ts'
import type { Log } from './log.ts'
import { Peer } from './peer.ts'
import type { Courseware, Lessons, Media, RoomLog } from './ports.ts'
import { AppError, type CloseReason } from './protocol/errors.ts'
import type { EventData, EventType, HeldReason, Person, RoomEvent } from './protocol/events.ts'
import type { Data, NotificationFrame, Result } from './protocol/index.ts'
import type { LessonState } from './protocol/lesson.ts'
import type { Tier } from './protocol/media.ts'
import { type Audience, applyEvent, emptyRoom, pollStateOf, type RoomState, snapshotFor } from './protocol/snapshot.ts'
import { tierFor } from './seats.ts'
import { Sketches } from './sketches.ts'
import { Stage } from './stage.ts'
import type { Ticket } from './ticket.ts'
import type { Timing } from './timing.ts'
import { TokenBucket } from './token-bucket.ts'
import { VoteCounts } from './vote-counts.ts'

/** Messages, votes and hands of one person, over all their sockets. */
const TALK = { student: { burst: 5, perSecond: 1 }, staff: { burst: 20, perSecond: 5 } }
/** Strokes of one person. */
const DRAWING = { burst: 60, perSecond: 20 }
/** What costs much to answer, of one person: pages of lists and of strokes, and moves between the tiers. */
const ASKING = { burst: 60, perSecond: 5 }
/** Events that may wait for a slow database before people are asked to wait too. */
const LONGEST_BACKLOG = 1000
/** How often counts are told and trials looked at. */
const TICK_MS = 1000
const UPLINK_EVERY_COUNTS = 5
/** How long an ended class stays open, so that its last words arrive. */
const FAREWELL_MS = 1000

export type RoomDeps = {
  media: Media
  roomLog: RoomLog
  lessons: Lessons
  judge: Judge
  courseware: Courseware
  log: Log
  now: () => number
  /** Places with a transport to the media plane; those beyond watch the broadcast. */
  seats: number
  /** Whether classes go out over HLS, too. */
  broadcast: boolean
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
  private readonly deps: RoomDeps
  private readonly places = new Map<string, Peer>()
  /** Those whose socket is gone while their place waits for them. */
  private readonly away = new Set<Peer>()
  private readonly talk = new Map<string, TokenBucket>()
  private readonly drawing = new Map<string, TokenBucket>()
  private readonly asking = new Map<string, TokenBucket>()
  private readonly journal: Journal
  private readonly fanout: Fanout
  private life!: ClassLife
  private readonly ticking: NodeJS.Timeout
  private settling: NodeJS.Timeout | undefined
  private countings = 0
  private lastCounts = ''
  private lastPoll = ''
  private readonly voteCounts = new VoteCounts()
  private closed = false

  /** Rebuilds the room from its log, and opens its media. */
  static async open(id: string, deps: RoomDeps): Promise<Room> {
    const state = emptyRoom()
    for await (const events of deps.roomLog.read(id, 0)) for (const event of events) applyEvent(state, event)
    Object.assign(state, await deps.lessons.stateOf(id))
    if (state.status === 'ended') throw new AppError('lesson_ended')
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
    this.fanout = new Fanout(() => this.places.values())
    this.sketches = new Sketches(
      (frame) => this.fanout.broadcast(frame),
      () => this.places.size,
    )
    this.ticking = setInterval(() => this.tick(), TICK_MS)
  }

  /** Gives the ticket's person a place on this connection, or takes an earlier one up again. */
  join(
    connection: Connection,
    ticket: Ticket,
    { rtpCapabilities, resume, tier: wish = ticket.tier }: Data<'join'>,
  ): { peer: Peer; answer: Result<'join'> } {
    const { peerId, role } = ticket.person
    if (this.state.status === 'ended') throw new AppError('lesson_ended')
    if (this.closed) throw new AppError('unavailable')
    if (this.state.removed.has(peerId) && role === 'student') throw new AppError('removed')
    if (this.trialIsOver(ticket)) throw new AppError('trial_ended')
    const earlier = this.places.get(peerId)
    const tier = this.tierFor(ticket.person, wish)
    const resumed =
      earlier?.tier === tier && resume?.token === earlier.resumeToken && this.stage.standingOf(peerId).transports
    if (earlier && !resumed) this.stage.closePeer(peerId)
    const peer = earlier ?? new Peer(ticket)
    this.moveTo(peer, tier)
    peer.attach(connection, ticket, rtpCapabilities)
    this.away.delete(peer)
    if (!earlier) {
      this.places.set(peerId, peer)
      this.journal.note(this.happen('peerJoined', peer.person, {}))
    }
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

  /** Moves the peer to where it wishes to be, if there is a place, and tells where it is then. */
  changeTier(peer: Peer, wish: Tier): Tier {
    this.moveTo(peer, this.tierFor(peer.person, wish))
    return peer.tier
  }

  /** Gives the peer a seat, taken or not, so that it can have the floor. */
  seat(peer: Peer): void {
    if (peer.tier === 'interactive') return
    peer.tier = 'interactive'
    peer.notify({ topic: 'tierChanged', data: { tier: peer.tier } })
  }

  private tierFor(person: Person, wish: Tier): Tier {
    const { seats, broadcast } = this.deps
    return tierFor(person, wish, { places: this.places, seats, broadcast })
  }

  /** Who gives the seat up gives up all that goes with it. */
  private moveTo(peer: Peer, tier: Tier): void {
    peer.tier = tier
    if (tier === 'interactive') return
    this.stage.closePeer(peer.id)
    if (this.state.floor.has(peer.id)) this.append('floorTaken', peer.person, { peerId: peer.id })
  }

  /** The peer's socket is gone. Its place waits for it. */
  disconnected(peer: Peer, connection: Connection): void {
    if (peer.connection !== connection) return
    peer.connection = undefined
    this.away.add(peer)
    peer.graceTimer = setTimeout(() => this.leave(peer), this.deps.timing.resumeGraceMs)
    if (peer.person.role === 'teacher') this.life.teacherChanged()
  }

  /** Gives the place up for good: with its hand, its floor and its media. */
  leave(peer: Peer, reason?: CloseReason): void {
    if (this.places.get(peer.id) !== peer) return
    this.places.delete(peer.id)
    this.away.delete(peer)
    this.stage.closePeer(peer.id)
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
    for (const peerId of holders) if (!this.places.has(peerId)) this.giveUpRights(peerId)
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

  /** Whether this person may say one more thing now. Leaving and coming back does not refill the limit. */
  mayTalk(peer: Peer): boolean {
    return takeOne(this.talk, peer, peer.isStaff ? TALK.staff : TALK.student)
  }

  /** Whether this person may draw one more stroke now. */
  mayDraw(peer: Peer): boolean {
    return takeOne(this.drawing, peer, DRAWING)
  }

  /** Whether this person may ask for one more thing that costs much to answer. */
  mayAsk(peer: Peer): boolean {
    return takeOne(this.asking, peer, ASKING)
  }

  /** What a document of this lesson is called; undefined where it has none with this id that can be shown. */
  deckTitle(fileId: string): Promise<string | undefined> {
    return this.deps.courseware.deckTitle(this.id, fileId)
  }

  peer(peerId: string): Peer | undefined {
    return this.places.get(peerId)
  }

  peers(): Iterable<Peer> {
    return this.places.values()
  }

  /** Whether anyone has a place here, online or not. */
  get peopled(): boolean {
    return this.places.size > 0
  }

  get online(): number {
    return this.places.size - this.away.size
  }

  private get audience(): Audience {
    const { online, state, deps } = this
    return { online, hands: state.hands.size, broadcastViewers: deps.broadcastViewers(this.id) }
  }

  /** Why these words of a student have to wait for staff; null where they pass. */
  judge(peer: Peer, text: string): Promise<HeldReason | null> {
    return this.deps.judge(this.state, { roomId: this.id, peerId: peer.id, text })
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
      for (const peer of this.places.values()) peer.close(reason)
      this.places.clear()
      this.away.clear()
      this.stage.close()
      this.deps.log.info({ reason }, 'room closed')
    }
    await this.journal.flush()
  }

  /** The class goes out to the broadcast tier from its beginning to its end, with or without its teacher. */
  private broadcast(): void {
    const { status, startedAt } = this.state
    if ((status !== 'live' && status !== 'paused') || startedAt === null) return
    const teacher = [...this.places.values()].find(({ person }) => person.role === 'teacher')
    this.stage.broadcast(teacher?.id ?? '', startedAt)
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
    for (const peer of this.places.values()) if (this.trialIsOver(peer)) this.leave(peer, 'trial_ended')
    this.tellCounts()
  }

  private tellCounts(): void {
    const { audience } = this
    const counts = JSON.stringify(audience)
    if (counts !== this.lastCounts) this.fanout.broadcast({ topic: 'audience', data: audience })
    this.lastCounts = counts
    const poll = pollStateOf(this.state.poll)
    if (poll) {
      const { pollSeq, votes, voters } = poll
      const result = JSON.stringify(votes) + pollSeq
      if (result !== this.lastPoll) this.fanout.broadcast({ topic: 'pollResult', data: { pollSeq, votes, voters } })
      this.lastPoll = result
    }
    const votes = this.voteCounts.changes(this.state.questions)
    if (votes.length > 0) this.fanout.broadcast({ topic: 'questionVotes', data: { votes } })
    this.countings += 1
    if (this.countings % UPLINK_EVERY_COUNTS === 0) void this.tellUplink()
  }

  private async tellUplink(): Promise<void> {
    const teacher = [...this.places.values()].find(({ person }) => person.role === 'teacher')
    if (!teacher || this.state.status !== 'live') return
    const roundTripMs = await this.stage.roundTripMs(teacher.id).catch(() => null)
    this.fanout.broadcast({ topic: 'uplink', data: { roundTripMs, warnings: this.stage.broadcastWarnings() } })
  }

  private view() {
    return {
      state: this.state,
      peer: (peerId: string) => this.peer(peerId),
      peers: () => this.peers(),
      broadcast: (frame: NotificationFrame) => this.fanout.broadcast(frame),
    }
  }

  private classView() {
    return {
      id: this.id,
      status: () => this.state.status,
      adopt: (state: LessonState) => {
        Object.assign(this.state, state)
      },
      teacherOnline: () => [...this.places.values()].some((peer) => peer.online && peer.person.role === 'teacher'),
      append: (type: 'classStarted' | 'classPaused' | 'classResumed' | 'classEnded', by: Person | null) => {
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

function takeOne(buckets: Map<string, TokenBucket>, peer: Peer, { burst, perSecond }: typeof DRAWING): boolean {
  const now = performance.now()
  const bucket = buckets.get(peer.id) ?? new TokenBucket(burst, perSecond, now)
  buckets.set(peer.id, bucket)
  return bucket.take(1, now)
}

/** Answered once the event is stored. */
const asStored = ({ seq, stored }: { seq: number; stored: Promise<void> }) => new Later(stored.then(() => ({ seq })))
