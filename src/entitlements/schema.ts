/** The way into a room, as it travels over HTTP. */
import { Type } from 'typebox'
import { object, oneOf, type Static } from '../../signaling/protocol/define.ts'

export const IceServerSchema = object({
  urls: Type.Union([Type.String(), Type.Array(Type.String())]),
  username: Type.Optional(Type.String()),
  credential: Type.Optional(Type.String()),
})
export type IceServer = Static<typeof IceServerSchema>

/** What a browser needs to open its signaling socket. The ticket opens one socket, once, within its lifetime. */
export const TicketAnswerSchema = object({
  /** Address of the socket: a path on this server, or wss://… of another node. */
  url: Type.String(),
  ticket: Type.String(),
  expiresInSeconds: Type.Integer(),
  iceServers: Type.Array(IceServerSchema),
  tier: oneOf('interactive', 'broadcast'),
})
export type TicketAnswer = Static<typeof TicketAnswerSchema>
