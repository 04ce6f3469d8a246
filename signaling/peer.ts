/** One person's place in a room. It outlives a lost socket for a grace period, with its transports. */
import { randomUUID } from 'node:crypto'
import type { types as mediasoup } from 'mediasoup'
import type { Connection } from './connection.ts'
import type { Incoming } from './ports.ts'
import type { CloseReason } from './protocol/errors.ts'
import type { Person } from './protocol/events.ts'
import type { NotificationFrame } from './protocol/index.ts'
import type { Tier } from './protocol/media.ts'
import type { Ticket } from './ticket.ts'

/** What a peer is told things over. */
export type Line = Pick<Connection, 'closed' | 'notify' | 'send' | 'close' | 'finish'>

export class Peer {
  person: Person
  sessionId: string
  trial: Ticket['trial'] | undefined
  rtpCapabilities: mediasoup.RtpCapabilities = {}
  private at: Tier = 'interactive'
  /** When the picture was last one of the broadcast; without `to` it still is. */
  private behind: { from: number; to: number } = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  resumeToken = ''
  connection: Line | undefined
  /** Of a player by SDP: called when something else may be shown. */
  reconsider: (() => void) | undefined
  /** What comes in from an encoder of this person's, which holds the place as a socket does. */
  stream: Incoming | undefined
  /** When the place is given up, unless its person comes back. */
  graceTimer: NodeJS.Timeout | undefined

  constructor(ticket: Ticket) {
    this.person = ticket.person
    this.sessionId = ticket.sessionId
  }

  get id(): string {
    return this.person.peerId
  }

  get tier(): Tier {
    return this.at
  }

  moveTo(tier: Tier, now: number): void {
    if (tier === this.at) return
    this.at = tier
    if (tier === 'broadcast') this.behind = { from: now, to: Number.POSITIVE_INFINITY }
    else this.behind.to = now
  }

  /** Whether what happened at this time was seen in the broadcast, and so later than on a seat. */
  wasBehindAt(time: number): boolean {
    return this.behind.from <= time && time <= this.behind.to
  }

  get isStaff(): boolean {
    return this.person.role !== 'student'
  }

  get online(): boolean {
    return this.connection !== undefined || this.stream !== undefined
  }

  /** Takes the place on this connection; an earlier one is told that the class was opened elsewhere. */
  attach(connection: Line, ticket: Ticket, rtpCapabilities: mediasoup.RtpCapabilities): void {
    clearTimeout(this.graceTimer)
    const earlier = this.connection
    this.connection = connection
    this.reconsider = undefined
    this.person = ticket.person
    this.sessionId = ticket.sessionId
    this.trial = ticket.trial
    this.rtpCapabilities = rtpCapabilities
    this.resumeToken = randomUUID()
    earlier?.close('opened_elsewhere')
  }

  notify(frame: NotificationFrame): void {
    this.connection?.notify(frame)
  }

  send(encoded: Buffer): void {
    this.connection?.send(encoded)
  }

  /** Parts with the socket: for a reason that its client is told, or because the peer has left by itself. */
  hangUp(reason?: CloseReason): void {
    clearTimeout(this.graceTimer)
    const { connection } = this
    this.connection = undefined
    if (reason) connection?.close(reason)
    else connection?.finish()
  }

  /** Parts with all that holds the place. */
  close(reason?: CloseReason): void {
    this.hangUp(reason)
    const { stream } = this
    this.stream = undefined
    stream?.close()
  }
}
