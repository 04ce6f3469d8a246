/** One Fastify with every plugin and route of the server; it does not listen. */
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import helmet from 'helmet'
import type { Db } from '../db/client.ts'
import { auditRoutes } from './audit/routes.ts'
import { capacityRoutes } from './capacity/routes.ts'
import type { Capacity } from './capacity/service.ts'
import { courseRoutes } from './courses/course-routes.ts'
import type { CourseService } from './courses/course-service.ts'
import { lessonRoutes } from './courses/routes.ts'
import type { LessonService } from './courses/service.ts'
import { entitlementRoutes } from './entitlements/routes.ts'
import type { Entitlements } from './entitlements/service.ts'
import { fileRoutes } from './files/routes.ts'
import type { Files } from './files/service.ts'
import { uploadRoutes } from './files/upload-routes.ts'
import type { Uploads } from './files/uploads.ts'
import { videoRoutes } from './files/video-routes.ts'
import type { Videos } from './files/videos.ts'
import { createAuth } from './http/auth.ts'
import { answerErrors } from './http/errors.ts'
import { eventRoute } from './http/events.ts'
import type { Nodes } from './http/nodes.ts'
import { opsRoutes, type ReadinessChecks } from './http/ops.ts'
import { type SignalingDeps, signalingRoute } from './http/signaling.ts'
import { validatorCompiler } from './http/validation.ts'
import { webClient } from './http/web-client.ts'
import { insightRoutes } from './insights/routes.ts'
import type { Insights } from './insights/service.ts'
import { type MetricsRouteDeps, metricsRoutes, timeAnswers } from './metrics/routes.ts'
import { orderRoutes } from './orders/routes.ts'
import type { Orders } from './orders/service.ts'
import { paymentRoutes } from './payments/routes.ts'
import type { Payments } from './payments/service.ts'
import { liveRoutes } from './playback/live-routes.ts'
import { replayEditingRoutes } from './playback/replay-editing-routes.ts'
import type { ReplayFiles } from './playback/replay-files.ts'
import { replayRoutes } from './playback/replay-routes.ts'
import { playbackRoutes } from './playback/routes.ts'
import type { Playback } from './playback/service.ts'
import { streamKeyRoutes } from './streaming/key-routes.ts'
import { sdpRoutes } from './streaming/sdp-routes.ts'
import type { Streaming } from './streaming/service.ts'
import { type UserRoutesDeps, userRoutes } from './users/routes.ts'

/** The right to play is a part of a path. */
const MAX_PARAM_LENGTH = 1000
const REQUESTS_PER_MINUTE = 600

export type AppDeps = {
  log: FastifyBaseLogger
  publicUrl: string
  /** Another origin that pages play films and classes from. */
  mediaUrl?: string | undefined
  trustProxy: boolean
  webFolder: string
  version: string
  db: Db
  users: UserRoutesDeps['users']
  userLimits?: UserRoutesDeps['limits']
  files: Files
  uploads: Uploads
  videos: Videos
  playback: Playback
  replayFiles: ReplayFiles
  lessons: LessonService
  courses: CourseService
  entitlements: Entitlements
  orders: Orders
  payments: Payments
  insights: Insights
  streaming: Streaming
  nodes: Nodes
  signaling: SignalingDeps
  capacity: Capacity
  checks: ReadinessChecks
  metrics: MetricsRouteDeps
}

export type App = Awaited<ReturnType<typeof createApp>>

