/** The accounts of others, over HTTP, for operators and admins. */
import { type Api, ById } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { perMinute, type RouteDeps } from './route-parts.ts'
import {
  BanSchema,
  FoundUserSchema,
  ManagedUserSchema,
  PhoneSearchSchema,
  SetRoleSchema,
  UserPageSchema,
  UserQuerySchema,
} from './schema.ts'

const shared = { tags: ['accounts'], security: bearer }
const theUser = { 200: ManagedUserSchema, ...errorAnswers }

export function operatorRoutes(api: Api, deps: RouteDeps) {
  searchRoutes(api, deps)
  changeRoutes(api, deps)
}

function searchRoutes(api: Api, { users, auth, limits }: RouteDeps) {
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

  api.post(
    '/api/users/by-phone',
    {
      config: perMinute(limits.lookUpsPerMinute),
      preValidation: auth.requireRole('operator', 'admin'),
      schema: {
        ...shared,
        summary: 'Operators: the account that has this phone; not in the address, which proxies write down',
        body: PhoneSearchSchema,
        response: { 200: FoundUserSchema, ...errorAnswers },
      },
    },
    async (request) => ({ user: await users.findByPhone(request.body.phone) }),
  )
}

function changeRoutes(api: Api, { users, auth }: RouteDeps) {
  api.put(
    '/api/users/:id/ban',
    {
      preValidation: auth.requireRole('operator', 'admin'),
      schema: {
        ...shared,
        summary: 'Operators: ban an account, which ends its sign-ins and sends it out of every room',
        params: ById,
        body: BanSchema,
        response: theUser,
      },
    },
    (request) => users.ban(request.user!, request.params.id, request.body.reason),
  )

  api.delete(
    '/api/users/:id/ban',
    {
      preValidation: auth.requireRole('operator', 'admin'),
      schema: { ...shared, summary: 'Operators: let a banned account in again', params: ById, response: theUser },
    },
    (request) => users.unban(request.user!, request.params.id),
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
        response: theUser,
      },
    },
    (request) => users.setRole(request.user!, request.params.id, request.body.role),
  )
}
