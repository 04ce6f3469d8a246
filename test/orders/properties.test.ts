/** Thousands of orders under random events: whatever comes, in whatever order, the money is where it belongs in the end. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { MINUTE_MS } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import type { Silence } from '../support/fake-provider.ts'
import { startPostgres } from '../support/postgres.ts'
import { checkBooks, checkOrders } from './invariants.ts'
import { createWorld, type Event, events, type Gap } from './random-world.ts'

const ORDERS_PER_RUN = 40
const TIME_LIMIT_MS = 45_000

const some = (weight: number, words: readonly Event[]) => ({ weight, arbitrary: fc.constantFrom(...words) })
const { starting, paying, telling, wishing, failing } = events
const event = fc.oneof(some(2, starting), some(4, paying), some(6, telling), some(4, wishing), some(1, failing))
/** Two at the same moment, at the most. */
const step = fc.array(event, { minLength: 1, maxLength: 2 })
const first = fc.constantFrom<Event[]>(['pay wechat'], ['pay alipay'], ['pay wechat', 'pay alipay'], ['cancel'])
const second = fc.constantFrom<Event[]>(
  ['payer wechat', 'payer alipay'],
  ['payer wechat'],
  ['payer alipay', 'cancel'],
  ['payer pays wrong'],
  ['check'],
)
const scenario = fc.tuple(first, second, step, step, step)
const gap: fc.Arbitrary<Gap> = fc.record({
  passMs: fc.constantFrom(0, 0, 1000, 31_000, 5 * MINUTE_MS, 31 * MINUTE_MS),
  silence: fc.constantFrom<Silence[]>(undefined, undefined, undefined, undefined, undefined, 'before', 'after'),
  refundsWait: fc.boolean(),
  refundFails: fc.constantFrom('', '', '', 'NOT_ENOUGH', 'NO'),
  runJobs: fc.boolean(),
  jobsAreLost: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
})

async function suite(t: Test, db: Db, runs: number) {
  const { store, play } = await createWorld(db)
  const scenarios = fc.array(scenario, { minLength: ORDERS_PER_RUN, maxLength: ORDERS_PER_RUN })
  const gaps = fc.array(gap, { minLength: 5, maxLength: 5 })
  const outcomes = new Map<string, number>()
  const property = fc.asyncProperty(scenarios, gaps, async (each, gaps) => {
    const ids = await play(each, gaps)
    await checkBooks(store)
    for (const ending of await checkOrders(store, ids)) outcomes.set(ending, (outcomes.get(ending) ?? 0) + 1)
  })
  await fc.assert(property, { numRuns: runs, endOnFailure: true, interruptAfterTimeLimit: TIME_LIMIT_MS })
  t.comment(Object.fromEntries(outcomes))
  for (const ending of ['paid', 'closed', 'refunded', 'partially_refunded', 'surplus', 'mismatch'])
    t.ok(outcomes.has(ending), `some are ${ending}`)
}

t.test('PGlite', async (t) => suite(t, await openTestDatabase(t), 25))
t.test('PostgreSQL', async (t) => suite(t, await openTestDatabase(t, await startPostgres(t)), 50))
