/** The composition root: settings → adapters → services → app → listen → drain → close. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, networkInterfaces } from 'node:os'
import { resolve } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { type Logger, pino } from 'pino'
import { loadSettings, type Settings, SettingsError } from '../config/settings.ts'
import { openDatabase } from '../db/client.ts'
import { lessons as lessonsTable } from '../db/schema.ts'
import { createMedia } from '../sfu/media.ts'
import { WorkerPool, workersFor } from '../sfu/pool.ts'
import { createJudge } from '../signaling/judge.ts'
import { Rooms } from '../signaling/rooms.ts'
import { serveSocket } from '../signaling/serve-socket.ts'
import { streamRooms } from '../signaling/stream-rooms.ts'
import { defaultTiming } from '../signaling/timing.ts'
import { addPersonalData, openAccountSide } from './account-side.ts'
import { createDatabaseRecorder } from './adapters/database-recorder.ts'
import { createDatabaseRoomLog } from './adapters/database-room-log.ts'
import { createFfmpegHelper } from './adapters/ffmpeg-helper.ts'
import { createHttpModerator } from './adapters/http-moderator.ts'
import { createMemoryBus } from './adapters/memory-bus.ts'
import { createMemoryDirectory } from './adapters/memory-directory.ts'
import { startNginxRtmp } from './adapters/nginx-rtmp.ts'
import { createJobs } from './adapters/pg-boss-jobs.ts'
import { createRedisBus } from './adapters/redis-bus.ts'
import { createRedisDirectory } from './adapters/redis-directory.ts'
import { createApp } from './app.ts'
import { createCapacity } from './capacity/service.ts'
import { createCourses } from './courses/course-service.ts'
import { createCourseware } from './courses/courseware.ts'
import { createOnline } from './courses/online.ts'
import { createLessons } from './courses/service.ts'
import { createShop } from './courses/shop.ts'
import { banner } from './demo/banner.ts'
import { startDemo } from './demo/demo.ts'
import { startSandbox } from './demo/sandbox.ts'
import { createEntitlements } from './entitlements/service.ts'
import { openFileSide } from './file-side.ts'
import { createChatPictures } from './files/chat-pictures.ts'
import { createNodes } from './http/nodes.ts'
import { signalingPath } from './http/signaling.ts'
import { createInsights } from './insights/service.ts'
import { serializers } from './log.ts'
import { createMetrics } from './metrics/metrics.ts'
import { openMoneySide } from './money-side.ts'
import type { LiveClasses } from './playback/live.ts'
import { createStreaming } from './streaming/service.ts'

const SWEEP_EVERY_MS = 5000
/** Connections that wait to be accepted, as far as the kernel allows: a class that begins brings thousands at once. */
const BACKLOG = 4096
const root = resolve(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string }

export type Server = Awaited<ReturnType<typeof startServer>>

/**
 * Starts everything that the settings name, and listens. `close()` sends everyone away, gives all of it back, and may be
 * called twice.
 */
export async function startServer(settings: Settings, log: Logger) {
  const owned: (() => Promise<unknown> | unknown)[] = []
  const own = <T>(thing: T, close: (thing: T) => Promise<unknown> | unknown): T => {
    owned.push(() => close(thing))
    return thing
  }
  const close = async () => {
    for (let release = owned.pop(); release; release = owned.pop()) await release()
  }
  try {
    return { ...(await compose(settings, log, own)), close }
  } catch (error) {
    await close()
    throw error
  }
}

type Own = <T>(thing: T, close: (thing: T) => Promise<unknown> | unknown) => T

