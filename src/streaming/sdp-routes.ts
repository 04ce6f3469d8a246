/** WHIP, as RFC 9725 has it, and WHEP, its sibling: an offer of SDP is posted, and the rest is asked for at the address it is answered with. */
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { object } from '../../signaling/protocol/define.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { IceServer } from '../entitlements/schema.ts'
import { typed, UuidSchema } from '../http/api.ts'
import { bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import type { Streaming } from './service.ts'

const SDP = 'application/sdp'
const FRAGMENT = 'application/trickle-ice-sdpfrag'
const MOST_BYTES = 64 * 1024
const MOST_A_MINUTE = 60

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'location, etag, link, retry-after, accept-post',
}
const PREFLIGHT = {
  'access-control-allow-methods': 'POST, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, if-match',
  'access-control-max-age': '86400',
}

export async function sdpRoutes(root: FastifyInstance, { streaming }: { streaming: Streaming }) {
  await root.register(async (app) => {
    app.removeAllContentTypeParsers()
    // Of every type, so that a wrong one is refused by name.
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    )
    app.addHook('onRequest', async (_request, reply) => void reply.headers(CORS))
    app.addHook('onError', async (_request, reply, error) => {
      if (error instanceof AppError && error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer')
    })
    const lessonOf = ({ params }: FastifyRequest) => (params as { lessonId: string }).lessonId
    const config = { lessonOf, rateLimit: { max: MOST_A_MINUTE, timeWindow: '1 minute', allowList: [] } }
    sessionRoutes(app, streaming, 'whip', config)
    sessionRoutes(app, streaming, 'whep', config)
  })
}

type Config = Pick<FastifyContextConfig, 'lessonOf'> & {
  rateLimit: { max: number; timeWindow: string; allowList: string[] }
}

const abouts = {
  whip: 'Send picture and sound of a class from an encoder (WHIP), with the stream key of the lesson',
  whep: 'Play a class (WHEP), with a ticket to its room: `not_live` while nothing is shown, `room_full` without a seat',
}

function sessionRoutes(app: FastifyInstance, streaming: Streaming, kind: 'whip' | 'whep', config: Config): void {
  const api = typed(app)
  const endpoint = `/${kind}/:lessonId`
  const session = `${endpoint}/:sessionId`
  const shared = { tags: ['streaming'], security: bearer }
  const params = object({ lessonId: UuidSchema })
  const ofSession = object({ lessonId: UuidSchema, sessionId: UuidSchema })
  const ownerOf = (request: FastifyRequest, lessonId: string) => ({ lessonId, kind, secret: secretOf(request) })

  api.post(
    endpoint,
    {
      config,
      schema: {
        ...shared,
        consumes: [SDP],
        summary: abouts[kind],
        params,
        response: { 201: Type.String({ description: 'The answer, as SDP' }), ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { lessonId } = request.params
      const offer = textOf(request, SDP)
      const { id, etag, answer, iceServers } = await streaming[kind](lessonId, secretOf(request), offer)
      reply
        .code(201)
        .type(SDP)
        .headers({ location: `/${kind}/${lessonId}/${id}`, etag })
      const links = linksTo(iceServers)
      if (links.length > 0) reply.header('link', links)
      return reply.send(answer)
    },
  )

  api.patch(
    session,
    {
      config,
      schema: {
        ...shared,
        consumes: [FRAGMENT],
        summary: 'Tell further candidates of ICE, or restart it with `If-Match: *`',
        params: ofSession,
        response: { 200: Type.String(), 204: Type.Null(), ...errorAnswers },
      },
    },
    async (request, reply) => {
      const { lessonId, sessionId } = request.params
      const fragment = textOf(request, FRAGMENT)
      const owner = ownerOf(request, lessonId)
      const restarted = await streaming.sessions.patch(sessionId, owner, request.headers['if-match'], fragment)
      if (!restarted) return reply.code(204).send(null)
      return reply.code(200).type(FRAGMENT).header('etag', restarted.etag).send(restarted.answer)
    },
  )

  api.delete(
    session,
    {
      config,
      schema: {
        ...shared,
        summary: 'Stop',
        params: ofSession,
        response: { 200: Type.Null(), ...errorAnswers },
      },
    },
    async (request, reply) => {
      streaming.sessions.end(request.params.sessionId, ownerOf(request, request.params.lessonId))
      return reply.code(200).send(null)
    },
  )

  for (const [url, allowed] of [
    [endpoint, 'POST, OPTIONS'],
    [session, 'PATCH, DELETE, OPTIONS'],
  ] as const) {
    app.options(url, { schema: { hide: true } }, (_request, reply) =>
      reply
        .code(200)
        .headers({ ...PREFLIGHT, 'accept-post': SDP, allow: allowed })
        .send(),
    )
    const method = (['GET', 'PUT', 'POST', 'PATCH', 'DELETE'] as const).filter((each) => !allowed.includes(each))
    app.route({ method, url, schema: { hide: true }, handler: (_request, reply) => refuse(reply, allowed) })
  }
}

function refuse(reply: FastifyReply, allowed: string): never {
  reply.header('allow', allowed)
  throw new AppError('method_not_allowed', `only ${allowed}`)
}

function secretOf({ headers }: FastifyRequest): string {
  const [, secret] = /^Bearer ([\w.-]+)$/i.exec(headers.authorization ?? '') ?? []
  if (!secret) throw new AppError('unauthorized', 'the Authorization header must be: Bearer KEY')
  return secret
}

function textOf({ body, headers }: FastifyRequest, type: string): string {
  if (!headers['content-type']?.toLowerCase().startsWith(type))
    throw new AppError('unsupported_type', `the body has to be ${type}`)
  if (typeof body !== 'string') throw new AppError('bad_request', 'there is no body')
  return body
}

/** The way to each server of ICE, as `Link` headers. */
const linksTo = (servers: IceServer[]) =>
  servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().map((url) => {
      const secret =
        username && credential
          ? `; username=${quoted(username)}; credential=${quoted(credential)}; credential-type="password"`
          : ''
      return `<${url}>; rel="ice-server"${secret}`
    }),
  )

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
