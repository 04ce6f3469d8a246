/** The business side on a database, a bus and a clock of its own, with its routes but without the classroom. */
import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyBaseLogger, type InjectOptions } from 'fastify'
import type { Db } from '../../db/client.ts'
import type { BusMessages } from '../../signaling/ports.ts'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import { courseRoutes } from '../../src/courses/course-routes.ts'
import { createCourses } from '../../src/courses/course-service.ts'
import { lessonRoutes } from '../../src/courses/routes.ts'
import { createLessons } from '../../src/courses/service.ts'
import { entitlementRoutes } from '../../src/entitlements/routes.ts'
import { createEntitlements } from '../../src/entitlements/service.ts'
import { fileRoutes } from '../../src/files/routes.ts'
import { uploadRoutes } from '../../src/files/upload-routes.ts'
import { videoRoutes } from '../../src/files/video-routes.ts'
import { createAuth, type SignedInUser } from '../../src/http/auth.ts'
import { answerErrors } from '../../src/http/errors.ts'
import { validatorCompiler } from '../../src/http/validation.ts'
import { insightRoutes } from '../../src/insights/routes.ts'
import { createInsights } from '../../src/insights/service.ts'
import { orderRoutes } from '../../src/orders/routes.ts'
import type { Orders } from '../../src/orders/service.ts'
import { paymentRoutes } from '../../src/payments/routes.ts'
import type { Payments } from '../../src/payments/service.ts'
import { liveRoutes } from '../../src/playback/live-routes.ts'
import { replayEditingRoutes } from '../../src/playback/replay-editing-routes.ts'
import { replayRoutes } from '../../src/playback/replay-routes.ts'
import { playbackRoutes } from '../../src/playback/routes.ts'
import { createPasswords } from '../../src/users/passwords.ts'
import { type UserLimits, userRoutes } from '../../src/users/routes.ts'
import type { AccountRole } from '../../src/users/schema.ts'
import { createUsers, type UsersDeps } from '../../src/users/service.ts'
import type { FileSide } from './files.ts'
import { createTestSms } from './sms.ts'

export const secret = new TextEncoder().encode('a secret for tests that is long enough')
export const MINUTE_MS = 60_000

/** Cheap on purpose: what a hash costs is tested with the real cost. */
export const passwords = createPasswords({ memoryKiB: 1024, passes: 1, atOnce: 4, waiting: 1000 })

export type Business = ReturnType<typeof createBusiness>

export type TestClock = { now: () => number; pass(milliseconds: number): void }

/** Stands still unless it is told how much time passes. */
export function standingClock(at = Date.UTC(2031, 4, 5, 8)): TestClock {
  const pass = (milliseconds: number) => {
    at += milliseconds
  }
  return { now: () => at, pass }
}

/** Runs as ever, and can be put forward. */
export function runningClock(): TestClock {
  let ahead = 0
  const pass = (milliseconds: number) => {
    ahead += milliseconds
  }
  return { now: () => Date.now() + ahead, pass }
}

/** `accounts`: what of the accounts' own parts is other than usual. */
export function createBusiness(db: Db, { now, pass }: TestClock = standingClock(), accounts: Partial<UsersDeps> = {}) {
  const bus = createMemoryBus(now)
  const revoked: BusMessages['accessRevoked'][] = []
  bus.subscribe('accessRevoked', (message) => revoked.push(message))
  const online = new Map<string, number>()
  const onlineIn = (lessonId: string) => online.get(lessonId) ?? 0

  const sms = createTestSms()
  const users = createUsers({ db, bus, secret, now, passwords, sms: sms.setup, ...accounts })
  const lessons = createLessons({ db, bus, now, lobbyOpensMinutes: 15, pauseLimitMinutes: 30, onlineIn })
  const iceServers = [{ urls: 'stun:stun.example.org' }]
  const ticketing = {
    secret,
    now,
    ticketTtlSeconds: 60,
    iceServers,
    signalingPath: (lessonId: string) => `/signaling/${lessonId}`,
    watermarkOf: async (userId: string) => `ID ${userId.slice(0, 8)}`,
  }
  const entitlements = createEntitlements({ db, bus, lessons, ...ticketing })
  const courses = createCourses({ db, now, rights: entitlements, lessons })

  return {
    db,
    bus,
    now,
    pass,
    revoked,
    online,
    users,
    sms,
    lessons,
    courses,
    entitlements,
    /** A new account, signed in. */
    async person(role: AccountRole = 'student', username = `user-${randomUUID().slice(0, 18)}`) {
      const { id, displayName } = await users.ensure({ username, displayName: `Ms ${username}`, password }, role)
      const opened = await users.signIn({ username, password }, 'a test')
      const { accessToken } = opened.signedIn
      const user: SignedInUser = await users.authenticate(accessToken)
      const headers = { authorization: `Bearer ${accessToken}` }
      return { id, username, displayName, user, accessToken, headers, refreshToken: opened.refreshToken! }
    },
    /** The same person with a token of this moment, after time has passed. */
    async again<P extends { username: string }>(person: P) {
      const { accessToken } = (await users.signIn({ username: person.username, password }, 'a test')).signedIn
      return { ...person, accessToken, headers: { authorization: `Bearer ${accessToken}` } }
    },
    /** A lesson of this teacher that starts in so many minutes. */
    lesson: (teacher: SignedInUser, minutes = 60, title = 'Light') =>
      lessons.create(teacher, { title, startsAt: now() + minutes * MINUTE_MS }),
  }
}

