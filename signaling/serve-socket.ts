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
  /** Hears how long after the socket was opened a phase of the way in was reached. */
  reached?: (phase: JoinPhase, ms: number) => void
  /** Called before each frame is sent. */
  hold?: () => void
}

/** In the room, a transport connected, the first stream playing. */
export type JoinPhase = 'joined' | 'connected' | 'playing'

const phaseAfter: Partial<Record<string, JoinPhase>> = {
  join: 'joined',
  connectTransport: 'connected',
  resumeConsumer: 'playing',
}

/** Attaches its listeners synchronously, as a `ws` socket needs. */
export function serveSocket(socket: Socket, ticket: ReadTicket, deps: SocketDeps): void {
  const log = deps.log.child({ roomId: ticket.roomId, peerId: ticket.person.peerId })
  const connection: Connection = new Connection(
    socket,
    {
      request: async (frame) => {
        const failed = (error: unknown, method: string) => log.error({ err: error, method }, 'request failed')
        const answered = await dispatch(handlers, caller, frame, failed)
        measure(frame.method)
        return answered
      },
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
  const openedAt = performance.now()
  const ahead = new Map(Object.entries(phaseAfter))
  const measure = (method: string) => {
    const phase = ahead.get(method)
    if (!phase) return
    ahead.delete(method)
    deps.reached?.(phase, performance.now() - openedAt)
  }
  // A server that is late itself first reads what has come meanwhile.
  const joinTimer = setTimeout(() => setImmediate(noticeAbsence), deps.joinTimeoutMs ?? JOIN_TIMEOUT_MS)
  const noticeAbsence = () => {
    if (!caller.seat) connection.close('join_timeout')
  }
  const { rtpCapabilities } = deps.media
  if (deps.rooms.isDraining) connection.close('draining')
  else connection.notify({ topic: 'welcome', data: { rtpCapabilities, now: deps.now() } })
}
