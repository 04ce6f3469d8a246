/** The two tokens of a sign-in: a short one that opens the API, and a long one that buys the next short one. */
import { jwtVerify, SignJWT } from 'jose'
import { AppError } from '../../signaling/protocol/errors.ts'

export const ACCESS_TTL_SECONDS = 10 * 60
export const REFRESH_TTL_SECONDS = 30 * 24 * 60 * 60

const algorithm = 'HS256'
const ttlSeconds = { api: ACCESS_TTL_SECONDS, refresh: REFRESH_TTL_SECONDS }
type Audience = keyof typeof ttlSeconds

/** `id` is the refresh token's own; each is good for one rotation. */
export type RefreshClaims = { sessionId: string; id: string }

export type Tokens = ReturnType<typeof createTokens>

/** Reading throws `unauthorized` for a token that is forged, expired, of another algorithm, or made for something else. */
export function createTokens(secret: Uint8Array, now: () => number) {
  const sign = (audience: Audience, sessionId: string, id?: string) => {
    const token = new SignJWT(id ? { jti: id } : {})
      .setProtectedHeader({ alg: algorithm })
      .setAudience(audience)
      .setSubject(sessionId)
      .setExpirationTime(Math.floor(now() / 1000) + ttlSeconds[audience])
    return token.sign(secret)
  }
  const read = async (audience: Audience, token: string, requiredClaims: string[]) => {
    try {
      const currentDate = new Date(now())
      const { payload } = await jwtVerify(token, secret, {
        algorithms: [algorithm],
        audience,
        currentDate,
        requiredClaims,
      })
      return payload
    } catch (cause) {
      throw new AppError('unauthorized', 'this token is not valid', { cause })
    }
  }
  return {
    signAccess: (sessionId: string) => sign('api', sessionId),
    /** Gives the session the token was made for. */
    readAccess: async (token: string) => (await read('api', token, ['exp', 'sub'])).sub!,
    signRefresh: ({ sessionId, id }: RefreshClaims) => sign('refresh', sessionId, id),
    readRefresh: async (token: string): Promise<RefreshClaims> => {
      const { sub, jti } = await read('refresh', token, ['exp', 'sub', 'jti'])
      return { sessionId: sub!, id: jti! }
    },
  }
}
