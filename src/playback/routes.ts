/** Playing lessons over HTTP. What a player fetches by itself carries its right in the address. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Api, ById, lessonById, NoContent, typed } from '../http/api.ts'
import { type Auth, bearer } from '../http/auth.ts'
import { errorAnswers } from '../http/errors.ts'
import { CORS } from './cross-origin.ts'
import { PlayAnswerSchema, PlayFileParams, PlayParams, PlaySchema, TamperingSchema } from './schema.ts'
import type { Playback } from './service.ts'

/** Of one player: a segment every six seconds, many at once after a jump. */
const FETCHES_PER_MINUTE = 1200

/** Of one address on the net; the page tells it once a minute. */
const TAMPERINGS_PER_MINUTE = 30

const PLAYLIST = 'application/vnd.apple.mpegurl'
const NEVER = 'private, no-store'
/** A segment's bytes are its own for good, and nothing without the key. */
const ONCE = 'private, max-age=86400, immutable'

export type PlaybackRoutesDeps = { playback: Playback; auth: Auth }

export async function playbackRoutes(app: FastifyInstance, deps: PlaybackRoutesDeps) {
  const api = typed(app)
  playRoute(api, deps)
  tamperingRoute(api, deps)
  await app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => {
      reply.headers(CORS)
    })
    fetchRoutes(typed(scope), deps)
  })
}

function playRoute(api: Api, { playback, auth }: PlaybackRoutesDeps) {
  api.post(
    '/api/lessons/:id/play',
    {
      config: { lessonOf: lessonById },
      preValidation: auth.requireUser,
      schema: {
        tags: ['playing'],
        security: bearer,
        summary: 'Play a video lesson on this device, or open a document; asking again renews the address',
        params: ById,
        body: PlaySchema,
        response: { 200: PlayAnswerSchema, ...errorAnswers },
      },
    },
    (request) => playback.play(request.user!, request.params.id, request.body),
  )
}

function tamperingRoute(api: Api, { playback, auth }: PlaybackRoutesDeps) {
  api.post(
    '/api/lessons/:id/tampering',
    {
      preValidation: auth.requireUser,
      config: { rateLimit: { max: TAMPERINGS_PER_MINUTE, timeWindow: '1 minute' } },
      schema: {
        tags: ['playing'],
        security: bearer,
        summary: 'Tell that the mark over the picture was taken away, or hidden; kept in the audit log',
        params: ById,
        body: TamperingSchema,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async (request, reply) => {
      await playback.noteTampering(request.user!, request.params.id, request.body)
      return reply.code(204).send(null)
    },
  )
}

const bytes = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })

function fetchRoutes(api: Api, { playback }: PlaybackRoutesDeps) {
  const keyGenerator = (request: FastifyRequest) => (request.params as { token?: string }).token ?? request.ip
  const config = {
    streamed: true as const,
    rateLimit: { max: FETCHES_PER_MINUTE, timeWindow: '1 minute', keyGenerator },
  }
  const shared = { tags: ['playing'], security: [{}] }
  const send = (reply: FastifyReply, type: string, cache: string, body: string | Buffer) =>
    reply.headers({ 'content-type': type, 'cache-control': cache }).send(body)

  api.get(
    '/api/play/:token/index.m3u8',
    {
      config,
      schema: {
        ...shared,
        summary: 'The renditions of a video',
        params: PlayParams,
        response: { 200: bytes, ...errorAnswers },
      },
    },
    async ({ params }, reply) => send(reply, PLAYLIST, NEVER, await playback.master(params.token)),
  )

  api.get(
    '/api/play/:token/poster.jpg',
    {
      config,
      schema: {
        ...shared,
        summary: 'A picture of a video',
        params: PlayParams,
        response: { 200: bytes, ...errorAnswers },
      },
    },
    async ({ params }, reply) => {
      const { stream, sizeBytes } = await playback.poster(params.token)
      reply.headers({ 'content-type': 'image/jpeg', 'cache-control': ONCE, 'content-length': sizeBytes })
      return reply.send(stream)
    },
  )

  api.get(
    '/api/play/:token/:rendition/:file',
    {
      config,
      schema: {
        ...shared,
        summary: 'The playlist (index.m3u8), the key (key) or a segment (0.ts) of a rendition',
        params: PlayFileParams,
        response: { 200: bytes, ...errorAnswers },
      },
    },
    async ({ params: { token, rendition, file } }, reply) => {
      if (file === 'index.m3u8') return send(reply, PLAYLIST, NEVER, await playback.media(token, rendition))
      if (file === 'key') return send(reply, 'application/octet-stream', NEVER, await playback.key(token, rendition))
      const { stream, sizeBytes } = await playback.segment(token, rendition, Number.parseInt(file, 10))
      reply.headers({ 'content-type': 'application/octet-stream', 'cache-control': ONCE, 'content-length': sizeBytes })
      return reply.send(stream)
    },
  )
}
