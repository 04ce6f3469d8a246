/** The ways in, over HTTP: a username and a password, a phone and a code. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Api } from '../http/api.ts'
import { errorAnswers } from '../http/errors.ts'
import { readPhone } from './phones.ts'
import { perMinute, type RouteDeps, userAgentOf } from './route-parts.ts'
import {
  CodeRequestSchema,
  CodeSentSchema,
  PasswordResetSchema,
  PhoneSignInSchema,
  SignedInOrUpSchema,
  SignedInSchema,
  type SignIn,
  SignInSchema,
  SignInWaysSchema,
  SignUpSchema,
  TermsSchema,
} from './schema.ts'

const tags = ['sign-in']

export function signInRoutes(api: Api, deps: RouteDeps) {
  passwordRoutes(api, deps)
  codeRoute(api, deps)
  phoneRoutes(api, deps)

  api.get(
    '/api/sign-in-ways',
    {
      schema: {
        tags,
        summary: 'The ways to sign in that this server has beside a password',
        response: { 200: SignInWaysSchema, ...errorAnswers },
      },
    },
    async () => deps.users.ways(),
  )

  api.get(
    '/api/terms',
    {
      schema: {
        tags,
        summary: 'The terms of use and the privacy policy in force, as Markdown in both languages',
        response: { 200: TermsSchema, ...errorAnswers },
      },
    },
    async () => deps.users.terms,
  )
}

function passwordRoutes(api: Api, { users, cookie, limits }: RouteDeps) {
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
      config: perMinute(limits.signInsPerMinute),
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

function codeRoute(api: Api, { users, limits }: RouteDeps) {
  api.post(
    '/api/phone-codes',
    {
      config: perMinute(limits.codesPerMinute),
      schema: {
        tags,
        summary: 'Have a code sent to a phone, to sign in or to set a new password with',
        body: CodeRequestSchema,
        response: { 202: CodeSentSchema, ...errorAnswers },
      },
    },
    async (request, reply) => reply.code(202).send(await users.sendCode(request.body, request.ip)),
  )
}

function phoneRoutes(api: Api, { users, cookie, limits }: RouteDeps) {
  api.post(
    '/api/session/phone',
    {
      config: perMinute(limits.signInsPerMinute),
      schema: {
        tags,
        summary: 'Sign in with a phone and its code; makes a student’s account where nobody has this phone',
        body: PhoneSignInSchema,
        response: { 200: SignedInOrUpSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const opened = await users.signInByPhone(request.body, userAgentOf(request))
      return { ...cookie.put(reply, opened), isNew: opened.isNew }
    },
  )

  api.post(
    '/api/session/password-reset',
    {
      config: perMinute(limits.changesPerMinute),
      schema: {
        tags,
        summary: 'Set a new password with a phone and its code; ends every sign-in, and signs in',
        body: PasswordResetSchema,
        response: { 200: SignedInSchema, ...errorAnswers },
      },
    },
    async (request, reply) => cookie.put(reply, await users.resetPassword(request.body, userAgentOf(request))),
  )
}

/** Guesses at one account from one address are few, however many people sign in from there. */
function limitPerUser(api: Api, max: number) {
  const limit = api.createRateLimit({
    max,
    timeWindow: '1 minute',
    keyGenerator: (request) => {
      const { username } = request.body as SignIn
      return `${request.ip} ${readPhone(username) ?? username.toLowerCase()}`
    },
  })
  return async (request: FastifyRequest, _reply: FastifyReply) => {
    const result = await limit(request)
    if (result.isAllowed || !result.isExceeded) return
    const retryAfterSeconds = result.ttlInSeconds
    throw new AppError('too_many_requests', 'too many sign-ins to this account; try again soon', { retryAfterSeconds })
  }
}
