/** What it costs the server to bring one chat message to one socket, against what a bare `ws` server and Socket.IO take for the same bytes. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Benchmark, type Own, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import { openLiveClass } from './live-class.ts'
import type { Crowd } from './load/crowd.ts'
import type { BareBroadcast } from './servers/bare-broadcast.ts'
import type { SocketIoBroadcast } from './servers/socketio-broadcast.ts'
import { median } from './statistics.ts'

const SOCKETS = 2000
const MESSAGES_PER_SECOND = 20
/** Assistants: each may send five messages a second. */
const TALKERS = 5
const ROUNDS = 3
const IDLE_MS = 5000
const TALK_MS = 10_000
const TEXTS = [
  '老师好！画面和声音都很清楚 👋',
  'Could you show the last slide once more, please?',
  '刚才讲的「票据」是六十秒有效，对吧？',
]

/** Looks in a row that find nothing new: on a crowded machine the last message may take a second. */
const MOST_SILENCES = 10

export const fanout: Benchmark = {
  name: 'fanout',
  about: `server CPU per chat message delivered to one of ${SOCKETS.toLocaleString('en')} sockets, ${MESSAGES_PER_SECOND} messages a second`,
  aims: { ratioToWs: { atLeast: 1.5 }, ratioToSocketIo: { atLeast: 2 } },
  run: (progress) =>
    owning(async (own) => {
      progress(`connecting ${3 * SOCKETS} sockets`)
      const sides = {
        'room chat': await openRoom(own),
        'bare ws': await openBare(own),
        'Socket.IO': await openSocketIo(own),
      }
      const micros: Record<keyof typeof sides, number[]> = { 'room chat': [], 'bare ws': [], 'Socket.IO': [] }
      for (let round = 1; round <= ROUNDS; round++)
        for (const name of Object.keys(sides) as (keyof typeof sides)[])
          micros[name].push(
            await measure(sides[name], (text) => progress(`round ${round} of ${ROUNDS}, ${name}: ${text}`)),
          )
      // Round by round: what else the machine does slows neighbours alike, and changes from one round to the next.
      const ratioTo = (rival: number[]) => median(rival.map((each, round) => each / micros['room chat'][round]!))
      return {
        microsPerDelivery: median(micros['room chat']),
        ratioToWs: ratioTo(micros['bare ws']),
        ratioToSocketIo: ratioTo(micros['Socket.IO']),
      }
    }),
}

type Side = { server: { cpuMs: number }; crowd: Child<Crowd>; frames: string[] }

async function openRoom(own: Own): Promise<Side> {
  const { product, lessonId, socketAddress } = await openLiveClass(own)
  const crowd = own(await Child.start<Crowd>('load/crowd.ts'), (each) => each.close())
  const names = Array.from({ length: SOCKETS }, (_, index) => `peer-${index}`)
  const tickets = [
    ...(await product.call('signTickets', lessonId, 'assistant', names.slice(0, TALKERS))),
    ...(await product.call('signTickets', lessonId, 'student', names.slice(TALKERS))),
  ]
  const says = JSON.stringify({ id: 1, method: 'join', data: { rtpCapabilities: {} } })
  const addresses = tickets.map((ticket) => `${socketAddress}?ticket=${ticket}`)
  await crowd.call('connect', addresses, { says, answer: '{"id"' })
  const frames = TEXTS.map((text) => JSON.stringify({ id: 2, method: 'sendMessage', data: { text } }))
  return { server: product, crowd, frames }
}

async function openBare(own: Own): Promise<Side> {
  const server = own(await Child.start<BareBroadcast>('servers/bare-broadcast.ts'), (each) => each.close())
  const crowd = own(await Child.start<Crowd>('load/crowd.ts'), (each) => each.close())
  const address = await server.call('socketAddress')
  await crowd.call(
    'connect',
    Array.from({ length: SOCKETS }, () => address),
  )
  return { server, crowd, frames: TEXTS.map(asBroadcast) }
}

async function openSocketIo(own: Own): Promise<Side> {
  const server = own(await Child.start<SocketIoBroadcast>('servers/socketio-broadcast.ts'), (each) => each.close())
  const crowd = own(await Child.start<Crowd>('load/crowd.ts'), (each) => each.close())
  const address = await server.call('socketAddress')
  const addresses = Array.from({ length: SOCKETS }, () => address)
  // Its protocol: "40" asks for the default namespace, "42" is an event.
  await crowd.call('connect', addresses, { says: '40', answer: '40' })
  return { server, crowd, frames: TEXTS.map((text) => `42${JSON.stringify(['say', eventOf(text)])}`) }
}

/** The event that a message becomes. */
function eventOf(text: string) {
  const by = { peerId: 'peer-1', displayName: 'peer-1', role: 'assistant' }
  return { seq: 2000, at: Date.now(), mediaMs: 60_000, by, type: 'messageSent', data: { text } }
}

/** The frame that a socket gets for this message. */
const asBroadcast = (text: string) => JSON.stringify({ topic: 'events', data: { events: [eventOf(text)] } })

/** Microseconds of server CPU per message delivered, beyond what the server uses while nobody talks. */
async function measure({ server, crowd, frames }: Side, progress: Progress): Promise<number> {
  const idleShare = await idleShareOf(server)
  const [startedAt, cpuBefore, before] = [performance.now(), server.cpuMs, await crowd.call('counts')]
  await crowd.call('talk', frames, TALKERS, MESSAGES_PER_SECOND)
  await pause(TALK_MS)
  const sent = await crowd.call('fallSilent')
  const after = await allDelivered(crowd, before.delivered + sent * SOCKETS)
  const [ms, cpuMs] = [performance.now() - startedAt, server.cpuMs - cpuBefore]
  if (after.open < SOCKETS) throw new Error(`${SOCKETS - after.open} sockets were lost`)
  if (after.refused > before.refused) throw new Error('messages were refused')
  const deliveries = after.delivered - before.delivered
  if (deliveries !== sent * SOCKETS) throw new Error(`${deliveries} deliveries of ${sent} messages to ${SOCKETS}`)
  const micros = ((cpuMs - idleShare * ms) * 1000) / deliveries
  const late =
    ms > TALK_MS * 1.1 ? `; the machine was too slow, it took ${(ms / TALK_MS).toFixed(1)} times as long` : ''
  progress(`${micros.toFixed(2)} µs per delivery, ${deliveries} deliveries${late}`)
  return micros
}

async function idleShareOf(server: Side['server']): Promise<number> {
  const [startedAt, cpuBefore] = [performance.now(), server.cpuMs]
  await pause(IDLE_MS)
  return (server.cpuMs - cpuBefore) / (performance.now() - startedAt)
}

/** The counts when so many deliveries have been made, or when no more come for a while. */
async function allDelivered(crowd: Child<Crowd>, deliveries: number) {
  for (let last = -1, silent = 0; ; ) {
    const counts = await crowd.call('counts')
    silent = counts.delivered === last ? silent + 1 : 0
    if (counts.delivered >= deliveries || silent === MOST_SILENCES) return counts
    last = counts.delivered
    await pause(last > deliveries * 0.99 ? 200 : 1000)
  }
}
