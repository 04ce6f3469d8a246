/** The prepared polls of a lesson over HTTP, for those who teach it. */
import type { FastifyInstance } from 'fastify'
import { ById, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { PreparedPollsSchema } from './schema.ts'
import type { LessonService } from './service.ts'

export async function pollRoutes(app: FastifyInstance, { lessons, auth }: { lessons: LessonService; auth: Auth }) {
  const api = typed(app)
  const shared = { tags: ['lessons'], security: bearer, params: ById }
  const response = { 200: PreparedPollsSchema, ...errorAnswers }

  api.get(
    '/api/lessons/:id/polls',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Those who teach it: the polls and quizzes that are prepared for the class',
        response,
      },
    },
    (request) => lessons.polls(request.user!, request.params.id),
  )

  api.put(
    '/api/lessons/:id/polls',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Those who teach it: set all prepared polls at once; `version` is the one that was seen',
        body: PreparedPollsSchema,
        response,
      },
    },
    (request) => lessons.setPolls(request.user!, request.params.id, request.body),
  )
}
