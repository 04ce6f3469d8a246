/** The cookie that a refresh token travels in: only the routes under `/api/session` are sent it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import '@fastify/cookie'
import type { OpenSession } from './sessions.ts'
import { REFRESH_TTL_SECONDS } from './tokens.ts'

export type RefreshCookie = ReturnType<typeof refreshCookie>

export function refreshCookie(secure: boolean) {
  const name = 'refresh'
  const options = { path: '/api/session', httpOnly: true, sameSite: 'strict', secure } as const
  return {
    read: (request: FastifyRequest) => request.cookies[name] ?? '',
    /** Sets the cookie where there is a new token, and gives the part that is the answer's body. */
    put: (reply: FastifyReply, { signedIn, refreshToken }: OpenSession) => {
      if (refreshToken) reply.setCookie(name, refreshToken, { ...options, maxAge: REFRESH_TTL_SECONDS })
      return signedIn
    },
    drop: (reply: FastifyReply) => reply.clearCookie(name, options),
  }
}
