/** How many joins a second the whole path carries, and mediasoup's bare API beside it. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Figures, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import { type LiveClass, openLiveClass } from './live-class.ts'
import type { Joiners } from './load/joiners.ts'
import type { BareMedia } from './servers/bare-media.ts'
import { median } from './statistics.ts'

const JOINS = 200
const CONCURRENCY = 16
const ROUNDS = 9
/** Until the compiler has seen what it is about. */
const WARM_UPS = 4
/** Picture and sound of the teacher. */
const CONSUMERS = 2

export const measureJoins = (progress: Progress): Promise<Figures> =>
  owning(async (own) => {
    const liveClass = await openLiveClass(own)
    await liveClass.product.call('openIngest', liveClass.lessonId, liveClass.teacherId)
    const joiners = own(await Child.start<Joiners>('load/joiners.ts'), (each) => each.close())
    const bare = own(await Child.start<BareMedia>('servers/bare-media.ts'), (each) => each.close())
    await bare.call('openIngest')
    const ours: number[] = []
    const theirs: number[] = []
    for (let round = 1 - WARM_UPS; round <= ROUNDS; round++) {
      const rates = { ours: await joinClass(liveClass, joiners, round), theirs: await joinBare(bare) }
      if (round < 1) continue
      ours.push(rates.ours)
      theirs.push(rates.theirs)
      const [rate, bareRate] = [Math.round(rates.ours), Math.round(rates.theirs)]
      progress(`round ${round} of ${ROUNDS}: ${rate} joins a second, bare ${bareRate}`)
    }
    const joinsPerSecond = median(ours)
    return { joinsPerSecond, joinsRatioToBare: joinsPerSecond / median(theirs) }
  })

async function joinClass({ product, lessonId, socketAddress }: LiveClass, joiners: Child<Joiners>, round: number) {
  const names = Array.from({ length: JOINS }, (_, index) => `student-${round + WARM_UPS}-${index}`)
  const tickets = await product.call('signTickets', lessonId, 'student', names)
  const addresses = tickets.map((ticket) => `${socketAddress}?ticket=${ticket}`)
  const tookMs = await joiners.call('join', addresses, CONSUMERS, CONCURRENCY)
  await joiners.call('leave')
  await untilEmpty(product)
  return (JOINS / tookMs) * 1000
}

async function joinBare(bare: Child<BareMedia>) {
  const tookMs = await bare.call('joins', JOINS, CONCURRENCY)
  await untilEmpty(bare)
  return (JOINS / tookMs) * 1000
}

/** Past the last consumer, and what the log still has to store. */
async function untilEmpty(server: { call(name: 'consumers'): Promise<number> }): Promise<void> {
  while ((await server.call('consumers')) > 0) await pause(50)
  await pause(1000)
}
