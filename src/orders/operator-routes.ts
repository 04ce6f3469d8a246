/** Orders, refunds and coupons over HTTP, for operators. */
import type { Api } from '../http/api.ts'
import { ById } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import {
  ApprovalSchema,
  RefundPageSchema,
  RefundQuerySchema,
  RefundSchema,
  RejectionSchema,
} from '../payments/schema.ts'
import { keyOf, type OrderRoutesDeps } from './route-parts.ts'
import {
  CouponChangeSchema,
  CouponPageSchema,
  CouponQuerySchema,
  CouponSchema,
  FoundOrderPageSchema,
  IdempotencyHeaderSchema,
  NewCouponSchema,
  OperatorRefundSchema,
  OrderDetailSchema,
  OrderSearchSchema,
} from './schema.ts'

export function operatorRoutes(api: Api, deps: OrderRoutesDeps) {
  searchRoutes(api, deps)
  refundRoutes(api, deps)
  decisionRoutes(api, deps)
  couponRoutes(api, deps)
}

const shared = { tags: ['selling'], security: bearer }
const operators = ({ auth }: OrderRoutesDeps) => auth.requireRole('operator', 'admin')

function searchRoutes(api: Api, deps: OrderRoutesDeps) {
  const { operator } = deps.orders

  api.get(
    '/api/operator/orders',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: one page of orders, the latest first',
        querystring: OrderSearchSchema,
        response: { 200: FoundOrderPageSchema, ...errorAnswers },
      },
    },
    (request) => operator.search(request.query),
  )

  api.get(
    '/api/operator/orders/:id',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: everything that is known of an order',
        params: ById,
        response: { 200: OrderDetailSchema, ...errorAnswers },
      },
    },
    (request) => operator.detail(request.params.id),
  )
}

function refundRoutes(api: Api, deps: OrderRoutesDeps) {
  const { operator } = deps.orders

  api.get(
    '/api/operator/refunds',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: one page of refunds, the latest first',
        querystring: RefundQuerySchema,
        response: { 200: RefundPageSchema, ...errorAnswers },
      },
    },
    (request) => operator.refunds(request.query),
  )

  api.post(
    '/api/operator/orders/:id/refunds',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: give money back, all or a part; above a limit a second person has to agree',
        headers: IdempotencyHeaderSchema,
        params: ById,
        body: OperatorRefundSchema,
        response: { 201: RefundSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { user, params, body } = request
      return reply.code(201).send(await operator.refund(user!, params.id, body, keyOf(request)))
    },
  )
}

function decisionRoutes(api: Api, deps: OrderRoutesDeps) {
  const { operator } = deps.orders
  const answers = { 200: RefundSchema, ...errorAnswers }

  api.post(
    '/api/operator/refunds/:id/approve',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: approve a refund, with another amount if need be',
        params: ById,
        body: ApprovalSchema,
        response: answers,
      },
    },
    (request) => operator.approve(request.user!, request.params.id, request.body),
  )

  api.post(
    '/api/operator/refunds/:id/second',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: agree to a refund that another person approved',
        params: ById,
        response: answers,
      },
    },
    (request) => operator.second(request.user!, request.params.id),
  )

  api.post(
    '/api/operator/refunds/:id/reject',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: refuse a refund, and say why',
        params: ById,
        body: RejectionSchema,
        response: answers,
      },
    },
    (request) => operator.reject(request.user!, request.params.id, request.body.answer),
  )

  api.post(
    '/api/operator/refunds/:id/retry',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: send a refund that failed again, under the same number',
        params: ById,
        response: answers,
      },
    },
    (request) => operator.retry(request.user!, request.params.id),
  )
}

function couponRoutes(api: Api, deps: OrderRoutesDeps) {
  const { operator } = deps.orders

  api.get(
    '/api/operator/coupons',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: one page of coupons, the latest first',
        querystring: CouponQuerySchema,
        response: { 200: CouponPageSchema, ...errorAnswers },
      },
    },
    (request) => operator.coupons(request.query),
  )

  api.post(
    '/api/operator/coupons',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: make a coupon',
        body: NewCouponSchema,
        response: { 201: CouponSchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(201).send(await operator.createCoupon(request.user!, request.body)),
  )

  api.patch(
    '/api/operator/coupons/:id',
    {
      preValidation: operators(deps),
      schema: {
        ...shared,
        summary: 'Operators: end a coupon, or give it out more often',
        params: ById,
        body: CouponChangeSchema,
        response: { 200: CouponSchema, ...errorAnswers },
      },
    },
    (request) => operator.changeCoupon(request.user!, request.params.id, request.body),
  )
}
