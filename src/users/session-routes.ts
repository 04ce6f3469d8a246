/** Sign-ins that are open, over HTTP: kept alive, listed, ended. */
import { AppError } from '../../signaling/protocol/errors.ts'
import { type Api, ById, NoContent } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { RouteDeps } from './route-parts.ts'
import { SessionListSchema, SignedInSchema } from './schema.ts'

export function sessionRoutes(api: Api, deps: RouteDeps) {
  refreshRoute(api, deps)
  endRoutes(api, deps)
  const { users, auth } = deps

  api.get(
    '/api/sessions',
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['sign-in'],
        security: bearer,
        summary: 'One’s sign-ins, the last used first',
        response: { 200: SessionListSchema, ...errorAnswers },
      },
    },
    async (request) => ({ sessions: await users.sessionsOf(request.user!) }),
  )
}

function refreshRoute(api: Api, { users, cookie }: RouteDeps) {
  api.post(
    '/api/session/refresh',
    {
      schema: {
        tags: ['sign-in'],
        summary: 'Get a new access token for the refresh token in the cookie, which is replaced',
        response: { 200: SignedInSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      try {
        return cookie.put(reply, await users.refresh(cookie.read(request)))
      } catch (error) {
        if (error instanceof AppError && error.code === 'unauthorized') cookie.drop(reply)
        throw error
      }
    },
  )
}

function endRoutes(api: Api, { users, auth, cookie }: RouteDeps) {
  const shared = { tags: ['sign-in'], security: bearer }
  const done = { 204: NoContent, ...errorAnswers }

  api.delete(
    '/api/session',
    { preValidation: auth.requireUser, schema: { ...shared, summary: 'Sign out', response: done } },
    async (request, reply) => {
      await users.signOut(request.user!)
      cookie.drop(reply)
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/api/sessions',
    {
      preValidation: auth.requireUser,
      schema: { ...shared, summary: 'End all of one’s sign-ins but this one', response: done },
    },
    async (request, reply) => {
      await users.signOutOthers(request.user!)
      return reply.code(204).send(null)
    },
  )

  api.delete(
    '/api/sessions/:id',
    {
      preValidation: auth.requireUser,
      schema: { ...shared, summary: 'End one of one’s sign-ins', params: ById, response: done },
    },
    async (request, reply) => {
      await users.revokeSession(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
