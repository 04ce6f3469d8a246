/** Addresses of files for what cannot send a bearer token: signed, for a while, for one person's sign-in and one file. */
import { decodeJwt, jwtVerify, SignJWT } from 'jose'
import { AppError } from '../../signaling/protocol/errors.ts'

/** The right is asked for again at every request, so an address that lives long opens no more than the right does. */
export const ADDRESS_TTL_SECONDS = 60 * 60

const algorithm = 'HS256'
const audience = 'file'
/** Of an outside service that judges what people show. */
const moderatorAudience = 'moderated-file'
const MODERATOR_TTL_SECONDS = 10 * 60

export type FileClaims = { userId: string; sessionId: string; fileId: string }

export const signFileAddress = ({ userId, sessionId, fileId }: FileClaims, secret: Uint8Array, now: number) =>
  new SignJWT({ sid: sessionId, file: fileId })
    .setProtectedHeader({ alg: algorithm })
    .setAudience(audience)
    .setSubject(userId)
    .setExpirationTime(Math.floor(now / 1000) + ADDRESS_TTL_SECONDS)
    .sign(secret)

/** Throws `unauthorized`: forged, expired, for another file, or made for something else. */
export async function readFileAddress(
  token: string,
  fileId: string,
  secret: Uint8Array,
  now: number,
): Promise<FileClaims> {
  try {
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [algorithm],
      audience,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'sub', 'sid', 'file'],
    })
    const { sub, sid, file } = payload as { sub: string; sid?: unknown; file?: unknown }
    if (typeof sid !== 'string' || file !== fileId) throw new Error('this address is of another file')
    return { userId: sub, sessionId: sid, fileId }
  } catch (cause) {
    throw new AppError('unauthorized', 'this address is not valid any more', { cause })
  }
}

export const signModeratorAddress = (fileId: string, secret: Uint8Array, now: number) =>
  new SignJWT({ file: fileId })
    .setProtectedHeader({ alg: algorithm })
    .setAudience(moderatorAudience)
    .setExpirationTime(Math.floor(now / 1000) + MODERATOR_TTL_SECONDS)
    .sign(secret)

/** Whether this is an address of this file for the outside moderator; throws `unauthorized` for one that does not hold. */
export async function isForModerator(token: string, fileId: string, secret: Uint8Array, now: number): Promise<boolean> {
  try {
    if (decodeJwt(token).aud !== moderatorAudience) return false
    const { payload } = await jwtVerify(token, secret, {
      algorithms: [algorithm],
      audience: moderatorAudience,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'file'],
    })
    if (payload.file !== fileId) throw new Error('this address is of another file')
    return true
  } catch (cause) {
    throw new AppError('unauthorized', 'this address is not valid any more', { cause })
  }
}
