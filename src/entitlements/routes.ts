/** Tickets, and who plays where, over HTTP. */
import type { FastifyInstance } from 'fastify'
import { ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { LeaseAnswerSchema, LeaseSchema, PlayerSchema, TicketAnswerSchema } from './schema.ts'
import type { Entitlements } from './service.ts'

declare module 'fastify' {
  interface FastifyRequest {
    askedAt: number
  }
}

export type EntitlementRoutesDeps = { entitlements: Entitlements; auth: Auth; now: () => number }

export async function entitlementRoutes(app: FastifyInstance, deps: EntitlementRoutesDeps) {
  ticketRoute(app, deps)
  leaseRoutes(app, deps)
}

function ticketRoute(app: FastifyInstance, { entitlements, auth, now }: EntitlementRoutesDeps) {
  app.decorateRequest('askedAt', 0)
  typed(app).post(
    '/api/lessons/:id/ticket',
    {
      // Before the sign-in is read, which may end between that and the answer.
      onRequest: async (request) => {
        request.askedAt = now()
      },
      preValidation: auth.requireUser,
      schema: {
        tags: ['lessons'],
        security: bearer,
        summary: 'Get a ticket to the room of a lesson, good for one socket within its lifetime',
        params: ById,
        response: { 200: TicketAnswerSchema, ...errorAnswers },
      },
    },
    (request) => entitlements.ticketFor(request.user!, request.params.id, request.askedAt),
  )
}

function leaseRoutes(app: FastifyInstance, { entitlements, auth }: EntitlementRoutesDeps) {
  const api = typed(app)
  const shared = { tags: ['playing'], security: bearer }

  api.get(
    '/api/lease',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'On which device one is playing now',
        response: { 200: LeaseAnswerSchema, ...errorAnswers },
      },
    },
    async (request) => ({ holder: await entitlements.leaseHolder(request.user!) }),
  )

  api.put(
    '/api/lease',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Play here; `playing_elsewhere` where another device plays and `takeOver` is not said',
        body: LeaseSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await entitlements.takeLease(request.user!, request.body.playerId, request.body.takeOver)
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/api/lease/renew',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Go on playing here; `taken_over` where another device plays now',
        body: PlayerSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await entitlements.renewLease(request.user!, request.body.playerId)
      return reply.code(204).send(null)
    },
  )

  api.post(
    '/api/lease/release',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Stop playing here',
        body: PlayerSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await entitlements.releaseLease(request.user!, request.body.playerId)
      return reply.code(204).send(null)
    },
  )
}
