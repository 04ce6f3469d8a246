/** Classes that are on now, as low-latency HLS. The address is the right; what follows its token is the same for everyone. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { PlaylistAsk } from '../../sfu/hls/ports.ts'
import { object, oneOf, type Static } from '../../signaling/protocol/define.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { readRange } from '../files/routes.ts'
import { type Api, NoContent, typed } from '../http/api.ts'
import { errorAnswers } from '../http/errors.ts'
import { CORS, PREFLIGHT, Token } from './cross-origin.ts'
import type { Live } from './live.ts'
import { createPackedTexts, type PackedText } from './packed-texts.ts'
import { EventsAskSchema, EventsPageSchema } from './schema.ts'

/** Of one address on the net: only tokens that were not seen before are counted here, all others by their person. */
const STRANGERS_PER_MINUTE = 3000

const PLAYLIST = 'application/vnd.apple.mpegurl'
const MEDIA = 'video/mp4'
const BYTES = 'application/octet-stream'
/**
 * How long an answer may be kept, in seconds: by the player, and by a cache of ours in front (`X-Accel-Expires`), which
 * asks us about each viewer. What cannot ask keeps nothing.
 */
const keep = (seconds: number, inFront = seconds) => ({
  'cache-control': `private, max-age=${seconds}`,
  'x-accel-expires': String(inFront),
})
const MOVING = keep(1)
/** The answer to a blocking reload holds what was asked for at any time: six target durations. */
const WAITED_FOR = keep(18)
const PART = keep(60)
const SEGMENT = { ...keep(3600), 'cache-control': 'private, max-age=86400, immutable' }
const NOTHING = { 'cache-control': 'no-store' }

const MasterParams = object({ token: Token, file: oneOf('index.m3u8', 'standard.m3u8') })
const FileParams = object({
  token: Token,
  rendition: Type.String({ pattern: '^[a-z0-9]{1,8}$' }),
  file: Type.String({
    pattern:
      '^(index\\.m3u8|standard\\.m3u8|init-[0-9]{1,6}\\.mp4|[0-9]{1,9}(\\.[0-9]{1,4}|\\.enc)?\\.m4s|[0-9]{1,7}\\.key)$',
  }),
})
const Digits = Type.String({ pattern: '^[0-9]{1,9}$' })
/** What a player adds of its own is let be. */
const ReloadQuery = Type.Object({
  _HLS_msn: Type.Optional(Digits),
  _HLS_part: Type.Optional(Digits),
  _HLS_skip: Type.Optional(oneOf('YES', 'v2')),
})
const bytes = Type.Unsafe<unknown>({ type: 'string', format: 'binary' })

export type LiveRoutesDeps = { live: Live }

export async function liveRoutes(app: FastifyInstance, { live }: LiveRoutesDeps) {
  const packed = createPackedTexts()
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(CORS).headers(NOTHING)
  })
  const api = typed(app)
  masterRoute(api, live, packed)
  fileRoute(api, live, packed)
  mayRoute(api, live)
  boardRoute(api, live)
  preflightRoute(api)
}

/** A class is played where its room is. */
const limits = (live: Live) => ({
  streamed: true as const,
  lessonOf: ({ params }: FastifyRequest) => lessonIn((params as { token: string }).token),
  rateLimit: {
    max: STRANGERS_PER_MINUTE,
    timeWindow: '1 minute',
    allowList: (request: FastifyRequest) => live.knows((request.params as { token?: string }).token ?? ''),
  },
})
const shared = { tags: ['playing'], security: [{}], response: { 200: bytes, ...errorAnswers } }

function masterRoute(api: Api, live: Live, packed: ReturnType<typeof createPackedTexts>) {
  api.get(
    '/api/live/:token/:file',
    {
      config: limits(live),
      schema: {
        ...shared,
        summary:
          'The renditions of a class that is on: of low latency (index.m3u8), or of whole segments (standard.m3u8)',
        params: MasterParams,
      },
    },
    async (request, reply) => {
      const { token, file } = request.params
      const text = await live.multivariant(token, file === 'standard.m3u8' ? 'standard' : 'lowLatency')
      return sendText(request, reply.headers(MOVING), packed(`${lessonIn(token)} ${file}`, text))
    },
  )
}

