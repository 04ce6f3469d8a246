/** What a load balancer and an operator ask: is the process alive, and can it serve? */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { object, oneOf } from '../../signaling/protocol/define.ts'

/** Each check by its name; one that throws, or takes longer than two seconds, is failing. */
export type ReadinessChecks = Record<string, () => Promise<unknown>>

const CHECK_TIMEOUT_MS = 2000

const HealthSchema = object({ status: Type.Literal('ok') })
const ReadinessSchema = object({
  status: oneOf('ready', 'not_ready'),
  checks: Type.Record(Type.String(), oneOf('ok', 'failing')),
})

export async function opsRoutes(app: FastifyInstance, { checks }: { checks: ReadinessChecks }) {
  app.get(
    '/healthz',
    {
      config: { rateLimit: false },
      schema: { tags: ['operating'], summary: 'The process is alive', response: { 200: HealthSchema } },
    },
    async () => ({ status: 'ok' }),
  )

  app.get(
    '/readyz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['operating'],
        summary: 'The node can take requests; if not, which part is failing',
        response: { 200: ReadinessSchema, 503: ReadinessSchema },
      },
    },
    async (request, reply) => {
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
          try {
            await withinLimit(check)
            return [name, 'ok'] as const
          } catch (error) {
            request.log.warn({ err: error, check: name }, 'not ready')
            return [name, 'failing'] as const
          }
        }),
      )
      const ready = results.every(([, result]) => result === 'ok')
      return reply
        .code(ready ? 200 : 503)
        .send({ status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(results) })
    },
  )
}

async function withinLimit(check: () => Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS)
  })
  try {
    await Promise.race([check(), limit])
  } finally {
    clearTimeout(timer)
  }
}