export const password = 'correct horse battery'

/** `routes` is filled with a line for each: `GET /api/me`. */
type BusinessAppOptions = {
  limits?: Partial<UserLimits>
  secureCookies?: boolean
  routes?: string[]
  orders?: Orders
  payments?: Payments
  log?: FastifyBaseLogger
  refusedPerMinute?: number
  files?: FileSide
}

export type BusinessApp = Awaited<ReturnType<typeof createBusinessApp>>

export async function createBusinessApp(
  business: Business,
  {
    limits = {},
    secureCookies = false,
    routes = [],
    orders,
    payments,
    files,
    log,
    refusedPerMinute = 60,
  }: BusinessAppOptions = {},
) {
  const options = { routerOptions: { maxParamLength: 1000 }, ...(log && { loggerInstance: log }) }
  const app = Fastify(options).setValidatorCompiler(validatorCompiler)
  app.addHook('onRoute', ({ method, url, schema }) => {
    if (method !== 'HEAD' && schema?.hide !== true) routes.push(`${method} ${url}`)
  })
  await app.register(cookie)
  await app.register(rateLimit, { max: 10_000 })
  const securitySchemes = { bearer: { type: 'http', scheme: 'bearer' } } as const
  await app.register(swagger, { openapi: { components: { securitySchemes } } })
  answerErrors(app)
  const auth = createAuth(app, business.users.authenticate)
  await app.register(userRoutes, { users: business.users, auth, secureCookies, limits })
  if (files) await app.register(fileRoutes, { files: files.files, auth })
  if (files) await app.register(playbackRoutes, { playback: files.playback, auth })
  if (files) await app.register(liveRoutes, { live: files.playback.live })
  if (files) await app.register(replayRoutes, { replay: files.playback.replay })
  if (files)
    await app.register(replayEditingRoutes, {
      editing: files.playback.replayEditing,
      replayFiles: files.replayFiles,
      auth,
    })
  if (files) await app.register(videoRoutes, { videos: files.videos, auth })
  if (files)
    await app.register(uploadRoutes, {
      uploads: files.uploads,
      auth,
      publicUrl: 'http://localhost',
      begunPerMinute: 1000,
    })
  await app.register(lessonRoutes, { lessons: business.lessons, auth })
  await app.register(courseRoutes, { courses: business.courses, auth })
  await app.register(entitlementRoutes, { entitlements: business.entitlements, auth, now: business.now })
  await app.register(insightRoutes, { insights: createInsights(business), auth })
  if (orders) await app.register(orderRoutes, { orders, auth, now: business.now })
  if (payments) await app.register(paymentRoutes, { payments, auth, refusedPerMinute })
  await app.ready()
  return app
}

type Sender = { headers: { authorization: string } }

/** `PUT /api/me { … }`, from someone or from a stranger. */
export async function send(app: BusinessApp, line: string, body?: unknown, from?: Sender, headers: object = {}) {
  const [method, url] = line.split(' ') as [InjectOptions['method'], string]
  const answer = await app.inject({
    method: method!,
    url,
    headers: { ...from?.headers, ...headers },
    ...(body !== undefined && { payload: body as object }),
  })
  return {
    status: answer.statusCode,
    headers: answer.headers,
    cookies: answer.cookies,
    body: String(answer.headers['content-type']).includes('json') ? answer.json() : answer.body || undefined,
  }
}
