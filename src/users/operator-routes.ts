/** The accounts of others, over HTTP, for operators and admins. */
import { type Api, ById } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { RouteDeps } from './route-parts.ts'
import { SetRoleSchema, UserPageSchema, UserQuerySchema, UserSchema } from './schema.ts'

const shared = { tags: ['accounts'], security: bearer }

export function operatorRoutes(api: Api, { users, auth }: RouteDeps) {
  api.get(
    '/api/users',
    {
      preValidation: auth.requireRole('operator', 'admin'),
      schema: {
        ...shared,
        summary: 'Operators: one page of accounts',
        querystring: UserQuerySchema,
        response: { 200: UserPageSchema, ...errorAnswers },
      },
    },
    (request) => users.list(request.query),
  )

  api.put(
    '/api/users/:id/role',
    {
      preValidation: auth.requireRole('admin'),
      schema: {
        ...shared,
        summary: 'Admins: change what another account is',
        params: ById,
        body: SetRoleSchema,
        response: { 200: UserSchema, ...errorAnswers },
      },
    },
    (request) => users.setRole(request.user!, request.params.id, request.body.role),
  )
}
