/** The way into a room, as it travels over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'

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
  /**
   * For someone who has not bought: how many seconds may be tried, and when they are over; null before the class has
   * begun, since they count from its start.
   */
  trial: nullable(object({ seconds: Type.Integer(), endsAt: nullable(Type.Integer()) })),
  /** To be shown over the picture; null where the teacher wants none. */
  watermark: nullable(Type.String()),
})
export type TicketAnswer = Static<typeof TicketAnswerSchema>

export const LeaseSchema = object({
  /** Made up by each player for itself. */
  playerId: Type.String({ format: 'uuid' }),
  /** Says that another device is to stop. */
  takeOver: Type.Optional(Type.Boolean()),
})
export const PlayerSchema = object({ playerId: Type.String({ format: 'uuid' }) })

/** Who plays now: the browser's own words for itself, and since when. */
export const LeaseHolderSchema = object({
  userAgent: Type.String(),
  takenAt: Type.Integer(),
  thisDevice: Type.Boolean(),
})
export type LeaseHolder = Static<typeof LeaseHolderSchema>
export const LeaseAnswerSchema = object({ holder: nullable(LeaseHolderSchema) })
