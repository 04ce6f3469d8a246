/** The ticket: a short-lived signed right to open one signaling socket. The business side signs it, the classroom trusts it. */
import { createHmac, type KeyObject, randomUUID, timingSafeEqual } from 'node:crypto'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Id, object, oneOf, type Static, Timestamp } from './protocol/define.ts'
import { AppError } from './protocol/errors.ts'
import { PersonSchema } from './protocol/events.ts'
import { TierSchema } from './protocol/media.ts'

const TicketSchema = object({
  roomId: Id,
  /** Whose place in the room it opens. */
  person: PersonSchema,
  /** The sign-in it was asked for from: when that ends, so does the place. */
  sessionId: Id,
  /** What its person gets who wishes for nothing else. */
  tier: TierSchema,
  /** Someone who has not bought: the place is lost so many seconds after both this moment and the start of the class. */
  trial: Type.Optional(object({ from: Timestamp, seconds: Type.Integer({ minimum: 1 }) })),
})
export type Ticket = Static<typeof TicketSchema>

/** A ticket that was read: `id` marks it as used, `issuedAt` is in milliseconds and `expiresAt` in seconds since 1970. */
export type ReadTicket = Ticket & { id: string; issuedAt: number; expiresAt: number }

const isSound = Compile(
  object({
    ticket: TicketSchema,
    issuedAt: Timestamp,
    aud: oneOf('signaling'),
    jti: Id,
    exp: Type.Integer(),
  }),
)

/** A JSON Web Token whose header is always this one, so that a token cannot choose how it is checked. */
const HEADER = encode({ alg: 'HS256' })

/** Signs a ticket that lives for `ttlSeconds` from `now` (milliseconds since 1970). */
export function signTicket(ticket: Ticket, secret: Uint8Array, ttlSeconds: number, now: number): string {
  const exp = Math.floor(now / 1000) + ttlSeconds
  const content = `${HEADER}.${encode({ ticket, issuedAt: now, aud: 'signaling', jti: randomUUID(), exp })}`
  return `${content}.${signatureOf(content, secret)}`
}

/** Reads a ticket, or throws `unauthorized`: forged, expired, of another algorithm, or made for something else. */
export function readTicket(token: string, secret: Uint8Array | KeyObject, now: number): ReadTicket {
  const [header, encoded = '', signature = '', ...more] = token.split('.')
  const signed =
    header === HEADER && more.length === 0 && isSame(signature, signatureOf(`${HEADER}.${encoded}`, secret))
  const claims: unknown = signed ? JSON.parse(String(Buffer.from(encoded, 'base64url'))) : undefined
  if (!isSound.Check(claims) || claims.exp <= Math.floor(now / 1000))
    throw new AppError('unauthorized', 'this ticket is not valid')
  const { ticket, issuedAt, jti, exp } = claims
  return { ...ticket, id: jti, issuedAt, expiresAt: exp }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

// At once, by Node's own HMAC: WebCrypto's goes through a thread, which costs a join more than all its other checks.
const signatureOf = (content: string, secret: Uint8Array | KeyObject) =>
  createHmac('sha256', secret).update(content).digest('base64url')

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
