/** What of a class is replayed, over HTTP, for its teacher. */
import type { FastifyInstance } from 'fastify'
import { ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { ReplayEditing } from './replay-editing.ts'
import { ReplayChangeSchema, ReplayEditSchema } from './schema.ts'

export type ReplayEditingRoutesDeps = { editing: ReplayEditing; auth: Auth }

export async function replayEditingRoutes(app: FastifyInstance, { editing, auth }: ReplayEditingRoutesDeps) {
  const api = typed(app)
  const shared = { tags: ['playing'], security: bearer, params: ById }
  const preValidation = auth.requireUser

  api.get(
    '/api/lessons/:id/replay',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: what is recorded of a class, and what of it is replayed',
        response: { 200: ReplayEditSchema, ...errorAnswers },
      },
    },
    (request) => editing.read(request.user!, request.params.id),
  )

  api.patch(
    '/api/lessons/:id/replay',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: trim the replay of a class, name its chapters, publish or hide it',
        body: ReplayChangeSchema,
        response: { 200: ReplayEditSchema, ...errorAnswers },
      },
    },
    (request) => editing.change(request.user!, request.params.id, request.body),
  )

  api.delete(
    '/api/lessons/:id/replay',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: remove what is recorded of a class, for good',
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await editing.remove(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