async function compose(settings: Settings, log: Logger, own: Own) {
  const now = Date.now
  mkdirSync(settings.dataDir, { recursive: true })
  const secret = new TextEncoder().encode(settings.secret ?? demoSecret(settings.dataDir))
  const starting = startPool(settings, log).then((pool) => own(pool, () => pool.close()))
  const opening = openDatabase(settings.databaseUrl).then((database) => own(database, () => database.close()))
  await Promise.allSettled([starting, opening])
  const [pool, database] = [await starting, await opening]
  const bus = own(
    settings.busUrl.startsWith('memory:') ? createMemoryBus(now) : createRedisBus({ url: settings.busUrl, log }),
    (each) => each.close(),
  )
  const { db } = database
  const jobs = own(await createJobs(database, log), (each) => each.close())
  const { lobbyOpensMinutes, pauseLimitMinutes, ticketTtlSeconds, iceServers } = settings

  const users = await openAccountSide({ settings, db, bus, jobs, secret, now, log })
  const online = own(
    createOnline({ bus, now, here: () => rooms.online(), onlineHere: (lessonId) => rooms.onlineIn(lessonId) }),
    (each) => each.close(),
  )
  const lessons = createLessons({ db, bus, now, lobbyOpensMinutes, pauseLimitMinutes, onlineIn: online.in })
  const entitlements = createEntitlements({
    db,
    bus,
    lessons,
    secret,
    now,
    ticketTtlSeconds,
    iceServers,
    turn: settings.turn,
    signalingPath,
    watermarkOf: users.watermarkOf,
  })
  const moneySide = await openMoneySide({ settings, db, bus, jobs, now, log, users })
  const classes: LiveClasses = {
    broadcast: (lessonId) => media.liveBroadcast(lessonId),
    isRemoved: (lessonId, userId) => rooms.isRemoved(lessonId, userId),
  }
  const fileSide = await openFileSide({ settings, db, bus, jobs, secret, now, log, users, entitlements, classes, own })
  addPersonalData(users, db, fileSide.files)
  const courses = createCourses({ db, now, rights: entitlements, lessons })
  const recorder = own(createDatabaseRecorder({ db, now, log }), (each) => each.close())
  const optionsFor = async (lessonId: string) => ({ windowSeconds: await lessons.windowSecondsOf(lessonId) })
  const broadcast = settings.broadcast ? { segmentStore: fileSide.segmentStore, recorder, optionsFor, log } : undefined
  const media = own(createMedia(pool, broadcast), (each) => each.close())
  own(
    bus.subscribe('broadcastCut', ({ lessonId, beforeMsn }) => media.liveBroadcast(lessonId)?.forgetBefore(beforeMsn)),
    (unsubscribe) => unsubscribe(),
  )
  const metrics = createMetrics(version)
  const roomLog = metrics.counting(createDatabaseRoomLog(db))
  const { roomSeats: seats, resumeGraceSeconds } = settings
  const timing = { ...defaultTiming, resumeGraceMs: resumeGraceSeconds * 1000 }
  const courseware = createCourseware(db)
  const pictures = createChatPictures({ db, secret, now, publicUrl: settings.publicUrl })
  const { broadcast: broadcasts } = settings
  const judge = createJudge({
    bannedWords: settings.bannedWords,
    moderator: settings.moderator && createHttpModerator(settings.moderator),
    pictures,
    log,
  })
  const load = () => (rooms.isDraining ? Number.POSITIVE_INFINITY : pool.fullness)
  const { nodeUrl } = settings
  const directory = own(
    nodeUrl ? createRedisDirectory({ url: settings.busUrl, nodeUrl, load, log }) : createMemoryDirectory(),
    (each) => each.close(),
  )
  const rooms = new Rooms({
    media,
    roomLog,
    lessons,
    courseware,
    pictures,
    shop: createShop(db),
    judge,
    bus,
    directory,
    log,
    now,
    seats,
    broadcast: broadcasts,
    broadcastViewers: fileSide.playback.live.watching,
    timing,
  })

  const streaming = own(
    createStreaming({
      ...{ db, bus, now, lessons, entitlements, iceServers },
      publicUrl: settings.publicUrl,
      rooms: streamRooms({ rooms, bus, secret, now }),
      rtmp: settings.rtmpPort ? { port: settings.rtmpPort, helper: createFfmpegHelper(log), log } : undefined,
    }),
    (each) => each.close(),
  )
  if (streaming.rtmp && settings.rtmpPort) {
    const { host, rtmpPort: port } = settings
    const rtmp = await startNginxRtmp({ host, port, publishers: streaming.rtmp, log })
    streaming.rtmp.use(own(rtmp, (each) => each.close()))
  }

  const nodes = createNodes({ secret, now, ...directory })
  const app = own(
    await createApp({
      log,
      publicUrl: settings.publicUrl,
      mediaUrl: settings.mediaUrl,
      trustProxy: settings.trustProxy,
      webFolder: resolve(root, 'web/dist'),
      version,
      db,
      users,
      ...fileSide,
      lessons,
      courses,
      entitlements,
      ...moneySide,
      insights: createInsights({ db, lessons }),
      streaming,
      nodes,
      signaling: {
        secret,
        bus,
        now,
        nodes,
        log,
        find: (roomId) => rooms.find(roomId),
        serve: (socket, ticket, hold) =>
          serveSocket(socket, ticket, { rooms, media, now, log, hold, reached: metrics.joined }),
      },
      checks: {
        database: () => db.select({ id: lessonsTable.id }).from(lessonsTable).limit(1),
        storage: () => fileSide.storage.check(),
        staying: async () => !rooms.isDraining || Promise.reject(new Error('this node is going away')),
        workers: async () => pool.workers.length > 0 || Promise.reject(new Error('no media worker runs')),
      },
      capacity: createCapacity({
        db,
        now,
        dataDir: settings.dataDir,
        rtcPort: settings.rtcPort,
        pool,
        openRooms: () => rooms.opened(),
        broadcastViewers: fileSide.playback.live.watching,
      }),
      metrics: { metrics, token: settings.metricsToken },
    }),
    (each) => each.close(),
  )
  metrics.register({
    media: { pool, media },
    rooms: { rooms, watching: fileSide.playback.live.watching, sockets: () => app.websocketServer.clients.size },
    payments: { db, now },
  })
  const sweeping = setInterval(() => {
    void online.tell()
    lessons.sweep().catch((error) => log.error({ err: error }, 'lessons could not be swept'))
    entitlements
      .callRoll(rooms.places())
      .catch((error) => log.error({ err: error }, 'nobody knows who may still be in the rooms'))
  }, SWEEP_EVERY_MS)
  own(sweeping, clearInterval)
  own(rooms, () => {
    // Whoever is sent away comes to another node, where a proxy or a client tries the next.
    app.server.close()
    return rooms.close()
  })
  await app.listen({ host: settings.host, port: settings.port, backlog: BACKLOG })
  return {
    app,
    pool,
    rooms,
    media,
    streaming,
    users,
    ...fileSide,
    lessons,
    courses,
    entitlements,
    ...moneySide,
    jobs,
    db,
  }
}

