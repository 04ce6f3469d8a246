/** Signing in with WeChat over HTTP: away, with a pass in a cookie, and back with a code. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import '@fastify/cookie'
import type { Api } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { perMinute, type RouteDeps, userAgentOf } from './route-parts.ts'
import {
  AccountSchema,
  ProvenSchema,
  SignedInOrUpSchema,
  WechatAddressSchema,
  WechatLeaveSchema,
  WechatLinkSchema,
  WechatReturnSchema,
} from './schema.ts'
import { type Departure, WECHAT_TTL_SECONDS } from './wechat.ts'

export function wechatRoutes(api: Api, deps: RouteDeps, secure: boolean) {
  signInRoutes(api, deps, passCookie('/api/session/wechat', secure))
  linkRoutes(api, deps, passCookie('/api/me/wechat', secure))
  unlinkRoute(api, deps)
}

function signInRoutes(api: Api, { users, cookie, limits }: RouteDeps, pass: PassCookie) {
  const tags = ['sign-in']
  const config = perMinute(limits.signInsPerMinute)

  api.post(
    '/api/session/wechat/leave',
    {
      config,
      schema: {
        tags,
        summary: 'Get the address of WeChat’s page, and the cookie that its answer is taken with',
        body: WechatLeaveSchema,
        response: { 200: WechatAddressSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { way, termsVersion } = request.body
      return pass.put(reply, await users.leaveToSignIn(way, termsVersion))
    },
  )

  api.post(
    '/api/session/wechat',
    {
      config,
      schema: {
        tags,
        summary: 'Sign in with what WeChat sent the browser back with; makes a student’s account where it is nobody’s',
        body: WechatReturnSchema,
        response: { 200: SignedInOrUpSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const opened = await users.signInByWechat(pass.take(request, reply), request.body, userAgentOf(request))
      return { ...cookie.put(reply, opened), isNew: opened.isNew }
    },
  )
}

const shared = { tags: ['account'], security: bearer }
const theAccount = { 200: AccountSchema, ...errorAnswers }

function linkRoutes(api: Api, { users, auth, limits }: RouteDeps, pass: PassCookie) {
  const config = perMinute(limits.changesPerMinute)

  api.post(
    '/api/me/wechat/leave',
    {
      config,
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Get the address of WeChat’s page, to link one’s account with',
        body: WechatLinkSchema,
        response: { 200: WechatAddressSchema, ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { way, proof } = request.body
      return pass.put(reply, await users.leaveToLink(request.user!, way, proof))
    },
  )

  api.put(
    '/api/me/wechat',
    {
      config,
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Link one’s account to the WeChat that sent the browser back',
        body: WechatReturnSchema,
        response: theAccount,
      },
    },
    (request, reply) => users.linkWechat(request.user!, pass.take(request, reply), request.body),
  )
}

function unlinkRoute(api: Api, { users, auth, limits }: RouteDeps) {
  api.post(
    '/api/me/wechat/unlink',
    {
      config: perMinute(limits.changesPerMinute),
      preValidation: auth.requireUser,
      schema: {
        ...shared,
        summary: 'Unlink one’s WeChat, where there is another way to sign in',
        body: ProvenSchema,
        response: theAccount,
      },
    },
    (request) => users.unlinkWechat(request.user!, request.body.proof),
  )
}

type PassCookie = ReturnType<typeof passCookie>

function passCookie(path: string, secure: boolean) {
  const name = 'wechat'
  const options = { path, httpOnly: true, sameSite: 'strict', secure } as const
  return {
    put: (reply: FastifyReply, { url, pass }: Departure) => {
      reply.setCookie(name, pass, { ...options, maxAge: WECHAT_TTL_SECONDS })
      return { url }
    },
    /** Good once, whatever comes of it. */
    take: (request: FastifyRequest, reply: FastifyReply) => {
      reply.clearCookie(name, options)
      return request.cookies[name] ?? ''
    },
  }
}
