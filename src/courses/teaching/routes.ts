/** The making of courses over HTTP, for their teachers and for operators. */
import type { FastifyInstance } from 'fastify'
import { type Api, ById, NoContent, typed } from '../../http/api.ts'
import { type Auth, bearer } from '../../http/auth.ts'
import { errorAnswers } from '../../http/errors.ts'
import {
  CourseChangeSchema,
  CourseDraftSchema,
  DeleteLessonQuerySchema,
  LessonDraftSchema,
  LessonEditSchema,
  NewCourseLessonSchema,
  NewCourseSchema,
  OutlineOrderSchema,
  StatusChangeSchema,
  TeachingListSchema,
  TeachingQuerySchema,
} from '../schema.ts'
import type { Teaching } from './service.ts'

export type TeachingRoutesDeps = { teaching: Teaching; auth: Auth }

export async function teachingRoutes(app: FastifyInstance, deps: TeachingRoutesDeps) {
  const api = typed(app)
  collectionRoutes(api, deps)
  courseRoutes(api, deps)
  outlineRoutes(api, deps)
  lessonRoutes(api, deps)
}

const shared = { tags: ['teaching'], security: bearer }
const draft = { 200: CourseDraftSchema, ...errorAnswers }

function collectionRoutes(api: Api, { teaching, auth }: TeachingRoutesDeps) {
  const preValidation = auth.requireRole('teacher', 'operator', 'admin')

  api.get(
    '/api/teaching/courses',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Teachers: one page of one’s courses; operators also: of everyone’s',
        querystring: TeachingQuerySchema,
        response: { 200: TeachingListSchema, ...errorAnswers },
      },
    },
    (request) => teaching.list(request.user!, request.query),
  )

  api.post(
    '/api/teaching/courses',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Teachers: begin a course, as a draft',
        body: NewCourseSchema,
        response: { 201: CourseDraftSchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(201).send(await teaching.create(request.user!, request.body)),
  )
}

function courseRoutes(api: Api, { teaching, auth }: TeachingRoutesDeps) {
  const preValidation = auth.requireUser

  api.get(
    '/api/teaching/courses/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: a course with all of its lessons, and what it lacks',
        params: ById,
        response: draft,
      },
    },
    (request) => teaching.course(request.user!, request.params.id),
  )

  api.patch(
    '/api/teaching/courses/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: change a course; a price is that of orders to come',
        params: ById,
        body: CourseChangeSchema,
        response: draft,
      },
    },
    (request) => teaching.change(request.user!, request.params.id, request.body),
  )

  api.put(
    '/api/teaching/courses/:id/status',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: publish a course, archive it, or take it back while nobody has it',
        params: ById,
        body: StatusChangeSchema,
        response: draft,
      },
    },
    (request) => teaching.setStatus(request.user!, request.params.id, request.body.status),
  )

  api.delete(
    '/api/teaching/courses/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: delete a course that was never there for others',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await teaching.remove(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function outlineRoutes(api: Api, { teaching, auth }: TeachingRoutesDeps) {
  const preValidation = auth.requireUser

  api.put(
    '/api/teaching/courses/:id/outline',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: set the order of all chapters and lessons',
        params: ById,
        body: OutlineOrderSchema,
        response: draft,
      },
    },
    (request) => teaching.setOrder(request.user!, request.params.id, request.body),
  )

  api.post(
    '/api/teaching/courses/:id/lessons',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: add a lesson at the end of a chapter',
        params: ById,
        body: NewCourseLessonSchema,
        response: { 201: LessonDraftSchema, ...errorAnswers },
      },
    },
    async (request, reply) =>
      reply.code(201).send(await teaching.addLesson(request.user!, request.params.id, request.body)),
  )
}

function lessonRoutes(api: Api, { teaching, auth }: TeachingRoutesDeps) {
  const preValidation = auth.requireUser

  api.get(
    '/api/teaching/lessons/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: a lesson of a course',
        params: ById,
        response: { 200: LessonDraftSchema, ...errorAnswers },
      },
    },
    (request) => teaching.lesson(request.user!, request.params.id),
  )

  api.patch(
    '/api/teaching/lessons/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: change a lesson of a course',
        params: ById,
        body: LessonEditSchema,
        response: { 200: LessonDraftSchema, ...errorAnswers },
      },
    },
    (request) => teaching.changeLesson(request.user!, request.params.id, request.body),
  )

  api.delete(
    '/api/teaching/lessons/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Its teacher: take a lesson out of its course',
        params: ById,
        querystring: DeleteLessonQuerySchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await teaching.removeLesson(request.user!, request.params.id, request.query.confirmed)
      return reply.code(204).send(null)
    },
  )
}
