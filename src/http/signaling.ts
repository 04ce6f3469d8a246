/** The way into a room: the upgrade to a WebSocket, for a ticket that is sound and has not been used. */
import { createSecretKey } from 'node:crypto'
import { Socket } from 'node:net'
import type {} from '@fastify/swagger'
import websocket from '@fastify/websocket'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { Bus } from '../../signaling/ports.ts'
import { MAX_FRAME_BYTES, SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type ReadTicket, readTicket } from '../../signaling/ticket.ts'
import { createClaims } from './claims.ts'
import { gatherWrites } from './gathered-writes.ts'
import type { Nodes } from './nodes.ts'

/** The lesson stands in the address, so that a proxy can spare the nodes the way to the one that has the room. */
export const signalingPath = (lessonId: string) => `/signaling/${lessonId}`

/** A client that does not answer a close is cut off. */
const CLOSE_TIMEOUT_MS = 2000

declare module 'fastify' {
  interface FastifyRequest {
    ticket: ReadTicket | null
  }
}

export type SignalingDeps = {
  secret: Uint8Array
  bus: Bus
  now: () => number
  /** The address of the node that has the room; null: this one, which has it open then. */
  find: (roomId: string) => Promise<string | null>
  nodes: Pick<Nodes, 'bring'>
  log: { warn(details: object, message: string): void }
  /** `hold` is to be called before each frame is sent. */
  serve(socket: WebSocket, ticket: ReadTicket, hold: () => void): void
}

export async function signalingRoute(app: FastifyInstance, deps: SignalingDeps) {
  const { secret, now, find, nodes, serve } = deps
  const claim = createClaims(deps)
  const options = {
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    closeTimeout: CLOSE_TIMEOUT_MS,
    handleProtocols: (offered: Set<string>) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  }
  await app.register(websocket, { options })
  app.decorateRequest('ticket', null)
  const key = createSecretKey(secret)

  type Way = { Params: { roomId: string }; Querystring: { ticket?: string } }
  const admit = async (request: FastifyRequest<Way>, reply: FastifyReply) => {
    const offered = request.headers['sec-websocket-protocol']?.split(',').map((name) => name.trim()) ?? []
    if (!offered.includes(SUBPROTOCOL)) throw new AppError('bad_request', `the subprotocol must be ${SUBPROTOCOL}`)
    const ticket = readTicket(request.query.ticket ?? '', key, now())
    if (ticket.roomId !== request.params.roomId) throw new AppError('unauthorized', 'this ticket is for another room')
    if (await nodes.bring(request, reply, () => find(ticket.roomId))) return reply
    const ttlSeconds = Math.max(1, ticket.expiresAt - Math.floor(now() / 1000) + 1)
    if (!(await claim(`ticket:${ticket.id}`, ttlSeconds))) throw new AppError('unauthorized', 'this ticket was used')
    request.ticket = ticket
    // The welcome travels with the answer to the upgrade.
    holdWrites(request.raw.socket)
    // Or the socket keeps it, and with it the request, until it is closed.
    if (request.raw.socket instanceof Socket) reply.raw.detachSocket(request.raw.socket)
    return undefined
  }

  app.get<Way>(
    signalingPath(':roomId'),
    { websocket: true, preValidation: admit, schema: { hide: true }, config: { rateLimit: false } },
    (socket, { ticket, raw: { socket: wire } }) => {
      // The plugin's own listener keeps the request, too; whoever serves the socket listens for its errors.
      socket.removeAllListeners('error')
      serve(socket, ticket!, () => holdWrites(wire))
    },
  )
}

/** A request that was injected has no socket of its own. */
function holdWrites(socket: unknown): void {
  if (socket instanceof Socket) gatherWrites(socket)
}
