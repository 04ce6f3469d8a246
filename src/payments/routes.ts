/** Notices of the providers, and what operators see of payments, over HTTP. */
import type { FastifyInstance } from 'fastify'
import { type Api, ById, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { type NoticeRoutesDeps, noticeRoutes } from './notice-routes.ts'
import {
  AlarmPageSchema,
  AlarmQuerySchema,
  AlarmSchema,
  DifferencePageSchema,
  DifferenceQuerySchema,
  DifferenceSchema,
  ReconcileSchema,
  ReconciliationPageSchema,
  ReconciliationQuerySchema,
  ReconciliationSchema,
  ResolutionSchema,
  SelfTestSchema,
} from './schema.ts'

export type PaymentRoutesDeps = NoticeRoutesDeps & { auth: Auth }

export async function paymentRoutes(app: FastifyInstance, deps: PaymentRoutesDeps) {
  const api = typed(app)
  reconciliationRoutes(api, deps)
  differenceRoutes(api, deps)
  alarmRoutes(api, deps)
  await app.register(noticeRoutes, deps)
}

const shared = { tags: ['selling'], security: bearer }

function reconciliationRoutes(api: Api, { payments, auth }: PaymentRoutesDeps) {
  const operators = auth.requireRole('operator', 'admin')

  api.get(
    '/api/operator/reconciliations',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: one page of comparisons with the providers’ bills, the latest first',
        querystring: ReconciliationQuerySchema,
        response: { 200: ReconciliationPageSchema, ...errorAnswers },
      },
    },
    (request) => payments.reconciliations(request.query),
  )

  api.post(
    '/api/operator/reconciliations',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: compare a day with the provider’s bill now',
        body: ReconcileSchema,
        response: { 200: ReconciliationSchema, ...errorAnswers },
      },
    },
    (request) => payments.reconcile(request.body.provider, request.body.billDate),
  )

  api.get(
    '/api/operator/payments/self-test',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: whether everything is right before real money comes',
        response: { 200: SelfTestSchema, ...errorAnswers },
      },
    },
    () => payments.selfTest(),
  )
}

function differenceRoutes(api: Api, { payments, auth }: PaymentRoutesDeps) {
  const operators = auth.requireRole('operator', 'admin')

  api.get(
    '/api/operator/differences',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: one page of what differs from the bills, the latest first',
        querystring: DifferenceQuerySchema,
        response: { 200: DifferencePageSchema, ...errorAnswers },
      },
    },
    (request) => payments.differences(request.query),
  )

  api.post(
    '/api/operator/differences/:id/resolve',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: say what became of a difference',
        params: ById,
        body: ResolutionSchema,
        response: { 200: DifferenceSchema, ...errorAnswers },
      },
    },
    (request) => payments.resolve(request.user!, request.params.id, request.body.note),
  )
}

function alarmRoutes(api: Api, { payments, auth }: PaymentRoutesDeps) {
  const operators = auth.requireRole('operator', 'admin')

  api.get(
    '/api/operator/alarms',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: one page of money that somebody must look at, the latest first',
        querystring: AlarmQuerySchema,
        response: { 200: AlarmPageSchema, ...errorAnswers },
      },
    },
    (request) => payments.alarms(request.query),
  )

  api.post(
    '/api/operator/alarms/:id/seen',
    {
      preValidation: operators,
      schema: {
        ...shared,
        summary: 'Operators: say that one has looked at it',
        params: ById,
        response: { 200: AlarmSchema, ...errorAnswers },
      },
    },
    (request) => payments.seeAlarm(request.user!, request.params.id),
  )
}
