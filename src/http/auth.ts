/** Who is asking: reads the access token of a request, and holds routes to the roles they are for. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { AccountRole } from '../users/schema.ts'

/** The user a request comes from, and the sign-in it was made with. */
export type SignedInUser = { id: string; role: AccountRole; displayName: string; sessionId: string }

declare module 'fastify' {
  interface FastifyRequest {
    user: SignedInUser | null
  }
}

export type Auth = ReturnType<typeof createAuth>

/** `authenticate` turns an access token into its user, or throws `unauthorized`. */
export function createAuth(app: FastifyInstance, authenticate: (accessToken: string) => Promise<SignedInUser>) {
  app.decorateRequest('user', null)

  const optionalUser = async (request: FastifyRequest): Promise<void> => {
    const { authorization } = request.headers
    if (authorization === undefined) return
    const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization) ?? []
    if (!token) throw new AppError('unauthorized', 'the Authorization header must be: Bearer TOKEN')
    request.user = await authenticate(token)
  }
  const requireUser = async (request: FastifyRequest): Promise<void> => {
    await optionalUser(request)
    if (!request.user) throw new AppError('unauthorized', 'sign in first')
  }
  const requireRole =
    (...roles: AccountRole[]) =>
    async (request: FastifyRequest): Promise<void> => {
      await requireUser(request)
      if (!roles.includes(request.user!.role)) throw new AppError('forbidden', `only for: ${roles.join(', ')}`)
    }

  /** For `preValidation`: after the rate limit, and before a stranger learns what a body must look like. */
  return { optionalUser, requireUser, requireRole }
}

/** The part of a route's OpenAPI description that says an access token is needed. */
export const bearer = [{ bearer: [] }]
