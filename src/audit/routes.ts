/** The audit log over HTTP, for operators. */
import type { FastifyInstance } from 'fastify'
import type { Db } from '../../db/client.ts'
import { typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { listAudit } from './audit.ts'
import { AuditPageSchema, AuditQuerySchema } from './schema.ts'

export async function auditRoutes(app: FastifyInstance, { db, auth }: { db: Db; auth: Auth }) {
  typed(app).get(
    '/api/audit',
    {
      preValidation: auth.requireRole('operator', 'admin'),
      schema: {
        tags: ['operating'],
        security: bearer,
        summary: 'Operators: one page of who did what',
        querystring: AuditQuerySchema,
        response: { 200: AuditPageSchema, ...errorAnswers },
      },
    },
    (request) => listAudit(db, request.query),
  )
}