function fileRoute(api: Api, live: Live, packed: ReturnType<typeof createPackedTexts>) {
  api.get(
    '/api/live/:token/:rendition/:file',
    {
      config: limits(live),
      schema: {
        ...shared,
        summary:
          'The playlist (index.m3u8, standard.m3u8), an init segment (init-0.mp4), a part (7.3.m4s), a segment (7.m4s; encrypted: 7.enc.m4s) or a key (0.key) of a rendition',
        params: FileParams,
        querystring: ReloadQuery,
      },
    },
    async (request, reply) => {
      const { token, rendition, file } = request.params
      if (file === 'index.m3u8') {
        const ask = askOf(request.query)
        const text = await playlist(live, token, rendition, ask)
        const name = `${lessonIn(token)} ${rendition} ${ask.skip}`
        return sendText(request, reply.headers(ask.msn === undefined ? MOVING : WAITED_FOR), packed(name, text))
      }
      if (file === 'standard.m3u8') {
        const text = await live.standardPlaylist(token, rendition)
        return sendText(request, reply.headers(MOVING), packed(`${lessonIn(token)} ${rendition} ${file}`, text))
      }
      const bytes = await live.file(token, rendition, file, request.headers['x-unpaid'] === undefined)
      if (file.endsWith('.key')) return reply.type(BYTES).send(bytes)
      return sendBytes(request, reply, /\d\.\d+\.m4s$/.test(file) ? PART : SEGMENT, bytes)
    },
  )
}

function mayRoute(api: Api, live: Live) {
  api.get(
    '/api/live/:token/:rendition/:file/may',
    {
      config: limits(live),
      schema: {
        ...shared,
        summary: 'For a cache in front: whether this viewer may be given that file now',
        params: FileParams,
        response: { 204: NoContent, ...errorAnswers },
      },
    },
    async ({ params: { token, rendition, file } }, reply) => {
      await live.demand(token, rendition, file)
      return reply.code(204).send(null)
    },
  )
}

function boardRoute(api: Api, live: Live) {
  api.get(
    '/api/live/:token/board',
    {
      config: limits(live),
      schema: {
        ...shared,
        summary: 'What was done to the board of a class that is on, a page at a time',
        params: object({ token: Token }),
        querystring: EventsAskSchema,
        response: { 200: EventsPageSchema, ...errorAnswers },
      },
    },
    ({ params: { token }, query }) => live.board(token, query),
  )
}

function preflightRoute(api: Api) {
  api.options('/api/live/*', { schema: { hide: true } }, async (_request, reply) =>
    reply.code(204).headers(PREFLIGHT).send(),
  )
}

/** In the clear in front of the token. */
const lessonIn = (token: string) => token.slice(0, Math.max(0, token.indexOf('.')))

function askOf({ _HLS_msn: msn, _HLS_part: part, _HLS_skip: skip }: Static<typeof ReloadQuery>) {
  return {
    ...(msn !== undefined && { msn: Number(msn) }),
    ...(part !== undefined && { part: Number(part) }),
    skip: skip !== undefined,
  } satisfies PlaylistAsk
}

async function playlist(live: Live, token: string, rendition: string, ask: PlaylistAsk): Promise<string> {
  const { status, text } = await live.playlist(token, rendition, ask)
  if (status === 'too_far') throw new AppError('bad_request', 'that is too far ahead')
  if (status === 'timeout') throw new AppError('unavailable', 'it did not come in time', { retryAfterSeconds: 1 })
  if (status === 'unknown') throw new AppError('not_found', 'there is no such rendition')
  return text
}

function sendText(request: FastifyRequest, reply: FastifyReply, { plain, gzip }: PackedText): FastifyReply {
  reply.header('content-type', PLAYLIST).header('vary', 'accept-encoding')
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(plain)
  return reply.header('content-encoding', 'gzip').send(gzip)
}

function sendBytes(request: FastifyRequest, reply: FastifyReply, kept: Record<string, string>, whole: Buffer) {
  const range = readRange(request.headers.range, whole.length)
  if (range === 'unsatisfiable') return reply.code(416).header('content-range', `bytes */${whole.length}`).send()
  reply.headers(kept).headers({ 'content-type': MEDIA, 'accept-ranges': 'bytes' })
  if (!range) return reply.send(whole)
  const { start, end } = range
  return reply
    .code(206)
    .header('content-range', `bytes ${start}-${end}/${whole.length}`)
    .send(whole.subarray(start, end + 1))
}
