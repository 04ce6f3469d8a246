/** Ten thousand people in one room on one process: how old chat is when it reaches them, and what each of them costs. */
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../signaling/protocol/constants.ts'
import { type Benchmark, type Own, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import { type LiveClass, openLiveClass } from './live-class.ts'
import type { Listeners } from './load/listeners.ts'

const SOCKETS = 10_000
const LISTENING_PROCESSES = 2
/** Assistants: each may send five messages a second, and nothing that they say is left out for anyone. */
const TALKERS = 5
const MESSAGES_PER_SECOND = 20
/** Until the compiler has seen what it is about. */
const FIRST = 500
/** All of them within a minute. */
const JOINS_PER_SECOND = 180
const TALK_MS = 20_000

export const crowd: Benchmark = {
  name: 'crowd',
  about: `age of a chat message when it arrives, ${SOCKETS.toLocaleString('en')} sockets in one room, ${MESSAGES_PER_SECOND} messages a second`,
  aims: { deliveryMsP95: { atMost: 500 } },
  run: (progress) =>
    owning(async (own) => {
      const room = await openLiveClass(own, { ROOM_SEATS: String(2 * SOCKETS), LOG_LEVEL: 'fatal' })
      const crowd = await openCrowd(own, room)
      await crowd.comeIn(FIRST)
      const before = await room.product.call('memory')
      const talk = await openTalk(own, room)
      progress(`${SOCKETS - FIRST} people come in, ${JOINS_PER_SECOND} a second`)
      talk.start()
      const cameInMs = await crowd.comeIn(SOCKETS - FIRST)
      await talk.stop()
      const storm = await crowd.measured()
      progress(`they came in within ${Math.round(cameInMs / 1000)} s; meanwhile ${ages(storm)}`)
      const after = await room.product.call('memory')
      progress(`the server is ${Math.round(after.resident / 2 ** 20)} MiB large`)
      await crowd.forget()
      const cpuBefore = room.product.cpuMs
      talk.start()
      await pause(TALK_MS)
      const sent = await talk.stop()
      const calm = await crowd.measured()
      const cpuShare = (room.product.cpuMs - cpuBefore) / TALK_MS
      progress(`${ages(calm)}; the server used ${Math.round(cpuShare * 100)} % of one core`)
      check(calm, sent, progress)
      return {
        sockets: calm.open,
        deliveryMsP50: percentileOf(calm, 50),
        deliveryMsP95: percentileOf(calm, 95),
        deliveryMsP99: percentileOf(calm, 99),
        kilobytesPerSocket: (after.held - before.held) / 1024 / (SOCKETS - FIRST),
        serverCores: cpuShare,
        joinsPerSecond: ((SOCKETS - FIRST) / cameInMs) * 1000,
        stormDeliveryMsP95: percentileOf(storm, 95),
      }
    }),
}

/** How many were in at the end, why others were not, and deliveries by how many milliseconds they took. */
type Measured = { open: number; lost: string; took: Map<number, number> }

async function openCrowd(own: Own, { product, lessonId, socketAddress }: LiveClass) {
  const listeners: Child<Listeners>[] = []
  for (let started = 0; started < LISTENING_PROCESSES; started++)
    listeners.push(own(await Child.start<Listeners>('load/listeners.ts'), (each) => each.close()))
  await Promise.all(listeners.map((each) => each.call('checkLimit', SOCKETS / LISTENING_PROCESSES)))
  await listeners[0]!.call('checkLimit', SOCKETS)
  let people = 0
  return {
    /** Resolves when so many more have come in, to how long it took. */
    async comeIn(count: number): Promise<number> {
      const names = Array.from({ length: count }, () => `student-${people++}`)
      const tickets = await product.call('signTickets', lessonId, 'student', names)
      const addresses = tickets.map((ticket) => `${socketAddress}?ticket=${ticket}`)
      const startedAt = performance.now()
      await Promise.all(
        listeners.map((each, place) =>
          each.call(
            'connect',
            addresses.filter((_, index) => index % listeners.length === place),
            JOINS_PER_SECOND / listeners.length,
          ),
        ),
      )
      return performance.now() - startedAt
    },

    async measured(): Promise<Measured> {
      const counts = await Promise.all(listeners.map((each) => each.call('counts')))
      const took = new Map<number, number>()
      for (const [ms, count] of counts.flatMap((each) => each.took)) took.set(ms, (took.get(ms) ?? 0) + count)
      const lost = counts.flatMap((each) => each.lost.map(([why, count]) => `${count} × ${why}`)).join(', ')
      return { open: counts.reduce((sum, { open }) => sum + open, 0), lost, took }
    },

    forget: () => Promise.all(listeners.map((each) => each.call('forget'))),
  }
}

/** Assistants who take turns. */
async function openTalk(own: Own, { product, lessonId, socketAddress }: LiveClass) {
  const names = Array.from({ length: TALKERS }, (_, index) => `assistant-${index}`)
  const tickets = await product.call('signTickets', lessonId, 'assistant', names)
  const talkers = await Promise.all(tickets.map((ticket) => enter(own, `${socketAddress}?ticket=${ticket}`)))
  let timer: NodeJS.Timeout | undefined
  let sent = 0
  return {
    start(): void {
      sent = 0
      const startedAt = performance.now()
      timer = setInterval(() => {
        for (; sent < ((performance.now() - startedAt) / 1000) * MESSAGES_PER_SECOND; sent++)
          talkers[sent % TALKERS]!.send(message(sent))
      }, 5)
    },

    /** Resolves to how many were sent, when the last of them have had the time to arrive. */
    async stop(): Promise<number> {
      clearInterval(timer)
      await pause(2000)
      return sent
    },
  }
}

const message = (id: number) =>
  JSON.stringify({
    id: 2 + id,
    method: 'sendMessage',
    data: { text: `老师好！画面和声音都很清楚 👋 sent at ${Date.now()}` },
  })

async function enter(own: Own, address: string): Promise<WebSocket> {
  const socket = own(new WebSocket(address, SUBPROTOCOL, { perMessageDeflate: false }), (each) => each.terminate())
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('message', (bytes) => {
      const text = String(bytes)
      if (text.startsWith('{"topic":"welcome"'))
        socket.send(JSON.stringify({ id: 1, method: 'join', data: { rtpCapabilities: {} } }))
      if (text.startsWith('{"id":1,')) resolve()
    })
  })
  return socket
}

function check({ open, lost, took }: Measured, sent: number, progress: Progress): void {
  if (open < SOCKETS) throw new Error(`${SOCKETS - open} sockets were lost: ${lost}`)
  const deliveries = [...took.values()].reduce((sum, count) => sum + count, 0)
  progress(`${deliveries} deliveries of ${sent} messages`)
  if (deliveries !== sent * SOCKETS) throw new Error(`${deliveries} deliveries of ${sent} messages to ${SOCKETS}`)
}

/** By nearest rank, in milliseconds. */
function percentileOf({ took }: Measured, percent: number): number {
  const total = [...took.values()].reduce((sum, count) => sum + count, 0)
  let seen = 0
  for (const [ms, count] of [...took].sort(([a], [b]) => a - b)) {
    seen += count
    if (seen >= (total * percent) / 100) return ms
  }
  throw new Error('nothing was delivered')
}

const ages = (measured: Measured) =>
  [50, 95, 99].map((percent) => `p${percent} ${percentileOf(measured, percent)} ms`).join(', ')
