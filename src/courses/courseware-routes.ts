/** The courseware of a lesson over HTTP, for those who teach it. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'
import { ById, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { CoursewareSchema } from './schema.ts'
import type { LessonService } from './service.ts'

export async function coursewareRoutes(
  app: FastifyInstance,
  { lessons, auth }: { lessons: LessonService; auth: Auth },
) {
  const api = typed(app)
  const shared = { tags: ['lessons'], security: bearer, params: ById }
  const response = { 200: CoursewareSchema, ...errorAnswers }

  api.get(
    '/api/lessons/:id/courseware',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Those who teach it: the PDF documents that can be brought to the board',
        response,
      },
    },
    async (request) => ({ files: await lessons.courseware(request.user!, request.params.id) }),
  )

  api.post(
    '/api/lessons/:id/courseware',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Those who teach it: attach a PDF that was uploaded, so that it can be brought to the board',
        body: object({ fileId: Type.String({ format: 'uuid' }) }),
        response,
      },
    },
    async (request) => ({ files: await lessons.addCourseware(request.user!, request.params.id, request.body.fileId) }),
  )
}