function startPool(settings: Settings, log: Logger): Promise<WorkerPool> {
  const { workers, consumersPerWorker, rtcPort, rtcListenAddress: ip, rtcAnnouncedAddress } = settings
  const everywhere = ip === '0.0.0.0'
  const addresses = rtcAnnouncedAddress
    ? [{ ip, announcedAddress: rtcAnnouncedAddress }]
    : everywhere
      ? ownAddresses().map((own) => ({ ip: own }))
      : [{ ip }]
  const count = workers === 'auto' ? workersFor(availableParallelism()) : workers
  return WorkerPool.start({ count, consumersPerWorker, port: rtcPort, addresses, log })
}

/** Every IPv4 address of this machine, loopback too, so that a browser on it always has a way. */
const ownAddresses = () =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address)

/** The demo makes its own secret once, so that a restart signs nobody out. */
function demoSecret(dataDir: string): string {
  const file = resolve(dataDir, 'secret')
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const secret = randomBytes(32).toString('hex')
    writeFileSync(file, secret, { mode: 0o600 })
    return secret
  }
}

async function run(): Promise<void> {
  const given = readSettings(process.env)
  const logFile = resolve(given.dataDir, 'server.log')
  const log = given.demo ? demoLog(given, logFile) : pino({ level: given.logLevel, serializers })
  const { port, dataDir, publicUrl: url } = given
  try {
    const sandbox = givesNoAccount(given) ? await startSandbox({ ...given, log }) : undefined
    const settings = sandbox ? readSettings({ ...process.env, ...sandbox.environment }) : given
    const server = await startServer(settings, log)
    const demo = settings.demo ? await startDemo({ ...server, port, dataDir, log }) : undefined
    closeWithGrace({ delay: settings.drainSeconds * 1000, logger: log }, async () => {
      await demo?.close()
      await server.close()
      await sandbox?.close()
    })
    log.info({ url }, 'serving')
    if (demo) {
      const { demoLesson, accounts } = demo
      console.log(banner({ url, lessonId: demoLesson.id, accounts, logFile, sandboxUrl: sandbox?.url }))
    }
  } catch (error) {
    log.fatal({ err: error }, 'the server could not start')
    process.exit(1)
  }
}

/** Whoever has an account at a provider wants that in the demo, too. */
const givesNoAccount = ({ demo, wechatPay, alipay }: Settings) => demo && !wechatPay && !alipay

/** In the demo the terminal belongs to a person: the log goes to a file, and only trouble is shown. */
function demoLog({ logLevel, dataDir }: Settings, file: string): Logger {
  mkdirSync(dataDir, { recursive: true })
  const streams = pino.multistream([
    { level: logLevel === 'silent' ? 'fatal' : logLevel, stream: pino.destination(file) },
    { level: 'error', stream: process.stderr },
  ])
  return pino({ level: logLevel, serializers }, streams)
}

function readSettings(env: NodeJS.ProcessEnv): Settings {
  try {
    return loadSettings(env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

if (import.meta.main) await run()
