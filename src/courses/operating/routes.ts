/** Categories, memberships and the moderation of reviews over HTTP, for operators. */
import type { FastifyInstance } from 'fastify'
import { type Api, ById, NoContent, typed } from '../../http/api.ts'
import { type Auth, bearer } from '../../http/auth.ts'
import { errorAnswers } from '../../http/errors.ts'
import {
  CategoryChangeSchema,
  CategoryOrderSchema,
  CategorySchema,
  HiddenSchema,
  NewCategorySchema,
  NewPlanSchema,
  PageQuerySchema,
  PlanChangeSchema,
  PlanDraftListSchema,
  PlanDraftSchema,
  ReviewDeskSchema,
} from '../schema.ts'
import type { Operating } from './service.ts'

export type OperatingRoutesDeps = { operating: Operating; auth: Auth }

export async function operatingRoutes(app: FastifyInstance, { operating, auth }: OperatingRoutesDeps) {
  const api = typed(app)
  const preValidation = auth.requireRole('operator', 'admin')
  categoryRoutes(api, operating, preValidation)
  planRoutes(api, operating, preValidation)
  reviewRoutes(api, operating, preValidation)
}

type Gate = ReturnType<Auth['requireRole']>
const shared = { tags: ['operating'], security: bearer }

function categoryRoutes(api: Api, operating: Operating, preValidation: Gate) {
  api.post(
    '/api/categories',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: add a category',
        body: NewCategorySchema,
        response: { 201: CategorySchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(201).send(await operating.addCategory(request.user!, request.body)),
  )

  api.patch(
    '/api/categories/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: change a category',
        params: ById,
        body: CategoryChangeSchema,
        response: { 200: CategorySchema, ...errorAnswers },
      },
    },
    (request) => operating.changeCategory(request.user!, request.params.id, request.body),
  )

  api.delete(
    '/api/categories/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: remove a category; its courses stay',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await operating.removeCategory(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )

  api.put(
    '/api/categories/order',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: set the order of the categories',
        body: CategoryOrderSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await operating.orderCategories(request.body.ids)
      return reply.code(204).send(null)
    },
  )
}

function planRoutes(api: Api, operating: Operating, preValidation: Gate) {
  api.get(
    '/api/operating/membership-plans',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: all memberships, on sale or not',
        response: { 200: PlanDraftListSchema, ...errorAnswers },
      },
    },
    () => operating.plans(),
  )

  api.post(
    '/api/membership-plans',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: add a membership',
        body: NewPlanSchema,
        response: { 201: PlanDraftSchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(201).send(await operating.addPlan(request.user!, request.body)),
  )

  api.patch(
    '/api/membership-plans/:id',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: change a membership, or what it opens',
        params: ById,
        body: PlanChangeSchema,
        response: { 200: PlanDraftSchema, ...errorAnswers },
      },
    },
    (request) => operating.changePlan(request.user!, request.params.id, request.body),
  )
}

function reviewRoutes(api: Api, operating: Operating, preValidation: Gate) {
  api.get(
    '/api/reviews',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: one page of the reviews of all courses',
        querystring: PageQuerySchema,
        response: { 200: ReviewDeskSchema, ...errorAnswers },
      },
    },
    (request) => operating.reviews(request.user!, request.query.after),
  )

  api.put(
    '/api/reviews/:id/hidden',
    {
      preValidation,
      schema: {
        ...shared,
        summary: 'Operators: hide a review, or show it again',
        params: ById,
        body: HiddenSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await operating.hideReview(request.user!, request.params.id, request.body.hidden)
      return reply.code(204).send(null)
    },
  )
}
