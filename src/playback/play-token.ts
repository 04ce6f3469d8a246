/** The right to play, as it stands in an address: signed, for a while, for one player of one sign-in. */
import { jwtVerify, SignJWT } from 'jose'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { object, type Static, type TSchema } from '../../signaling/protocol/define.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

/** A player asks for a new address long before; all that the token says is asked for again at every request. */
export const PLAY_TTL_SECONDS = 30 * 60

const Uuid = Type.String({ format: 'uuid' })
const player = { userId: Uuid, sessionId: Uuid, lessonId: Uuid, playerId: Uuid }
const PlayClaimsSchema = object({ ...player, fileId: Uuid })
const StreamClaimsSchema = object(player)
export type PlayClaims = Static<typeof PlayClaimsSchema>
/** Of a class, as it is or as it was. */
export type StreamClaims = Static<typeof StreamClaimsSchema>
/** Of a file that is made of a class, for who teaches it. */
const FileClaimsSchema = object({ userId: Uuid, sessionId: Uuid, lessonId: Uuid })
export type ReplayFileClaims = Static<typeof FileClaimsSchema>
export type StreamKind = 'live' | 'replay'

const play = tokens('play', PlayClaimsSchema)
const streams = { live: tokens('live', StreamClaimsSchema), replay: tokens('replay', StreamClaimsSchema) }

const replayFile = tokens('replay-file', FileClaimsSchema)

export const signReplayFile = (claims: ReplayFileClaims, secret: Uint8Array, now: number) =>
  replayFile.sign(claims, secret, now)

/** Throws `unauthorized`, as below. */
export const readReplayFile = async (token: string, secret: Uint8Array, now: number): Promise<ReplayFileClaims> =>
  (await replayFile.read(token, secret, now)).claims

export const signPlay = (claims: PlayClaims, secret: Uint8Array, now: number) => play.sign(claims, secret, now)

/** Throws `unauthorized`: forged, expired, of another algorithm, or made for something else. */
export const readPlay = async (token: string, secret: Uint8Array, now: number): Promise<PlayClaims> =>
  (await play.read(token, secret, now)).claims

/** The lesson stands in front, in the clear, for proxies that send all of a class to one node and cache it once. */
export const signStream = async (kind: StreamKind, claims: StreamClaims, secret: Uint8Array, now: number) =>
  `${claims.lessonId}.${await streams[kind].sign(claims, secret, now)}`

/** Throws `unauthorized`, as above. `expiresAt` is in milliseconds. */
export async function readStream(kind: StreamKind, token: string, secret: Uint8Array, now: number) {
  const dot = token.indexOf('.')
  const read = await streams[kind].read(token.slice(dot + 1), secret, now)
  if (read.claims.lessonId !== token.slice(0, dot))
    throw new AppError('unauthorized', 'this address is of another lesson')
  return read
}

function tokens<S extends TSchema>(audience: string, schema: S) {
  const algorithm = 'HS256'
  const check = Compile(schema)
  return {
    sign: (claims: Static<S>, secret: Uint8Array, now: number) =>
      new SignJWT({ play: claims })
        .setProtectedHeader({ alg: algorithm })
        .setAudience(audience)
        .setExpirationTime(Math.floor(now / 1000) + PLAY_TTL_SECONDS)
        .sign(secret),

    async read(token: string, secret: Uint8Array, now: number): Promise<{ claims: Static<S>; expiresAt: number }> {
      try {
        const { payload } = await jwtVerify(token, secret, {
          algorithms: [algorithm],
          audience,
          currentDate: new Date(now),
          requiredClaims: ['exp'],
        })
        if (!check.Check(payload.play)) throw new Error('no right to play')
        return { claims: payload.play as Static<S>, expiresAt: payload.exp! * 1000 }
      } catch (cause) {
        throw new AppError('unauthorized', 'this address is not valid any more', { cause })
      }
    },
  }
}
