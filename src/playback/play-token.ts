/** The right to play, as it stands in the address of a playlist: signed, for a while, for one player of one sign-in. */
import { jwtVerify, SignJWT } from 'jose'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { object, type Static } from '../../signaling/protocol/define.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

/** A player asks for a new address long before; all that the token says is asked for again at every request. */
export const PLAY_TTL_SECONDS = 30 * 60

const Uuid = Type.String({ format: 'uuid' })
const ClaimsSchema = object({
  userId: Uuid,
  sessionId: Uuid,
  lessonId: Uuid,
  fileId: Uuid,
  playerId: Uuid,
})
export type PlayClaims = Static<typeof ClaimsSchema>

const algorithm = 'HS256'
const audience = 'play'
const check = Compile(ClaimsSchema)

export const signPlay = (claims: PlayClaims, secret: Uint8Array, now: number) =>
  new SignJWT({ play: claims })
    .setProtectedHeader({ alg: algorithm })
    .setAudience(audience)
    .setExpirationTime(Math.floor(now / 1000) + PLAY_TTL_SECONDS)
    .sign(secret)

/** Throws `unauthorized`: forged, expired, of another algorithm, or made for something else. */
export async function readPlay(token: string, secret: Uint8Array, now: number): Promise<PlayClaims> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [algorithm],
      audience,
      currentDate: new Date(now),
      requiredClaims: ['exp'],
    })
    if (!check.Check(payload.play)) throw new Error('no right to play')
    return payload.play
  } catch (cause) {
    throw new AppError('unauthorized', 'this address is not valid any more', { cause })
  }
}
