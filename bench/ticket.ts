/** How fast those who have bought a lesson are given their tickets, over HTTP, with everything asked of PostgreSQL. */
import { startPostgres } from '../test/support/postgres.ts'
import { type Benchmark, type Own, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import type { TicketAskers } from './load/ticket-askers.ts'
import type { Shop } from './servers/shop.ts'
import { median, percentile } from './statistics.ts'

const BUYERS = 64
const TICKETS_EACH = 20
const CONCURRENCY = 16
const WARM_UPS = 2
const ROUNDS = 7

export const ticket: Benchmark = {
  name: 'ticket',
  about: `tickets a second for a lesson that was bought, asked for by ${CONCURRENCY} people at a time`,
  aims: {},
  run: (progress) => owning((own) => measure(own, progress)),
}

async function measure(own: Own, progress: Progress) {
  const url = await startPostgres({ teardown: (close) => void own(close, (each) => each?.()) })
  const shop = own(await Child.start<Shop>('servers/shop.ts', { DATABASE_URL: url }), (each) => each.close())
  const askers = own(await Child.start<TicketAskers>('load/ticket-askers.ts'), (each) => each.close())
  progress(`${BUYERS} people buy`)
  const { lessonId, tokens } = await shop.call('sell', BUYERS)
  const address = `${(await shop.call('address')).replace('localhost', '127.0.0.1')}/api/lessons/${lessonId}/ticket`
  const perSecond: number[] = []
  const tookMs: number[] = []
  for (let round = 1 - WARM_UPS; round <= ROUNDS; round++) {
    const asked = await askers.call('ask', address, tokens, TICKETS_EACH, CONCURRENCY)
    if (round < 1) continue
    perSecond.push((asked.tookMs.length / asked.togetherMs) * 1000)
    tookMs.push(...asked.tookMs)
    progress(`round ${round} of ${ROUNDS}: ${Math.round(perSecond.at(-1)!)} tickets a second`)
  }
  return { perSecond: median(perSecond), msP99: percentile(tookMs, 99) }
}
