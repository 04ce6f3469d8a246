/** A store in which everything goes wrong at random: providers, notices, jobs, the database; and which comes to rest in the end. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.ts'
import { users } from '../../db/schema.ts'
import type { PaymentReport } from '../../src/payments/provider.ts'
import { MINUTE_MS } from '../support/business.ts'
import type { FakeProvider, Silence } from '../support/fake-provider.ts'
import { createMemoryJobs } from '../support/memory-jobs.ts'
import { createStore, type Store } from '../support/store.ts'

export const events = {
  starting: ['pay wechat', 'pay alipay'],
  paying: ['payer wechat', 'payer alipay'],
  telling: ['notice', 'notice again', 'late notice'],
  wishing: ['check', 'cancel', 'close', 'refund all', 'refund part', 'refund notice'],
  failing: ['payer pays wrong', 'notice is lost', 'database fails'],
} as const
export type Event = (typeof events)[keyof typeof events][number]

/** What befalls everybody between two steps. */
export type Gap = {
  passMs: number
  silence: Silence
  refundsWait: boolean
  refundFails: string
  runJobs: boolean
  jobsAreLost: boolean
}

type Case = { userId: string; orderId: string; reports: PaymentReport[]; told: PaymentReport[] }

const calm: Gap = {
  passMs: 0,
  silence: undefined,
  refundsWait: false,
  refundFails: '',
  runJobs: true,
  jobsAreLost: false,
}

export async function createWorld(db: Db) {
  const mortal = mortalDatabase(db)
  const store = await createStore(mortal.db)
  const jobs = createMemoryJobs(store.now)
  Object.assign(store.deps, { jobs })
  await store.orders.work()
  const operator = await store.person('operator')
  const course = await store.course(10_000)

  async function open(): Promise<Case> {
    const row = { username: randomUUID(), displayName: 'B', passwordHash: '-', createdAt: 1 }
    const [user] = await db.insert(users).values(row).returning()
    const { id: orderId } = await store.order(user!, course.id)
    return { userId: user!.id, orderId, reports: [], told: [] }
  }

  const act = (each: Case, what: Event) => actions({ store, operator, jobs, die: mortal.dieOnce, each })[what]()

  function befall({ silence, refundsWait, refundFails }: Gap): void {
    for (const { faults } of [store.wechat, store.alipay]) Object.assign(faults, { silence, refundsWait, refundFails })
  }

  /** Everything works again, and time passes until nothing waits any more. */
  async function comeToRest(cases: Case[]): Promise<void> {
    befall(calm)
    await endRefunds(store)
    for (const minutes of [1, 45, 26 * 60, 26 * 60, 26 * 60]) {
      store.pass(minutes * MINUTE_MS)
      await store.sweep()
      await jobs.runDue()
      for (const { orderId } of cases)
        for (const { id, status } of await store.refundsOf(orderId))
          if (status === 'failed') await store.orders.operator.retry(operator, id).catch(() => {})
    }
  }

  return {
    store,
    /** Plays one scenario for each order, all of them at once, step by step. */
    async play(scenarios: Event[][][], gaps: Gap[]): Promise<string[]> {
      befall(calm)
      const cases = await Promise.all(scenarios.map(open))
      for (const [index, gap] of gaps.entries()) {
        befall(gap)
        const now = cases.flatMap((each, number) => (scenarios[number]![index] ?? []).map((what) => act(each, what)))
        await Promise.allSettled(now)
        store.pass(gap.passMs)
        if (gap.jobsAreLost) jobs.forget()
        if (gap.runJobs) await jobs.runDue()
      }
      await comeToRest(cases)
      return cases.map(({ orderId }) => orderId)
    },
  }
}

type Acting = {
  store: Store
  operator: { id: string }
  jobs: ReturnType<typeof createMemoryJobs>
  die: () => void
  each: Case
}

function actions({ store, operator, jobs, die, each }: Acting): Record<Event, () => Promise<unknown>> {
  const { orders, wechat, alipay } = store
  const { userId, orderId, reports, told } = each
  const buyer = { id: userId, ip: '203.0.113.9' }
  const pay = async (fake: FakeProvider, change: Partial<PaymentReport> = {}) => {
    const attempts = await store.attempts(orderId)
    const attempt = attempts.findLast(({ provider }) => provider === fake.provider.name)
    const report = attempt && fake.pay(attempt.outTradeNo, change)
    if (report) reports.push(report)
  }
  const tell = async (report: PaymentReport | undefined) => {
    if (!report) return
    told.push(report)
    await orders.settle(report)
  }
  const back = (amountFen: number) => orders.operator.refund(operator, orderId, { amountFen, reason: 'x' })
  return {
    'pay wechat': () => orders.pay(buyer, orderId, 'wechat_native'),
    'pay alipay': () => orders.pay(buyer, orderId, 'alipay_qr'),
    'payer wechat': () => pay(wechat),
    'payer alipay': () => pay(alipay),
    'payer pays wrong': () => pay(wechat, { paidFen: 1 }),
    notice: () => tell(reports.pop()),
    'late notice': () => tell(reports.shift()),
    'notice again': () => tell(told.at(-1)),
    'notice is lost': async () => reports.pop(),
    check: () => orders.check(buyer, orderId),
    cancel: () => orders.cancel(buyer, orderId),
    close: () => jobs.add('orders.close', { orderId }),
    'refund all': () => back(10_000),
    'refund part': () => back(3_000),
    'refund notice': () => endRefunds(store),
    'database fails': async () => {
      die()
      await tell(reports.at(-1))
    },
  }
}

async function endRefunds({ wechat, alipay, orders }: Store): Promise<void> {
  for (const fake of [wechat, alipay])
    for (const [outRefundNo, { status }] of fake.refunds)
      if (status === 'processing') await orders.refundReported(fake.end(outRefundNo, 'succeeded'))
}

/** A database that can be told to die just before its next commit. */
function mortalDatabase(db: Db) {
  let dying = 0
  const transaction: Db['transaction'] = (body, ...rest) =>
    db.transaction(
      async (tx) => {
        const result = await body(tx)
        if (dying === 0) return result
        dying--
        throw new Error('died before the commit')
      },
      ...rest,
    )
  const get = (target: Db, key: string | symbol) => {
    const value: unknown = key === 'transaction' ? transaction : Reflect.get(target, key)
    return typeof value === 'function' ? value.bind(target) : value
  }
  return { db: new Proxy(db, { get }), dieOnce: () => void dying++ }
}
