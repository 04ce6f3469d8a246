/** The stream key of a lesson, for its teacher. */
import type { FastifyInstance } from 'fastify'
import { ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { NewStreamKeySchema, StreamAccessSchema } from './schema.ts'
import type { Streaming } from './service.ts'

export async function streamKeyRoutes(app: FastifyInstance, { streaming, auth }: { streaming: Streaming; auth: Auth }) {
  const api = typed(app)
  const shared = { tags: ['streaming'], security: bearer, params: ById }

  api.get(
    '/api/lessons/:id/stream',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Where an encoder of the teacher sends to, and since when there is a key',
        response: { 200: StreamAccessSchema, ...errorAnswers },
      },
    },
    (request) => streaming.access(request.user!, request.params.id),
  )

  api.post(
    '/api/lessons/:id/stream/key',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Make a new stream key; an earlier one opens nothing more, and what came in with it is closed',
        response: { 201: NewStreamKeySchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      return reply.code(201).send(await streaming.makeKey(request.user!, request.params.id))
    },
  )

  api.delete(
    '/api/lessons/:id/stream/key',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Take the stream key back, and close what came in with it',
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await streaming.removeKey(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}
