/** A store in which everything goes wrong at random: providers, notices, jobs, the database; and which comes to rest in the end. */
import { randomUUID } from 'node:crypto'
import { and, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { refunds, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { PaymentReport } from '../../src/payments/provider.ts'
import { MINUTE_MS } from '../support/business.ts'
import type { FakeProvider, Silence } from '../support/fake-provider.ts'
import { createMemoryJobs } from '../support/memory-jobs.ts'
import { createStore, type Store } from '../support/store.ts'

export const events = {
  starting: ['pay wechat', 'pay alipay'],
  paying: ['payer wechat', 'payer alipay', 'late payer'],
  telling: ['notice', 'notice again', 'late notice'],
  wishing: ['check', 'cancel', 'close', 'ask back', 'refuse', 'refund all', 'refund part', 'refund notice'],
  failing: ['payer pays wrong', 'notice is lost', 'database fails'],
} as const
export type Event = (typeof events)[keyof typeof events][number]

/** What befalls everybody between two steps. */
export type Gap = {
  passMs: number
  silence: Silence
  deadly: boolean
  refundsWait: boolean
  refundFails: string
  runJobs: boolean
  jobsAreLost: boolean
}

type Case = { userId: string; orderId: string; reports: PaymentReport[]; told: PaymentReport[] }

const calm: Gap = {
  passMs: 0,
  silence: undefined,
  deadly: false,
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

  function befall({ silence, deadly, refundsWait, refundFails }: Gap): void {
    const faults = { silence, deadly, refundsWait, refundFails }
    for (const fake of [store.wechat, store.alipay]) Object.assign(fake.faults, faults)
  }

  function calmDown(): void {
    befall(calm)
    mortal.live()
  }

  /** Everything works again, operators decide, and time passes until nothing waits any more. */
  async function comeToRest(ids: string[]): Promise<void> {
    calmDown()
    await endRefunds(store)
    for (const minutes of [1, 45, 26 * 60, 26 * 60]) {
      store.pass(minutes * MINUTE_MS)
      await store.sweep()
      await jobs.runDue()
      const waiting = await db
        .select()
        .from(refunds)
        .where(and(inArray(refunds.orderId, ids), inArray(refunds.status, ['requested', 'failed'])))
      for (const { id, status } of waiting)
        if (status === 'requested') await store.orders.operator.approve(operator, id, {})
        else await store.orders.operator.retry(operator, id).catch(passOver)
    }
    await jobs.runDue()
  }

  return {
    store,
    /** Plays one scenario for each order, all of them at once, step by step. */
    async play(scenarios: Event[][][], gaps: Gap[]): Promise<string[]> {
      calmDown()
      const cases = await Promise.all(scenarios.map(open))
      for (const [index, gap] of gaps.entries()) {
        befall(gap)
        const now = cases.flatMap((each, number) => (scenarios[number]![index] ?? []).map((what) => act(each, what)))
        await Promise.allSettled(now)
        store.pass(gap.passMs)
        if (gap.jobsAreLost) jobs.forget()
        if (gap.runJobs) await jobs.runDue()
      }
      const ids = cases.map(({ orderId }) => orderId)
      await comeToRest(ids)
      return ids
    },
  }
}

/** A refund that cannot be tried again because its order has no such money any more. */
function passOver(error: unknown): void {
  if (!(error instanceof AppError && error.code === 'not_refundable')) throw error
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
  const attemptAt = async (fake: FakeProvider) =>
    (await store.attempts(orderId)).findLast(({ provider }) => provider === fake.provider.name)
  /** A provider that said that nobody can pay any more takes the money after all. */
  const payLate = async () => {
    const trade = alipay.trades.get((await attemptAt(alipay))?.outTradeNo ?? '')
    if (trade?.status === 'closed') trade.status = 'unpaid'
    await pay(alipay)
  }
  const pay = async (fake: FakeProvider, change: Partial<PaymentReport> = {}) => {
    const attempt = await attemptAt(fake)
    const report = attempt && fake.pay(attempt.outTradeNo, change)
    if (report) reports.push(report)
  }
  const tell = async (report: PaymentReport | undefined) => {
    if (!report) return
    told.push(report)
    await orders.settle(report)
  }
  const refuse = async () => {
    for (const { id, status } of await store.refundsOf(orderId))
      if (status === 'requested') await orders.operator.reject(operator, id, 'no')
  }
  const back = (amountFen: number) => orders.operator.refund(operator, orderId, { amountFen, reason: 'x' })
  return {
    'pay wechat': () => orders.pay(buyer, orderId, 'wechat_native'),
    'pay alipay': () => orders.pay(buyer, orderId, 'alipay_qr'),
    'payer wechat': () => pay(wechat),
    'payer alipay': () => pay(alipay),
    'late payer': payLate,
    'payer pays wrong': () => pay(wechat, { paidFen: 1 }),
    notice: () => tell(reports.pop()),
    'late notice': () => tell(reports.shift()),
    'notice again': () => tell(told.at(-1)),
    'notice is lost': async () => reports.pop(),
    check: () => orders.check(buyer, orderId),
    cancel: () => orders.cancel(buyer, orderId),
    close: () => jobs.add('orders.close', { orderId }),
    'ask back': () => orders.requestRefund(buyer, orderId, { reason: 'x' }),
    refuse,
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
  const dieOnce = () => {
    dying++
  }
  const live = () => {
    dying = 0
  }
  return { db: new Proxy(db, { get }), dieOnce, live }
}
