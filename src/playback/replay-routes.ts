/** Classes that are over, over HTTP. The address is the right; what follows its token is the same for everyone. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { object, oneOf } from '../../signaling/protocol/define.ts'
import { readRange } from '../files/routes.ts'
import { type Api, NoContent, typed } from '../http/api.ts'
import { errorAnswers } from '../http/errors.ts'
import { CORS, PREFLIGHT, Token } from './cross-origin.ts'
import type { Replay, ReplayKind } from './replay.ts'
import { EventsAskSchema, EventsPageSchema } from './schema.ts'

/** Of one player: a segment of picture and of sound every two seconds, many at once after a jump. */
const FETCHES_PER_MINUTE = 1200

const NEVER = { 'cache-control': 'private, no-store' }
/** A segment's bytes are its own for good, and nothing without the key; a cache of ours in front asks us about each viewer. */
const ONCE = { 'cache-control': 'private, max-age=86400, immutable', 'x-accel-expires': '86400' }
const PLAYLIST = 'application/vnd.apple.mpegurl'
const OCTETS = 'application/octet-stream'
const playlist = oneOf('index.m3u8', 'whole.m3u8')
const MasterParams = object({ token: Token, file: playlist })
const FileParams = object({
  token: Token,
  rendition: Type.String({ pattern: '^[a-z0-9]{1,8}$' }),
  file: Type.String({ pattern: '^((index|whole)\\.m3u8|init-[0-9]{1,6}\\.mp4|[0-9]{1,9}\\.(m4s|key))$' }),
})
const bytes = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })
const shared = { tags: ['playing'], security: [{}], response: { 200: bytes, ...errorAnswers } }

export type ReplayRoutesDeps = { replay: Replay }

export async function replayRoutes(app: FastifyInstance, { replay }: ReplayRoutesDeps) {
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(CORS).headers(NEVER)
  })
  const api = typed(app)
  eventsRoute(api, replay)
  masterRoute(api, replay)
  fileRoute(api, replay)
  mayRoute(api, replay)
  api.options('/api/replay/*', { schema: { hide: true } }, async (_request, reply) =>
    reply.code(204).headers(PREFLIGHT).send(),
  )
}

const keyGenerator = (request: FastifyRequest) => (request.params as { token?: string }).token ?? request.ip
const config = { streamed: true as const, rateLimit: { max: FETCHES_PER_MINUTE, timeWindow: '1 minute', keyGenerator } }

function eventsRoute(api: Api, replay: Replay) {
  api.get(
    '/api/replay/:token/events',
    {
      config,
      schema: {
        ...shared,
        summary: 'What happened in a class that is over, as its students saw it, a page at a time',
        params: object({ token: Token }),
        querystring: EventsAskSchema,
        response: { 200: EventsPageSchema, ...errorAnswers },
      },
    },
    ({ params: { token }, query }) => replay.events(token, query),
  )
}

function masterRoute(api: Api, replay: Replay) {
  api.get(
    '/api/replay/:token/:file',
    {
      config,
      schema: {
        ...shared,
        summary:
          'The renditions of a class that is over: as its teacher trimmed it, or (whole.m3u8, for those who teach) all',
        params: MasterParams,
      },
    },
    async ({ params: { token, file } }, reply) => reply.type(PLAYLIST).send(await replay.master(token, kindOf(file))),
  )
}

function fileRoute(api: Api, replay: Replay) {
  api.get(
    '/api/replay/:token/:rendition/:file',
    {
      config,
      schema: {
        ...shared,
        summary:
          'The playlist (index.m3u8), an init segment (init-0.mp4), a key (0.key) or a segment (7.m4s) of a rendition',
        params: FileParams,
      },
    },
    async (request, reply) => {
      const { token, rendition, file } = request.params
      if (file.endsWith('.m3u8')) return reply.type(PLAYLIST).send(await replay.media(token, kindOf(file), rendition))
      const whole = await replay.file(token, rendition, file)
      return sendBytes(request, file.endsWith('.key') ? reply : reply.headers(ONCE), whole)
    },
  )
}

function mayRoute(api: Api, replay: Replay) {
  api.get(
    '/api/replay/:token/:rendition/:file/may',
    {
      config,
      schema: {
        ...shared,
        summary: 'For a cache in front: whether this viewer may be given that file now',
        params: FileParams,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async ({ params: { token, rendition, file } }, reply) => {
      await replay.demand(token, rendition, file)
      return reply.code(204).send(null)
    },
  )
}

const kindOf = (file: string) => file.replace('.m3u8', '') as ReplayKind

function sendBytes(request: FastifyRequest, reply: FastifyReply, whole: Buffer): FastifyReply {
  reply.headers({ 'content-type': OCTETS, 'accept-ranges': 'bytes' })
  const range = readRange(request.headers.range, whole.length)
  if (range === 'unsatisfiable')
    return reply
      .code(416)
      .headers({ ...NEVER, 'content-range': `bytes */${whole.length}` })
      .send()
  if (!range) return reply.send(whole)
  const { start, end } = range
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${whole.length}`)
    .send(whole.subarray(start, end + 1))
}
