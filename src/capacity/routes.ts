/** The load and the tuning of a node over HTTP, for operators. */
import type { FastifyInstance } from 'fastify'
import { typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { NodeSchema, TuningSchema } from './schema.ts'
import type { Capacity } from './service.ts'

export async function capacityRoutes(app: FastifyInstance, { capacity, auth }: { capacity: Capacity; auth: Auth }) {
  const preValidation = auth.requireRole('operator', 'admin')
  const answer = { 200: NodeSchema, ...errorAnswers }
  typed(app).get(
    '/api/operator/node',
    {
      preValidation,
      schema: {
        tags: ['operating'],
        security: bearer,
        summary: 'Operators: the media workers and open rooms of the node that answers',
        response: answer,
      },
    },
    () => capacity.state(),
  )

  typed(app).patch(
    '/api/operator/node/tuning',
    {
      preValidation,
      schema: {
        tags: ['operating'],
        security: bearer,
        summary: 'Operators: how many media workers, and how many streams each is meant to send, until the next start',
        body: TuningSchema,
        response: answer,
      },
    },
    async (request) => {
      await capacity.tune(request.user!.id, request.body)
      return capacity.state()
    },
  )
}
