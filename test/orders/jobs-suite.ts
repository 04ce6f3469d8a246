/** The orders' background work on the real queue; run on PGlite and on PostgreSQL. */
import { pgSchema, text } from 'drizzle-orm/pg-core'
import type { Test } from 'tap'
import type { Database } from '../../db/client.ts'
import { reconciliations } from '../../db/schema.ts'
import { createJobs } from '../../src/adapters/pg-boss-jobs.ts'
import { beijingDay, DAY_MS } from '../../src/payments/money.ts'
import { createPayments } from '../../src/payments/service.ts'
import { MINUTE_MS, runningClock } from '../support/business.ts'
import { untilItWorks } from '../support/processes.ts'
import { silentLog } from '../support/silent-log.ts'
import { createStore } from '../support/store.ts'

const schedule = pgSchema('pgboss').table('schedule', { name: text(), cron: text(), timezone: text() })

export async function jobsSuite(t: Test, { db, driver }: Database) {
  const jobs = await createJobs({ driver }, silentLog, 0.5)
  t.teardown(() => jobs.close())
  const clock = runningClock()
  const store = await createStore(db, { jobs }, clock)
  const { orders, wechat } = store
  const { log, now, providers } = store.deps
  const payments = createPayments({ db, jobs, log, now, providers, settlement: orders })
  await payments.work()

  const until = (orderId: string, status: string) =>
    untilItWorks(async () => {
      const row = await store.row(orderId)
      if (row.status !== status) throw new Error(`it is ${row.status}`)
    })
  async function checkout() {
    const buyer = await store.person()
    const order = await store.order(buyer, (await store.course()).id)
    await orders.pay({ id: buyer.id, ip: '' }, order.id, 'wechat_native')
    return { buyer, order, no: (await store.attempts(order.id))[0]!.outTradeNo }
  }
  /** The queue goes by the machine's clock: what is to be due soon was begun when ours was still behind. */
  async function begunBefore<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
    clock.pass(-milliseconds)
    const done = await work()
    clock.pass(milliseconds)
    return done
  }

  t.test('an order whose time is over is closed, after its provider was asked and told', async (t) => {
    const unpaid = await begunBefore(30 * MINUTE_MS - 500, checkout)
    await until(unpaid.order.id, 'closed')
    const calls = wechat.calls.filter((call) => call.endsWith(unpaid.no))
    t.strictSame(
      calls.slice(-3),
      ['query', 'close', 'query'].map((word) => `${word} ${unpaid.no}`),
    )
    t.equal(wechat.trades.get(unpaid.no)!.status, 'closed')
  })

  t.test('a payment that nobody told of is found half a minute after it began', async (t) => {
    const paid = await begunBefore(29_500, checkout)
    wechat.pay(paid.no)
    await until(paid.order.id, 'paid')
    t.equal((await store.rights(paid.buyer.id)).length, 1)
  })

  t.test('a refund is sent again until it arrives, under the same number', async (t) => {
    const { order, no } = await checkout()
    await orders.settle(wechat.pay(no)!)
    const { refund } = wechat.provider
    let sent = 0
    wechat.provider.refund = async (wish) => {
      // A fault of ours, which the queue itself tries again.
      if (sent++ === 0) throw new Error('something broke')
      return refund(wish)
    }
    t.teardown(() => Object.assign(wechat.provider, { refund }))
    const operator = await store.person('operator')
    const { outRefundNo } = await orders.operator.refund(operator, order.id, { amountFen: 19_900, reason: 'sorry' })
    await until(order.id, 'refunded')
    t.equal(sent, 2)
    t.equal(wechat.calls.filter((call) => call === `refund ${outRefundNo}`).length, 1)
  })

  t.test('a refund that the provider falls silent about comes round again', async (t) => {
    const { order, no } = await checkout()
    await orders.settle(wechat.pay(no)!)
    wechat.faults.silence = 'after'
    t.teardown(() => Object.assign(wechat.faults, { silence: undefined }))
    const operator = await store.person('operator')
    clock.pass(-29_000)
    const { outRefundNo } = await orders.operator.refund(operator, order.id, { amountFen: 19_900, reason: 'sorry' })
    await untilItWorks(async () => {
      const [row] = await store.refundsOf(order.id)
      if (row!.queryTries === 0) throw new Error('it was not sent yet')
    })
    clock.pass(29_000)
    t.match(await store.row(order.id), { status: 'refunding' })
    wechat.faults.silence = undefined
    await until(order.id, 'refunded')
    t.equal([...wechat.refunds.keys()].filter((number) => number === outRefundNo).length, 1)
  })

  t.test('bills are compared every morning in Beijing, and each day once', async (t) => {
    const rows = await db.select().from(schedule)
    t.match(
      rows.find(({ name }) => name === 'payments.daily'),
      { cron: '30 10 * * *', timezone: 'Asia/Shanghai' },
    )
    t.match(
      rows.find(({ name }) => name === 'orders.sweep'),
      { cron: '*/5 * * * *' },
    )
    const yesterday = beijingDay(now() - DAY_MS)
    const earlier = [2, 3, 4, 5, 6, 7].map((ago) => beijingDay(now() - ago * DAY_MS))
    const done = { status: 'matched' as const, finishedAt: now() }
    for (const billDate of earlier)
      await db.insert(reconciliations).values([
        { provider: 'wechat', billDate, ...done },
        { provider: 'alipay', billDate, ...done },
      ])
    const comparedBoth = async () => {
      const found = (await db.select().from(reconciliations)).filter(({ billDate }) => billDate === yesterday)
      if (found.length < 2) throw new Error(`${found.length} are compared`)
      return found
    }
    await jobs.add('payments.daily', {}, { key: 'a test' })
    await untilItWorks(async () => void (await comparedBoth()))
    t.strictSame(
      (await comparedBoth()).map(({ status }) => status),
      ['matched', 'matched'],
    )
  })
}
