/** Where providers tell of payments: raw bytes in, and the answer that each of them understands. Nobody is signed in here. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import '@fastify/rate-limit'
import { NoContent } from '../http/api.ts'
import { errorAnswers } from '../http/errors.ts'
import { NoticeRefused } from './provider.ts'
import type { Provider } from './schema.ts'
import type { Payments } from './service.ts'

const MAX_BYTES = 64 * 1024
/** Of wrong notices from one address; those that are right are always taken. */
const REFUSED_PER_MINUTE = 60

type Words = {
  contentType: string
  accepted: (reply: FastifyReply) => FastifyReply
  failure: (message: string) => unknown
}

const languages: Record<Provider, Words> = {
  wechat: {
    contentType: 'application/json',
    accepted: (reply) => reply.code(204).send(),
    failure: (message) => ({ code: 'FAIL', message }),
  },
  alipay: {
    contentType: 'application/x-www-form-urlencoded',
    accepted: (reply) => reply.type('text/plain').send('success'),
    failure: () => 'failure',
  },
}

export type NoticeRoutesDeps = { payments: Payments; refusedPerMinute?: number }

export async function noticeRoutes(app: FastifyInstance, deps: NoticeRoutesDeps) {
  for (const provider of ['wechat', 'alipay'] as const)
    await app.register((scope) => noticeRoute(scope, provider, deps))
}

async function noticeRoute(scope: FastifyInstance, provider: Provider, deps: NoticeRoutesDeps) {
  const { payments, refusedPerMinute = REFUSED_PER_MINUTE } = deps
  const { contentType, accepted, failure } = languages[provider]
  // The signature is over the bytes as they came.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(contentType, { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, body, done) =>
    done(null, body),
  )
  const countRefused = scope.createRateLimit({
    max: refusedPerMinute,
    timeWindow: '1 minute',
    keyGenerator: ({ ip }) => ip,
  })
  scope.setErrorHandler(async (error: Error & { statusCode?: number }, request, reply) => {
    const refused = error instanceof NoticeRefused
    const limit = refused ? await countRefused(request) : undefined
    const status = limit?.isAllowed === false && limit.isExceeded ? 429 : refused ? 401 : (error.statusCode ?? 500)
    if (status >= 500) request.log.error({ err: error, provider }, 'a notice could not be stored; it will come again')
    return reply
      .code(status)
      .type(provider === 'alipay' ? 'text/plain' : 'application/json')
      .send(failure(refused ? 'refused' : status === 409 ? 'conflict' : 'try again'))
  })
  scope.post(
    `/api/payments/${provider}/notice`,
    {
      config: { rateLimit: false },
      preParsing: refuseEncoded,
      schema: {
        tags: ['notices'],
        summary: `${provider === 'wechat' ? 'WeChat Pay' : 'Alipay'} tells of a payment or a refund`,
        consumes: [contentType],
        response: provider === 'wechat' ? { 204: NoContent, ...errorAnswers } : { 200: Type.String(), ...errorAnswers },
      },
      serializerCompiler: () => (data) => (typeof data === 'string' ? data : JSON.stringify(data)),
    },
    async (request, reply) => {
      if (!Buffer.isBuffer(request.body)) throw new NoticeRefused('body')
      await payments.takeNotice(provider, { headers: request.headers, body: request.body })
      return accepted(reply)
    },
  )
}

/** Neither provider packs what it sends. */
async function refuseEncoded(request: FastifyRequest): Promise<void> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') throw Object.assign(new Error('packed'), { statusCode: 415 })
}
