/** Accounts and sign-in over HTTP. The refresh token travels in a cookie that only these routes are sent. */
import type { FastifyInstance } from 'fastify'
import '@fastify/rate-limit'
import { typed } from '../http/api.ts'
import type { Auth } from '../http/auth.ts'
import { accountRoutes } from './account-routes.ts'
import { operatorRoutes } from './operator-routes.ts'
import { refreshCookie } from './refresh-cookie.ts'
import { type RouteDeps, type UserLimits, withDefaults } from './route-parts.ts'
import type { Users } from './service.ts'
import { sessionRoutes } from './session-routes.ts'
import { signInRoutes } from './sign-in-routes.ts'
import { wechatRoutes } from './wechat-routes.ts'

export type { UserLimits }
export type UserRoutesDeps = {
  users: Users
  auth: Auth
  /** True where the product is served over HTTPS. */
  secureCookies: boolean
  limits?: Partial<UserLimits>
}

/** Needs `@fastify/cookie` and `@fastify/rate-limit`. */
export async function userRoutes(app: FastifyInstance, { users, auth, secureCookies, limits }: UserRoutesDeps) {
  const api = typed(app)
  const deps: RouteDeps = { users, auth, limits: withDefaults(limits), cookie: refreshCookie(secureCookies) }
  signInRoutes(api, deps)
  sessionRoutes(api, deps)
  accountRoutes(api, deps)
  wechatRoutes(api, deps, secureCookies)
  operatorRoutes(api, deps)
}