export async function createApp(deps: AppDeps) {
  const https = deps.publicUrl.startsWith('https:')
  const app = Fastify({
    loggerInstance: deps.log,
    // One hop: a client may write what it likes into the header before the proxy adds to it.
    trustProxy: deps.trustProxy && ((_address: string, hop: number) => hop < 1),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    bodyLimit: 256 * 1024,
  }).setValidatorCompiler(validatorCompiler)

  const protection = headersOf(helmet(securityHeaders(https, deps.users.ways().captcha?.scriptUrl, deps.mediaUrl)))
  app.addHook('onRequest', ({ routeOptions }, reply, done) => {
    reply.raw.setHeaders(routeOptions.config.streamed ? protectionOfBytes : protection)
    done()
  })
  timeAnswers(app, deps.metrics.metrics)
  deps.nodes.serve(app)
  await app.register(cookie)
  await app.register(rateLimit, {
    max: REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    allowList: ({ url }) => !url.startsWith('/api/'),
    keyGenerator: ({ ip }) => ip ?? '',
  })
  await app.register(swagger, {
    openapi: {
      info: {
        title: 'Jiangtang',
        version: deps.version,
        description: 'The HTTP interface of a live classroom server.',
      },
      servers: [{ url: deps.publicUrl }],
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
  })
  answerErrors(app, await webClient(app, deps.webFolder))

  const auth = createAuth(app, deps.users.authenticate)
  const limits = deps.userLimits ? { limits: deps.userLimits } : {}
  await app.register(userRoutes, { users: deps.users, auth, secureCookies: https, ...limits })
  await app.register(fileRoutes, { files: deps.files, auth })
  await app.register(playbackRoutes, { playback: deps.playback, auth })
  await app.register(liveRoutes, { live: deps.playback.live })
  await app.register(replayRoutes, { replay: deps.playback.replay })
  await app.register(replayEditingRoutes, {
    editing: deps.playback.replayEditing,
    replayFiles: deps.replayFiles,
    auth,
  })
  await app.register(videoRoutes, { videos: deps.videos, auth })
  await app.register(uploadRoutes, { uploads: deps.uploads, auth, publicUrl: deps.publicUrl })
  await app.register(lessonRoutes, { lessons: deps.lessons, auth })
  await app.register(courseRoutes, { courses: deps.courses, auth })
  await app.register(entitlementRoutes, { entitlements: deps.entitlements, auth, now: deps.signaling.now })
  await app.register(orderRoutes, { orders: deps.orders, auth, now: deps.signaling.now })
  await app.register(paymentRoutes, { payments: deps.payments, auth })
  await app.register(insightRoutes, { insights: deps.insights, auth })
  await app.register(streamKeyRoutes, { streaming: deps.streaming, auth })
  await app.register(sdpRoutes, { streaming: deps.streaming })
  await app.register(eventRoute, { bus: deps.signaling.bus, auth })
  await app.register(auditRoutes, { db: deps.db, auth })
  await app.register(capacityRoutes, { capacity: deps.capacity, auth })
  await app.register(opsRoutes, { checks: deps.checks })
  await app.register(metricsRoutes, deps.metrics)
  await signalingRoute(app, deps.signaling)
  app.get('/api/openapi.json', { schema: { hide: true } }, () => app.swagger())
  return app
}

/** The rest is about pages; to the small parts of a film it adds a good deal. */
const protectionOfBytes = new Map([['x-content-type-options', 'nosniff']])

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its answers are playlists and parts of films, many a second to each viewer. */
    streamed?: true
  }
}

/** The headers that this sets, which are the same for every request. */
function headersOf(protect: ReturnType<typeof helmet>): Map<string, string> {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  protect(response.req, response, (error) => {
    if (error) throw error
  })
  return new Map(Object.entries(response.getHeaders() as Record<string, string>))
}

function securityHeaders(https: boolean, captchaScript: string | undefined, mediaUrl: string | undefined) {
  const media = mediaUrl ? [mediaUrl] : []
  const captcha = captchaScript ? [new URL(captchaScript).origin] : []
  return {
    strictTransportSecurity: https,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'same-origin' as const },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", ...captcha],
        frameSrc: ["'self'", ...captcha],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...media],
        mediaSrc: ["'self'", 'blob:', ...media],
        connectSrc: ["'self'", 'ws:', 'wss:', ...media],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  }
}
