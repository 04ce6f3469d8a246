/** Hundreds of orders under random events: whatever comes, in whatever order, the money is where it belongs in the end. */
import fc from 'fast-check'
import type { Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { MINUTE_MS } from '../support/business.ts'
import type { Silence } from '../support/fake-provider.ts'
import { BrokenOrder, checkBooks, checkOrders } from './invariants.ts'
import { createWorld, type Event, events, type Gap } from './random-world.ts'

const ORDERS_PER_RUN = 40
const STEPS = 5

const some = (weight: number, words: readonly Event[]) => ({ weight, arbitrary: fc.constantFrom(...words) })
const { starting, paying, telling, wishing, failing } = events
const event = fc.oneof(some(2, starting), some(4, paying), some(6, telling), some(5, wishing), some(1, failing))
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
const only = (...words: Event[]) => fc.constant(words)
const scenario = fc.oneof(
  { weight: 9, arbitrary: fc.tuple(first, second, step, step, step) },
  { weight: 1, arbitrary: fc.tuple(only('pay alipay'), only('cancel'), only('late payer'), step, step) },
)
const gap: fc.Arbitrary<Gap> = fc.record({
  passMs: fc.constantFrom(0, 0, 1000, 31_000, 5 * MINUTE_MS, 31 * MINUTE_MS),
  silence: fc.constantFrom<Silence[]>(undefined, undefined, undefined, undefined, undefined, 'before', 'after'),
  deadly: fc.boolean(),
  refundsWait: fc.boolean(),
  refundFails: fc.constantFrom('', '', '', 'NOT_ENOUGH', 'NO'),
  runJobs: fc.boolean(),
  jobsAreLost: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
})

const endings = ['paid', 'closed', 'refunded', 'partially_refunded'] as const
const causes = ['duplicate_payment', 'paid_after_close', 'amount_mismatch', 'requested', 'operator'] as const

/** Plays at least so many orders, to the last one: no limit of time ends it early. */
export async function propertySuite(t: Test, db: Db, least: number): Promise<void> {
  const { store, play } = await createWorld(db)
  const outcomes = new Map<string, number>()
  let played = 0
  const scenarios = fc.array<Event[][]>(scenario, { minLength: ORDERS_PER_RUN, maxLength: ORDERS_PER_RUN })
  const gaps = fc.array(gap, { minLength: STEPS, maxLength: STEPS })
  const property = fc.asyncProperty(scenarios, gaps, async (each, gaps) => {
    const ids = await play(each, gaps)
    for (const what of await checkOrders(store, ids)) outcomes.set(what, (outcomes.get(what) ?? 0) + 1)
    await checkBooks(store)
    played += ids.length
  })
  const report = await fc.check(property, { numRuns: Math.ceil(least / ORDERS_PER_RUN), endOnFailure: true })
  t.comment(Object.fromEntries(outcomes))
  if (report.failed) return void t.fail(explain(report))
  t.ok(played >= least, `${played} orders were played`)
  for (const what of [...endings, ...causes]) t.ok(outcomes.has(what), `some are ${what}`)
}

/** The cause first, and of forty orders only the one that it is about. */
function explain({
  failed,
  seed,
  counterexamplePath,
  counterexample,
  errorInstance,
}: fc.RunDetails<[Event[][][], Gap[]]>) {
  if (!failed) return 'the money is where it belongs'
  const [scenarios, gaps] = counterexample ?? [[], []]
  const broken = errorInstance instanceof BrokenOrder ? errorInstance : undefined
  const cause = broken?.cause ?? errorInstance
  return [
    cause instanceof Error ? cause.stack : String(cause),
    `played again with: { seed: ${seed}, path: '${counterexamplePath}' }`,
    ...(broken ? [`the order's events: ${JSON.stringify(scenarios[broken.index])}`, broken.message] : []),
    `between them: ${JSON.stringify(gaps)}`,
  ].join('\n')
}
