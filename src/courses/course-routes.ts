/** Courses over HTTP: for those who look for one, those who have one, and those who make them. */
import type { FastifyInstance } from 'fastify'
import { type Api, ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { CourseService } from './course-service.ts'
import { operatingRoutes } from './operating/routes.ts'
import {
  AnyLessonPageSchema,
  CategoryListSchema,
  CourseListSchema,
  CoursePageSchema,
  CourseQuerySchema,
  MembershipPlanListSchema,
  MyCoursesSchema,
  OwnReviewSchema,
  PageQuerySchema,
  ProgressAnswerSchema,
  ProgressReportSchema,
  ReviewListSchema,
  ReviewSchema,
} from './schema.ts'
import { teachingRoutes } from './teaching/routes.ts'

export type CourseRoutesDeps = { courses: CourseService; auth: Auth }

export async function courseRoutes(app: FastifyInstance, deps: CourseRoutesDeps) {
  const api = typed(app)
  catalogueRoutes(api, deps)
  pageRoutes(api, deps)
  reviewRoutes(api, deps)
  learningRoutes(api, deps)
  const { auth, courses } = deps
  await teachingRoutes(app, { teaching: courses.teaching, auth })
  await operatingRoutes(app, { operating: courses.operating, auth })
}

/** For everyone; an access token makes the answer personal. */
const open = { tags: ['courses'], security: [{}, ...bearer] }
const personal = { tags: ['courses'], security: bearer }

function catalogueRoutes(api: Api, { courses, auth }: CourseRoutesDeps) {
  api.get(
    '/api/categories',
    {
      schema: {
        ...open,
        summary: 'All categories, and how many published courses are in each',
        response: { 200: CategoryListSchema, ...errorAnswers },
      },
    },
    () => courses.categories(),
  )

  api.get(
    '/api/courses',
    {
      preValidation: auth.optionalUser,
      schema: {
        ...open,
        summary: 'One page of published courses',
        querystring: CourseQuerySchema,
        response: { 200: CourseListSchema, ...errorAnswers },
      },
    },
    (request) => courses.list(request.user, request.query),
  )

  api.get(
    '/api/membership-plans',
    {
      preValidation: auth.optionalUser,
      schema: {
        ...open,
        summary: 'The memberships that are on sale',
        response: { 200: MembershipPlanListSchema, ...errorAnswers },
      },
    },
    (request) => courses.plans(request.user),
  )
}

function pageRoutes(api: Api, { courses, auth }: CourseRoutesDeps) {
  api.get(
    '/api/courses/:id',
    {
      preValidation: auth.optionalUser,
      schema: {
        ...open,
        summary: 'A course with its outline, and what it is to the viewer',
        params: ById,
        response: { 200: CoursePageSchema, ...errorAnswers },
      },
    },
    (request) => courses.page(request.user, request.params.id),
  )

  api.get(
    '/api/lessons/:id',
    {
      preValidation: auth.optionalUser,
      schema: {
        ...open,
        tags: ['lessons'],
        summary: 'A lesson of any kind: what of it is open, and what one would be in its room',
        params: ById,
        response: { 200: AnyLessonPageSchema, ...errorAnswers },
      },
    },
    (request) => courses.lessonPage(request.user, request.params.id),
  )
}

function reviewRoutes(api: Api, { courses, auth }: CourseRoutesDeps) {
  api.get(
    '/api/courses/:id/reviews',
    {
      preValidation: auth.optionalUser,
      schema: {
        ...open,
        summary: 'One page of what its learners say of a course',
        params: ById,
        querystring: PageQuerySchema,
        response: { 200: ReviewListSchema, ...errorAnswers },
      },
    },
    (request) => courses.reviews(request.user, request.params.id, request.query.after),
  )

  api.put(
    '/api/courses/:id/review',
    {
      preValidation: auth.requireUser,
      schema: {
        ...personal,
        summary: 'Its learners: write one’s review, or replace it',
        params: ById,
        body: OwnReviewSchema,
        response: { 200: ReviewSchema, ...errorAnswers },
      },
    },
    (request) => courses.review(request.user!, request.params.id, request.body),
  )

  api.delete(
    '/api/courses/:id/review',
    {
      preValidation: auth.requireUser,
      schema: {
        ...personal,
        summary: 'Delete one’s review',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await courses.deleteReview(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function learningRoutes(api: Api, { courses, auth }: CourseRoutesDeps) {
  api.get(
    '/api/my/courses',
    {
      preValidation: auth.requireUser,
      schema: {
        ...personal,
        summary: 'One page of the courses that one has or has begun',
        querystring: PageQuerySchema,
        response: { 200: MyCoursesSchema, ...errorAnswers },
      },
    },
    (request) => courses.mine(request.user!, request.query.after),
  )

  api.get(
    '/api/lessons/:id/progress',
    {
      preValidation: auth.requireUser,
      schema: {
        ...personal,
        tags: ['lessons'],
        summary: 'How far one has come in a lesson',
        params: ById,
        response: { 200: ProgressAnswerSchema, ...errorAnswers },
      },
    },
    async (request) => ({ progress: await courses.progress(request.user!, request.params.id) }),
  )

  api.put(
    '/api/lessons/:id/progress',
    {
      preValidation: auth.requireUser,
      schema: {
        ...personal,
        tags: ['lessons'],
        summary: 'Say where one is in a lesson, and what one has watched',
        params: ById,
        body: ProgressReportSchema,
        response: { 200: ProgressAnswerSchema, ...errorAnswers },
      },
    },
    async (request) => ({
      progress: await courses.reportProgress(request.user!, request.params.id, request.body),
    }),
  )
}
