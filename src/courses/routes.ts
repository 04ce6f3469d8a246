/** Lessons over HTTP. */
import type { FastifyInstance } from 'fastify'
import { type Api, ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { UserSchema } from '../users/schema.ts'
import { coursewareRoutes } from './courseware-routes.ts'
import { frameRoutes } from './frame-routes.ts'
import { pollRoutes } from './poll-routes.ts'
import {
  AssistantListSchema,
  AssistantParamsSchema,
  AssistantSchema,
  LessonChangeSchema,
  LessonListSchema,
  LessonQuerySchema,
  LessonSchema,
  NewLessonSchema,
} from './schema.ts'
import type { LessonService } from './service.ts'

export type LessonRoutesDeps = { lessons: LessonService; auth: Auth }

export async function lessonRoutes(app: FastifyInstance, deps: LessonRoutesDeps) {
  const api = typed(app)
  readingRoutes(api, deps)
  teachingRoutes(api, deps)
  assistantRoutes(api, deps)
  await app.register(frameRoutes, deps)
  await app.register(coursewareRoutes, deps)
  await app.register(pollRoutes, deps)
}

function readingRoutes(api: Api, { lessons, auth }: LessonRoutesDeps) {
  const shared = { tags: ['lessons'], security: [{}, ...bearer] }

  api.get(
    '/api/lessons',
    {
      preValidation: auth.optionalUser,
      schema: {
        ...shared,
        summary: 'One page of lessons',
        querystring: LessonQuerySchema,
        response: { 200: LessonListSchema, ...errorAnswers },
      },
    },
    (request) => lessons.list(request.user, request.query),
  )
}

function teachingRoutes(api: Api, { lessons, auth }: LessonRoutesDeps) {
  const shared = { tags: ['lessons'], security: bearer }

  api.post(
    '/api/lessons',
    {
      preValidation: auth.requireRole('teacher', 'operator', 'admin'),
      schema: {
        ...shared,
        summary: 'Teachers: announce a lesson',
        body: NewLessonSchema,
        response: { 201: LessonSchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(201).send(await lessons.create(request.user!, request.body)),
  )

  api.patch(
    '/api/lessons/:id',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Its teacher: change a lesson; its time only before it has gone live',
        params: ById,
        body: LessonChangeSchema,
        response: { 200: LessonSchema, ...errorAnswers },
      },
    },
    (request) => lessons.update(request.user!, request.params.id, request.body),
  )

  api.delete(
    '/api/lessons/:id',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Its teacher: cancel a lesson that has not gone live',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await lessons.cancel(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function assistantRoutes(api: Api, { lessons, auth }: LessonRoutesDeps) {
  const shared = { tags: ['lessons'], security: bearer, params: ById }

  api.get(
    '/api/lessons/:id/assistants',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Its teacher: who assists in a lesson',
        response: { 200: AssistantListSchema, ...errorAnswers },
      },
    },
    async (request) => ({ assistants: await lessons.assistants(request.user!, request.params.id) }),
  )

  api.post(
    '/api/lessons/:id/assistants',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Its teacher: let a user assist in a lesson',
        body: AssistantSchema,
        response: { 201: UserSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      return reply.code(201).send(await lessons.addAssistant(request.user!, params.id, body.username))
    },
  )

  api.delete(
    '/api/lessons/:id/assistants/:userId',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Its teacher: end that',
        params: AssistantParamsSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await lessons.removeAssistant(request.user!, request.params.id, request.params.userId)
      return reply.code(204).send(null)
    },
  )
}
