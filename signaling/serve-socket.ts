/** A socket whose ticket was accepted: welcomed, given time to join, served until it closes. */
import { Connection, type ConnectionLimits, type Socket } from './connection.ts'
import { dispatch } from './dispatch.ts'
import type { Caller } from './handlers/caller.ts'
import { handlers } from './handlers/index.ts'
import type { Log } from './log.ts'
import type { Media } from './ports.ts'
import type { Rooms } from './rooms.ts'
import type { ReadTicket } from './ticket.ts'

const JOIN_TIMEOUT_MS = 10_000

export type SocketDeps = {
  rooms: Rooms
  media: Media
  now: () => number
  log: Log
  joinTimeoutMs?: number
  limits?: ConnectionLimits
  /** Called before each frame is sent. */
  hold?: () => void
}

/** Attaches its listeners synchronously, as a `ws` socket needs. */
export function serveSocket(socket: Socket, ticket: ReadTicket, deps: SocketDeps): void {
  const log = deps.log.child({ roomId: ticket.roomId, peerId: ticket.person.peerId })
  const connection: Connection = new Connection(
    socket,
    {
      request: (frame) =>
        dispatch(handlers, caller, frame, (error, method) => log.error({ err: error, method }, 'request failed')),
      closed: () => {
        clearTimeout(joinTimer)
        if (caller.seat) caller.seat.room.disconnected(caller.seat.peer, connection)
      },
    },
    log,
    deps.limits,
    deps.hold,
  )
  const caller: Caller = { connection, ticket, rooms: deps.rooms, now: deps.now, seat: undefined }
  const joinTimer = setTimeout(() => {
    if (!caller.seat) connection.close('join_timeout')
  }, deps.joinTimeoutMs ?? JOIN_TIMEOUT_MS)
  const { rtpCapabilities } = deps.media
  if (deps.rooms.isDraining) connection.close('draining')
  else connection.notify({ topic: 'welcome', data: { rtpCapabilities, now: deps.now() } })
}
