/** How many joins a second the whole path carries, and bare mediasoup beside it: for the same joiners, and without any. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Figures, type Own, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import { openLiveClass } from './live-class.ts'
import type { Joiners } from './load/joiners.ts'
import type { BareMedia } from './servers/bare-media.ts'
import { median } from './statistics.ts'

const JOINS = 200
const CONCURRENCY = 16
const ROUNDS = 9
/** Until the compiler has seen what it is about. */
const WARM_UPS = 8
/** Picture and sound of the teacher. */
const CONSUMERS = 2

export const measureJoins = (progress: Progress): Promise<Figures> =>
  owning(async (own) => {
    const joiners = own(await Child.start<Joiners>('load/joiners.ts'), (each) => each.close())
    const bare = own(await Child.start<BareMedia>('servers/bare-media.ts'), (each) => each.close())
    await bare.call('openIngest')
    const ways = [await classWay(own, joiners), bareWay(bare, joiners), callsWay(bare)] as const
    const rates: number[][] = ways.map(() => [])
    for (let round = 1 - WARM_UPS; round <= ROUNDS; round++) {
      const figures: number[] = []
      for (const joinAll of ways) figures.push((JOINS / (await joinAll())) * 1000)
      if (round < 1) continue
      for (const [way, figure] of figures.entries()) rates[way]!.push(figure)
      const [ours, same, calls] = figures.map(Math.round)
      progress(`round ${round} of ${ROUNDS}: ${ours} joins a second, bare ${same}, its calls alone ${calls}`)
    }
    const [ours, same, calls] = rates as [number[], number[], number[]]
    // Round by round: what else the machine does slows neighbours alike, and changes from one round to the next.
    const ratioTo = (rival: number[]) => median(ours.map((rate, round) => rate / rival[round]!))
    return { joinsPerSecond: median(ours), joinsRatioToBare: ratioTo(same), joinsRatioToCalls: ratioTo(calls) }
  })

/** Lets so many join, and answers how long it took, in milliseconds; resolves when all of them are gone again. */
type Way = () => Promise<number>

/** A live class, with all that stands between a socket and mediasoup. */
async function classWay(own: Own, joiners: Child<Joiners>): Promise<Way> {
  const { product, lessonId, teacherId, socketAddress } = await openLiveClass(own)
  await product.call('openIngest', lessonId, teacherId)
  let people = 0
  return async () => {
    const names = Array.from({ length: JOINS }, () => `student-${people++}`)
    const tickets = await product.call('signTickets', lessonId, 'student', names)
    const addresses = tickets.map((ticket) => `${socketAddress}?ticket=${ticket}`)
    return comeAndGo(joiners, addresses, product)
  }
}

/** The same joiners at bare mediasoup, behind a bare `ws` server. */
const bareWay =
  (bare: Child<BareMedia>, joiners: Child<Joiners>): Way =>
  async () => {
    const address = await bare.call('socketAddress')
    return comeAndGo(
      joiners,
      Array.from({ length: JOINS }, () => address),
      bare,
    )
  }

/** What these joins call of mediasoup, with neither sockets nor joiners. */
const callsWay =
  (bare: Child<BareMedia>): Way =>
  async () => {
    const tookMs = await bare.call('joins', JOINS, CONCURRENCY)
    await untilGone(bare, 0)
    return tookMs
  }

type Counting = { call(name: 'consumers'): Promise<number> }

async function comeAndGo(joiners: Child<Joiners>, addresses: string[], server: Counting): Promise<number> {
  const before = await server.call('consumers')
  const tookMs = await joiners.call('join', addresses, CONSUMERS, CONCURRENCY)
  await joiners.call('leave')
  await untilGone(server, before)
  return tookMs
}

/** Past the last of their consumers (the broadcast has some of its own), and what the log still has to store: it takes its time with comings and goings. */
async function untilGone(server: Counting, before: number): Promise<void> {
  while ((await server.call('consumers')) > before) await pause(50)
  await pause(2000)
}
