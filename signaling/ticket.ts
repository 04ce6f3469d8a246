/** The ticket: a short-lived signed right to open one signaling socket. The business side signs it, the classroom trusts it. */
import { randomUUID } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Id, object, oneOf, type Static, Timestamp } from './protocol/define.ts'
import { AppError } from './protocol/errors.ts'
import { PersonSchema } from './protocol/events.ts'

const TicketSchema = object({
  roomId: Id,
  /** Whose place in the room it opens. */
  person: PersonSchema,
  /** The sign-in it was asked for from: when that ends, so does the place. */
  sessionId: Id,
  tier: oneOf('interactive', 'broadcast'),
  /** Someone who has not bought: the place is lost so many seconds after both this moment and the start of the class. */
  trial: Type.Optional(object({ from: Timestamp, seconds: Type.Integer({ minimum: 1 }) })),
})
export type Ticket = Static<typeof TicketSchema>

/** A ticket that was read: `id` marks it as used, `issuedAt` is in milliseconds and `expiresAt` in seconds since 1970. */
export type ReadTicket = Ticket & { id: string; issuedAt: number; expiresAt: number }

const algorithm = 'HS256'
const audience = 'signaling'
const check = Compile(TicketSchema)

/** Signs a ticket that lives for `ttlSeconds` from `now` (milliseconds since 1970). */
export const signTicket = (ticket: Ticket, secret: Uint8Array, ttlSeconds: number, now: number) =>
  new SignJWT({ ticket, issuedAt: now })
    .setProtectedHeader({ alg: algorithm })
    .setAudience(audience)
    .setJti(randomUUID())
    .setExpirationTime(Math.floor(now / 1000) + ttlSeconds)
    .sign(secret)

/** Reads a ticket, or throws `unauthorized`: forged, expired, of another algorithm, or made for something else. */
export async function readTicket(token: string, secret: Uint8Array, now: number): Promise<ReadTicket> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [algorithm],
      audience,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'jti'],
    })
    const { ticket, issuedAt } = payload as { ticket?: unknown; issuedAt?: unknown }
    if (!check.Check(ticket) || typeof issuedAt !== 'number') throw new Error('not a ticket')
    return { ...ticket, id: payload.jti!, issuedAt, expiresAt: payload.exp! }
  } catch (cause) {
    throw new AppError('unauthorized', 'this ticket is not valid', { cause })
  }
}
