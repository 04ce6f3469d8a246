/** What the orders' routes share. */
import type { FastifyRequest } from 'fastify'
import '@fastify/rate-limit'
import type { Auth } from '../http/auth.ts'
import type { Orders } from './service.ts'

export type OrderRoutesDeps = { orders: Orders; auth: Auth; now: () => number }

/** So many a minute from one person. */
export const perPerson = (max: number) => ({
  rateLimit: {
    max,
    timeWindow: '1 minute',
    hook: 'preHandler' as const,
    keyGenerator: (request: FastifyRequest) => request.user?.id ?? request.ip,
  },
})

export const keyOf = (request: { headers: { 'idempotency-key'?: string } }) => request.headers['idempotency-key']
