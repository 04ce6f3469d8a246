/** The whole server in a process of its own, with commands that reach what HTTP does not. */
import { randomUUID } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { types as mediasoup } from 'mediasoup'
import { playbackLeases, sessions, users } from '../../db/schema.ts'
import { openIngest } from '../../sfu/ingest.ts'
import { cpuMsOf } from '../../sfu/pool.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import { signTicket } from '../../signaling/ticket.ts'
import { signStream } from '../../src/playback/play-token.ts'
import { makeAccount, openServer, SECRET } from '../../test/support/server.ts'
import { childArgument, serveCommands } from '../child.ts'
import { serveHls } from './hls-server.ts'
import { PacketCount } from './packet-count.ts'
import { startRival } from './rival-hls.ts'

const TICKET_SECONDS = 180
setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const secret = new TextEncoder().encode(SECRET)
const server = await openServer({ ROOM_SEATS: '3000', ...childArgument<Record<string, string>>() })
const { port } = new URL(server.url)
const packets = new PacketCount()
for (const { worker } of server.pool.workers) packets.watch(worker)

const commands = {
  addresses: () => ({ page: server.url, sockets: `ws://127.0.0.1:${port}/signaling` }),

  makeAccount: (username: string, role: 'student' | 'teacher') => makeAccount(server, username, username, role),

  async makeLesson(teacherId: string, title: string): Promise<string> {
    const lesson = { title, startsAt: Date.now(), durationMinutes: 60 }
    const { id } = await server.lessons.create({ id: teacherId, role: 'teacher' }, lesson)
    return id
  },

  /** Tickets for these people, whose ids are their names. */
  signTickets: (roomId: string, role: Role, names: string[]) =>
    names.map((name) => {
      const person = { peerId: name, displayName: name, role }
      const ticket = { roomId, person, sessionId: `session-${name}`, tier: 'interactive' as const }
      return signTicket(ticket, secret, TICKET_SECONDS, Date.now())
    }),

  async openIngest(lessonId: string, peerId: string) {
    const room = server.media.room(lessonId)
    if (!room) throw new Error('nobody is in the room')
    const { video, audio } = await openIngest(room, peerId)
    return { video, audio }
  },

  /** Addresses of the broadcast of this lesson, each of a person of their own who is signed in and plays nowhere else. */
  async admitViewers(lessonId: string, count: number): Promise<string[]> {
    const at = Date.now()
    const people = Array.from({ length: count }, (_, index) => ({
      userId: randomUUID(),
      sessionId: randomUUID(),
      playerId: randomUUID(),
      username: `viewer-${index}`,
    }))
    const account = ({ userId: id, username }: (typeof people)[number]) => ({ id, username, displayName: username })
    await server.db.insert(users).values(people.map((person) => ({ ...account(person), createdAt: at })))
    const session = { userAgent: 'bench', createdAt: at, lastUsedAt: at }
    await server.db
      .insert(sessions)
      .values(people.map(({ userId, sessionId: id }) => ({ ...session, id, userId, refreshId: randomUUID() })))
    await server.db
      .insert(playbackLeases)
      .values(
        people.map(({ userId, sessionId, playerId }) => ({ userId, sessionId, playerId, takenAt: at, renewedAt: at })),
      )
    return Promise.all(
      people.map(async ({ userId, sessionId, playerId }) => {
        const token = await signStream('live', { userId, sessionId, lessonId, playerId }, secret, at)
        return `http://127.0.0.1:${port}/api/live/${token}`
      }),
    )
  },

  /** Serves the broadcast of this lesson, and what ffmpeg makes of the same streams. */
  async openHls(lessonId: string): Promise<string> {
    const [room, live] = [server.media.room(lessonId), server.media.liveBroadcast(lessonId)]
    if (!room || !live) throw new Error('nothing is broadcast')
    const folder = await mkdtemp(join(tmpdir(), 'rival-'))
    const producers = room.publications().map(({ producerId }) => producerId)
    await startRival(room.router, producers, folder)
    return (await serveHls(live, folder)).url
  },

  /** In bytes: what the runtime holds once garbage is gone, and what the system has given this process. */
  memory(): { held: number; resident: number } {
    collectGarbage()
    const { heapUsed, external, rss } = process.memoryUsage()
    return { held: heapUsed + external, resident: rss }
  },

  forwardedPackets: () => packets.read(),
  consumers: () => packets.consumers,
  workerCpuMs: () => cpuMsOf(onlyWorker()),
  workerPid: () => onlyWorker().pid,
}
export type Product = typeof commands

function onlyWorker(): mediasoup.Worker {
  const [slot] = server.pool.workers
  if (!slot) throw new Error('no media worker runs')
  return slot.worker
}

serveCommands(commands, () => server.close())
