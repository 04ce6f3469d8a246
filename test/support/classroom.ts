/** The classroom on fakes, behind a real HTTP upgrade: what a test of the signaling talks to. */

import Fastify from 'fastify'
import type { Test } from 'tap'
import { type ConnectionLimits, defaultLimits } from '../../signaling/connection.ts'
import { createJudge } from '../../signaling/judge.ts'
import type { Courseware, Moderator, Pictures, RoomDirectory } from '../../signaling/ports.ts'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import type { Tier } from '../../signaling/protocol/media.ts'
import { Rooms } from '../../signaling/rooms.ts'
import { serveSocket } from '../../signaling/serve-socket.ts'
import { signTicket } from '../../signaling/ticket.ts'
import { defaultTiming, type Timing } from '../../signaling/timing.ts'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import { createMemoryDirectory } from '../../src/adapters/memory-directory.ts'
import { answerErrors } from '../../src/http/errors.ts'
import { createNodes } from '../../src/http/nodes.ts'
import { signalingRoute } from '../../src/http/signaling.ts'
import { TestClient } from './client.ts'
import { createFakeLessons } from './fake-lessons.ts'
import { createFakeMedia } from './fake-media.ts'
import { createMemoryRoomLog } from './memory-room-log.ts'
import { silentLog } from './silent-log.ts'

export const secret = new TextEncoder().encode('a secret for tests that is long enough')

export type ClassroomOptions = {
  limits?: Partial<ConnectionLimits>
  timing?: Partial<Timing>
  joinTimeoutMs?: number
  seats?: number
  broadcast?: boolean
  roomLog?: ReturnType<typeof createMemoryRoomLog>
  lessons?: ReturnType<typeof createFakeLessons>
  /** Titles of the documents that can be shown, by the id of their file. */
  decks?: Record<string, string>
  /** The ids of what is for sale. */
  onSale?: string[]
  /** Whose pictures there are for the chat, by the id of their file. */
  pictures?: Record<string, string>
  now?: () => number
  directory?: RoomDirectory
  bannedWords?: string[]
  moderator?: Moderator
}

export async function openClassroom(t: Test, options: ClassroomOptions = {}) {
  const { now = Date.now, bannedWords = [], moderator } = options
  const { roomLog = createMemoryRoomLog(), lessons = createFakeLessons(now) } = options
  const { seats = 100, broadcast = false, decks = {}, pictures: owners = {}, onSale = [] } = options
  const { directory = createMemoryDirectory() } = options
  const timing = { ...defaultTiming, resumeGraceMs: 300, ...options.timing }
  const media = createFakeMedia()
  const bus = createMemoryBus()
  /** Of the broadcast of each lesson. */
  const viewers = new Map<string, number>()
  const courseware: Courseware = { deckTitle: async (_, fileId) => decks[fileId] }
  const pictures: Pictures = {
    sizeOf: async (peerId, fileId) => (owners[fileId] === peerId ? { width: 400, height: 300 } : undefined),
    addressForModerator: async (fileId) => `https://class.example.com/${fileId}`,
  }
  const rooms = new Rooms({
    media,
    bus,
    directory,
    roomLog,
    lessons,
    judge: createJudge({ bannedWords, moderator, pictures, log: silentLog }),
    courseware,
    pictures,
    shop: { isOnSale: async (_, offer) => onSale.includes('planId' in offer ? offer.planId : offer.courseId) },
    log: silentLog,
    now,
    seats,
    broadcast,
    broadcastViewers: (lessonId) => viewers.get(lessonId) ?? 0,
    timing,
  })
  const clients: TestClient[] = []
  const app = Fastify()
  answerErrors(app)
  const limits = { ...defaultLimits, ...options.limits }
  const { joinTimeoutMs = 10_000 } = options
  const serve = (socket: Parameters<typeof serveSocket>[0], ticket: Parameters<typeof serveSocket>[1]) =>
    serveSocket(socket, ticket, { rooms, media, now, log: silentLog, limits, joinTimeoutMs })
  const nodes = createNodes({ secret, now, ...directory })
  nodes.serve(app)
  await signalingRoute(app, { secret, bus, now, serve, nodes, find: (roomId) => rooms.find(roomId), log: silentLog })
  await app.ready()
  t.teardown(async () => {
    await rooms.close()
    for (const socket of app.websocketServer.clients) socket.terminate()
    for (const { socket } of clients) socket.terminate()
    await app.close()
  })

  const ticketFor = (name: string, role: Role, roomId = 'lesson', sessionId = `session-${name}`) =>
    signTicket(
      { roomId, sessionId, tier: 'interactive', person: { peerId: name, displayName: name, role } },
      secret,
      60,
      now(),
    )
  const connect = async (ticket: string, protocol = SUBPROTOCOL, roomId = roomOf(ticket)) => {
    let client: TestClient | undefined
    await app.injectWS(
      `/signaling/${roomId}?ticket=${ticket}`,
      { headers: { 'sec-websocket-protocol': protocol } },
      {
        onInit: (socket) => {
          client = new TestClient(socket)
        },
      },
    )
    clients.push(client!)
    return client!
  }
  /** A client that has joined. */
  const enter = async (name: string, role: Role = 'student', roomId = 'lesson', tier?: Tier) => {
    const client = await connect(await ticketFor(name, role, roomId))
    const joined = await client.join(undefined, tier)
    return Object.assign(client, { joined })
  }
  return { app, bus, rooms, media, lessons, roomLog, viewers, ticketFor, connect, enter }
}

/** Waits until the condition holds, or fails after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (condition()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`never came true: ${condition}`)
}

/** The room that a ticket names, without checking the ticket. */
function roomOf(ticket: string): string {
  try {
    return JSON.parse(String(Buffer.from(ticket.split('.')[1]!, 'base64url'))).ticket.roomId
  } catch {
    return 'lesson'
  }
}
