/** `GET /metrics`, for who has the token, and the timing of all other answers. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Metrics } from './metrics.ts'

export type MetricsRouteDeps = {
  metrics: Pick<Metrics, 'answered' | 'contentType' | 'text'>
  /** What the one who asks must show; without one there is no such address. */
  token: string | undefined
}

export async function metricsRoutes(app: FastifyInstance, { metrics, token }: MetricsRouteDeps) {
  if (token === undefined) return
  const expected = digest(`Bearer ${token}`)
  app.get('/metrics', { schema: { hide: true } }, async ({ headers }, reply) => {
    if (!timingSafeEqual(digest(headers.authorization ?? ''), expected)) throw new AppError('unauthorized')
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}

/** Before any route is registered: times the answers of all that come after it. */
export function timeAnswers(app: FastifyInstance, { answered }: Pick<Metrics, 'answered'>): void {
  app.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    answered(method, routeOptions.url ?? 'unknown', statusCode, elapsedTime / 1000)
    done()
  })
}

const digest = (text: string) => createHash('sha256').update(text).digest()
