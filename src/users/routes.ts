/** Accounts and sign-in over HTTP. The refresh token travels in a cookie that only these routes are sent. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import '@fastify/cookie'
import '@fastify/rate-limit'
import { AppError } from '../../signaling/protocol/errors.ts'
import { type Api, ById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import {
  PasswordChangeSchema,
  ProfileChangeSchema,
  SessionListSchema,
  SetRoleSchema,
  SignedInSchema,
  type SignIn,
  SignInSchema,
  SignUpSchema,
  UserPageSchema,
  UserQuerySchema,
  UserSchema,
} from './schema.ts'
import type { Users } from './service.ts'
import type { OpenSession } from './sessions.ts'
import { REFRESH_TTL_SECONDS } from './tokens.ts'

export type UserLimits = { signUpsPerHour: number; signInsPerMinute: number; signInsPerMinutePerUser: number }

/** Per address; one address may be a whole school. */
const defaultLimits: UserLimits = { signUpsPerHour: 120, signInsPerMinute: 60, signInsPerMinutePerUser: 10 }

export type UserRoutesDeps = {
  users: Users
  auth: Auth
  /** True where the product is served over HTTPS. */
  secureCookies: boolean
  limits?: Partial<UserLimits>
}
type Deps = Omit<UserRoutesDeps, 'limits'> & { limits: UserLimits; cookie: RefreshCookie }

/** Needs `@fastify/cookie` and `@fastify/rate-limit`. */
export async function userRoutes(app: FastifyInstance, given: UserRoutesDeps) {
  const api = typed(app)
  const deps = { ...given, limits: { ...defaultLimits, ...given.limits }, cookie: refreshCookie(given.secureCookies) }
  signInRoutes(api, deps)
  refreshRoute(api, deps)
  sessionRoutes(api, deps)
  profileRoutes(api, deps)
  adminRoutes(api, deps)
}

function signInRoutes(api: Api, { users, cookie, limits }: Deps) {
  const tags = ['sign-in']

  api.post(
    '/api/users',
    {
      config: { rateLimit: { max: limits.signUpsPerHour, timeWindow: '1 hour' } },
      schema: {
        tags,
        summary: 'Sign up: makes a student’s account, and signs it in',
        body: SignUpSchema,
        response: { 201: SignedInSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const opened = await users.signUp(request.body, userAgentOf(request))
      return reply.code(201).send(cookie.put(reply, opened))
    },
  )

  api.post(
    '/api/session',
    {
      config: { rateLimit: { max: limits.signInsPerMinute, timeWindow: '1 minute' } },
      preHandler: limitPerUser(api, limits.signInsPerMinutePerUser),
      schema: {
        tags,
        summary: 'Sign in',
        body: SignInSchema,
        response: { 200: SignedInSchema, ...errorAnswers },
      },
    },
    async (request, reply) => cookie.put(reply, await users.signIn(request.body, userAgentOf(request))),
  )
}

function refreshRoute(api: Api, { users, cookie }: Deps) {
  api.post(
    '/api/session/refresh',
    {
      schema: {
        tags: ['sign-in'],
        summary: 'Get a new access token for the refresh token in the cookie, which is replaced',
        response: { 200: SignedInSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      try {
        return cookie.put(reply, await users.refresh(cookie.read(request)))
      } catch (error) {
        if (error instanceof AppError && error.code === 'unauthorized') cookie.drop(reply)
        throw error
      }
    },
  )
}

function sessionRoutes(api: Api, { users, auth, cookie }: Deps) {
  const shared = { tags: ['sign-in'], security: bearer }

  api.delete(
    '/api/session',
    {
      preValidation: auth.requireUser,
      schema: { ...shared, summary: 'Sign out', response: { 204: NoContent, ...errorAnswers } },
    },
    async (request, reply) => {
      await users.signOut(request.user!)
      cookie.drop(reply)
      return reply.code(204).send(null)
    },
  )

  api.get(
    '/api/sessions',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'One’s sign-ins, the last used first',
        response: { 200: SessionListSchema, ...errorAnswers },
      },
    },
    async (request) => ({ sessions: await users.sessionsOf(request.user!) }),
  )

  api.delete(
    '/api/sessions/:id',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'End one of one’s sign-ins',
        params: ById,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await users.revokeSession(request.user!, request.params.id)
      return reply.code(204).send(null)
    },
  )
}

function profileRoutes(api: Api, { users, auth }: Deps) {
  const shared = { tags: ['account'], security: bearer }

  api.get(
    '/api/me',
    {
      preValidation: auth.requireUser,
      schema: { ...shared, summary: 'One’s own account', response: { 200: UserSchema, ...errorAnswers } },
    },
    (request) => users.get(request.user!.id),
  )

  api.patch(
    '/api/me',
    {
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Change one’s display name',
        body: ProfileChangeSchema,
        response: { 200: UserSchema, ...errorAnswers },
      },
    },
    (request) => users.rename(request.user!.id, request.body.displayName),
  )

  api.put(
    '/api/me/password',
    {
      config: { rateLimit: { max: 10, timeWindow: '1 minute' } },
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Change one’s password, which ends one’s other sign-ins',
        body: PasswordChangeSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { currentPassword, newPassword } = request.body
      await users.changePassword(request.user!, currentPassword, newPassword)
      return reply.code(204).send(null)
    },
  )
}

function adminRoutes(api: Api, { users, auth }: Deps) {
  const shared = { tags: ['accounts'], security: bearer }

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

const userAgentOf = (request: FastifyRequest) => request.headers['user-agent'] ?? ''

/** Guesses at one account from one address are few, however many people sign in from there. */
function limitPerUser(api: Api, max: number) {
  const limit = api.createRateLimit({
    max,
    timeWindow: '1 minute',
    keyGenerator: (request) => `${request.ip} ${(request.body as SignIn).username.toLowerCase()}`,
  })
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const result = await limit(request)
    if (result.isAllowed || !result.isExceeded) return
    reply.header('retry-after', result.ttlInSeconds)
    throw new AppError('too_many_requests', 'too many sign-ins to this account; try again soon')
  }
}

type RefreshCookie = ReturnType<typeof refreshCookie>

function refreshCookie(secure: boolean) {
  const name = 'refresh'
  const options = { path: '/api/session', httpOnly: true, sameSite: 'strict', secure } as const
  return {
    read: (request: FastifyRequest) => request.cookies[name] ?? '',
    /** Sets the cookie where there is a new token, and gives the part that is the answer's body. */
    put: (reply: FastifyReply, { signedIn, refreshToken }: OpenSession) => {
      if (refreshToken) reply.setCookie(name, refreshToken, { ...options, maxAge: REFRESH_TTL_SECONDS })
      return signedIn
    },
    drop: (reply: FastifyReply) => reply.clearCookie(name, options),
  }
}
