/** Tickets over HTTP. */
import type { FastifyInstance } from 'fastify'
import { ById, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { TicketAnswerSchema } from './schema.ts'
import type { Entitlements } from './service.ts'

export type EntitlementRoutesDeps = { entitlements: Entitlements; auth: Auth }

export async function entitlementRoutes(app: FastifyInstance, { entitlements, auth }: EntitlementRoutesDeps) {
  typed(app).post(
    '/api/lessons/:id/ticket',
    {
      preValidation: auth.requireUser,
      schema: {
        tags: ['lessons'],
        security: bearer,
        summary: 'Get a ticket to the room of a lesson, good for one socket within its lifetime',
        params: ById,
        response: { 200: TicketAnswerSchema, ...errorAnswers },
      },
    },
    (request) => entitlements.ticketFor(request.user!, request.params.id),
  )
}
