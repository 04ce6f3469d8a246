/** Orders over HTTP, for those who buy. */
import type { FastifyInstance } from 'fastify'
import { type Api, ById, typed } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { ChannelListSchema } from '../payments/schema.ts'
import { operatorRoutes } from './operator-routes.ts'
import { keyOf, type OrderRoutesDeps, perPerson } from './route-parts.ts'
import {
  AgreementSchema,
  IdempotencyHeaderSchema,
  NewOrderSchema,
  type Order,
  OrderAnswerSchema,
  OrderPageSchema,
  OrderQuerySchema,
  PayAnswerSchema,
  PaySchema,
  QuoteQuerySchema,
  QuoteSchema,
  RefundRequestSchema,
} from './schema.ts'
import { teachingRoutes } from './teaching-routes.ts'

export type { OrderRoutesDeps }

/** Needs `@fastify/rate-limit`. */
export async function orderRoutes(app: FastifyInstance, deps: OrderRoutesDeps) {
  const api = typed(app)
  checkoutRoutes(api, deps)
  readingRoutes(api, deps)
  payingRoutes(api, deps)
  changingRoutes(api, deps)
  operatorRoutes(api, deps)
  teachingRoutes(api, deps)
}

function checkoutRoutes(api: Api, { orders, auth }: OrderRoutesDeps) {
  const tags = ['orders']

  api.get(
    '/api/agreement',
    {
      schema: {
        tags,
        summary: 'The purchase agreement in force, as Markdown in both languages',
        response: { 200: AgreementSchema, ...errorAnswers },
      },
    },
    async () => orders.agreement(),
  )

  api.get(
    '/api/payment-channels',
    {
      schema: { tags, summary: 'The ways to pay', response: { 200: ChannelListSchema, ...errorAnswers } },
    },
    async () => orders.channels(),
  )

  api.get(
    '/api/quote',
    {
      config: perPerson(60),
      preValidation: auth.optionalUser,
      schema: {
        tags,
        security: [{}, ...bearer],
        summary: 'What a course or a membership would cost, with a coupon or without',
        querystring: QuoteQuerySchema,
        response: { 200: QuoteSchema, ...errorAnswers },
      },
    },
    (request) => orders.quote(request.user, request.query),
  )
}

function readingRoutes(api: Api, { orders, auth, now }: OrderRoutesDeps) {
  const shared = { tags: ['orders'], security: bearer }

  api.get(
    '/api/orders',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'One’s orders, the latest first',
        querystring: OrderQuerySchema,
        response: { 200: OrderPageSchema, ...errorAnswers },
      },
    },
    (request) => orders.list(request.user!, request.query),
  )

  api.get(
    '/api/orders/:id',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'One’s order',
        params: ById,
        response: { 200: OrderAnswerSchema, ...errorAnswers },
      },
    },
    async (request) => ({ order: await orders.get(request.user!, request.params.id), now: now() }),
  )
}

function payingRoutes(api: Api, { orders, auth, now }: OrderRoutesDeps) {
  const shared = { tags: ['orders'], security: bearer }

  api.post(
    '/api/orders',
    {
      config: perPerson(20),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Order a course or a membership; what costs nothing is paid at once',
        headers: IdempotencyHeaderSchema,
        body: NewOrderSchema,
        response: { 201: OrderAnswerSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const order = await orders.create(request.user!, request.body, keyOf(request))
      return reply.code(201).send({ order, now: now() })
    },
  )

  api.post(
    '/api/orders/:id/pay',
    {
      config: perPerson(30),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Get what to scan, open or confirm to pay an order',
        params: ById,
        body: PaySchema,
        response: { 200: PayAnswerSchema, ...errorAnswers },
      },
    },
    (request) => orders.pay({ id: request.user!.id, ip: request.ip }, request.params.id, request.body.channel),
  )

  api.post(
    '/api/orders/:id/check',
    {
      config: perPerson(40),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: '“I have paid”: ask the provider now',
        params: ById,
        response: { 200: OrderAnswerSchema, ...errorAnswers },
      },
    },
    async (request) => ({ order: await orders.check(request.user!, request.params.id), now: now() }),
  )
}

function changingRoutes(api: Api, { orders, auth, now }: OrderRoutesDeps) {
  const shared = { tags: ['orders'], security: bearer }
  const answer = async (order: Promise<Order>) => ({ order: await order, now: now() })

  api.post(
    '/api/orders/:id/cancel',
    {
      config: perPerson(20),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Cancel an order that is not paid; the provider is asked first',
        params: ById,
        response: { 200: OrderAnswerSchema, ...errorAnswers },
      },
    },
    (request) => answer(orders.cancel(request.user!, request.params.id)),
  )

  api.post(
    '/api/orders/:id/refund-request',
    {
      config: perPerson(10),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Ask for one’s money back; an operator decides',
        headers: IdempotencyHeaderSchema,
        params: ById,
        body: RefundRequestSchema,
        response: { 200: OrderAnswerSchema, ...errorAnswers },
      },
    },
    (request) => answer(orders.requestRefund(request.user!, request.params.id, request.body, keyOf(request))),
  )
}
