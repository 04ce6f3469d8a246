/** A teacher's sales over HTTP. */
import { Type } from 'typebox'
import type { Api } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { OrderRoutesDeps } from './route-parts.ts'
import { SalesQuerySchema, SalesSchema } from './schema.ts'

export function teachingRoutes(api: Api, { orders, auth }: OrderRoutesDeps) {
  const shared = { tags: ['selling'], security: bearer }
  const teachers = auth.requireRole('teacher', 'operator', 'admin')

  api.get(
    '/api/teaching/sales',
    {
      preValidation: teachers,
      schema: {
        ...shared,
        summary: 'Teachers: what one has sold, by day and by course',
        querystring: SalesQuerySchema,
        response: { 200: SalesSchema, ...errorAnswers },
      },
    },
    (request) => orders.sales(request.user!, request.query),
  )

  api.get(
    '/api/teaching/sales.csv',
    {
      preValidation: teachers,
      schema: {
        ...shared,
        summary: 'Teachers: every sale of these days as a table',
        querystring: SalesQuerySchema,
        produces: ['text/csv'],
        response: { 200: Type.String(), ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { from, to } = request.query
      const table = await orders.salesTable(request.user!, request.query)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="sales-${from}-${to}.csv"`)
        .send(table)
    },
  )
}
