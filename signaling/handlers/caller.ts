/** Who a request comes from: a socket with a ticket, and after `join` a place in a room. */
import type { Connection } from '../connection.ts'
import type { Peer } from '../peer.ts'
import { AppError } from '../protocol/errors.ts'
import type { Method } from '../protocol/index.ts'
import type { Room } from '../room.ts'
import type { Rooms } from '../rooms.ts'
import type { ReadTicket } from '../ticket.ts'

export type Caller = {
  readonly connection: Connection
  readonly ticket: ReadTicket
  readonly rooms: Rooms
  readonly now: () => number
  seat: Seat | undefined
}

export type Seat = { readonly room: Room; readonly peer: Peer }

/** Requests that only some may make; all others are for everyone who has joined. */
const needs: Partial<Record<Method, 'teacher' | 'staff'>> = {
  startClass: 'teacher',
  endClass: 'teacher',
  giveFloor: 'staff',
  chooseLayout: 'staff',
  openPoll: 'staff',
  closePoll: 'staff',
  openSignIn: 'staff',
  closeSignIn: 'staff',
  listSignedIn: 'staff',
  mutePeer: 'staff',
  unmutePeer: 'staff',
  removePeer: 'staff',
  readmitPeer: 'staff',
  listRemoved: 'staff',
  lowerAllHands: 'staff',
  pinMessage: 'staff',
  decideHeld: 'staff',
  dismissReport: 'staff',
  listReports: 'staff',
  changeWords: 'staff',
  listModeration: 'staff',
  promoteMessage: 'staff',
  takeQuestion: 'staff',
  answerQuestion: 'staff',
  reopenQuestion: 'staff',
  mergeQuestion: 'staff',
  changeSettings: 'staff',
  openDeck: 'staff',
  showPage: 'staff',
  clearPage: 'staff',
  givePen: 'staff',
  showOffer: 'staff',
  announce: 'staff',
}

/** Requests whose answers cost much: each person may make so many. */
const costly: ReadonlySet<Method> = new Set([
  'listPeers',
  'listEvents',
  'listStrokes',
  'listRanking',
  'listSignedIn',
  'changeTier',
])

/** The caller's place, or an error: not joined, not allowed to make this request, or not so often. */
export function seatFor(method: Method, { seat, connection }: Caller): Seat {
  if (!seat || seat.peer.connection !== connection || seat.room.peer(seat.peer.id) !== seat.peer)
    throw new AppError('not_joined')
  const { role } = seat.peer.person
  const allowed =
    needs[method] === undefined || role === 'teacher' || (needs[method] === 'staff' && role === 'assistant')
  if (!allowed) throw new AppError('forbidden', `${method} is not for a ${role}`)
  if (costly.has(method) && !seat.room.allowance.ask(seat.peer)) throw new AppError('too_many_requests')
  return seat
}
