/** What the routes of accounts share. */
import type { FastifyRequest } from 'fastify'
import type { Auth } from '../http/auth.ts'
import type { RefreshCookie } from './refresh-cookie.ts'
import type { Users } from './service.ts'

/** Each for one address; one address may be a whole school. */
export type UserLimits = {
  signUpsPerHour: number
  signInsPerMinute: number
  signInsPerMinutePerUser: number
  codesPerMinute: number
  changesPerMinute: number
  lookUpsPerMinute: number
}

const defaultLimits: UserLimits = {
  signUpsPerHour: 120,
  signInsPerMinute: 60,
  signInsPerMinutePerUser: 10,
  codesPerMinute: 30,
  changesPerMinute: 10,
  lookUpsPerMinute: 30,
}

export const withDefaults = (limits: Partial<UserLimits> = {}): UserLimits => ({ ...defaultLimits, ...limits })

export type RouteDeps = { users: Users; auth: Auth; cookie: RefreshCookie; limits: UserLimits }

export const userAgentOf = (request: FastifyRequest) => request.headers['user-agent'] ?? ''

/** The part of a route's `config` that allows one address so much. */
export const perMinute = (max: number) => ({ rateLimit: { max, timeWindow: '1 minute' } })
