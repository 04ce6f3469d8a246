/** What may differ between a bill and the books, and the work of every morning. */
import type { Test } from 'tap'
import { providerEvents, reconciliations } from '../../../db/schema.ts'
import { beijingDay, DAY_MS } from '../../../src/payments/money.ts'
import type { Store } from '../../support/store.ts'

const HOUR_MS = 60 * 60_000

export async function books(t: Test, store: Store) {
  const { db, orders, payments, wechat, alipay } = store
  const operator = await store.person('operator')
  t.afterEach(() => Object.assign(wechat.faults, { silence: undefined }))
  /** Each test has days of its own. */
  t.beforeEach(() => store.pass(10 * DAY_MS))

  async function sold({ told = true } = {}) {
    const buyer = await store.person()
    const order = await store.order(buyer, (await store.course()).id)
    await orders.pay({ id: buyer.id, ip: '' }, order.id, 'wechat_native')
    const no = (await store.attempts(order.id))[0]!.outTradeNo
    const report = wechat.pay(no)!
    if (told) await orders.settle(report)
    return { buyer, order, no }
  }
  const nextDay = () => {
    const day = beijingDay(store.now())
    store.pass(DAY_MS)
    return day
  }
  const open = async () => (await payments.differences({ filter: 'open' })).differences

  t.test('a payment just after midnight in Beijing belongs to the new day', async (t) => {
    // It is four in the afternoon there.
    store.pass(8.5 * HOUR_MS)
    await sold()
    t.match(await payments.reconcile('wechat', nextDay()), { status: 'matched', lines: 1, oursFen: 19_900 })
    store.pass(-8.5 * HOUR_MS)
  })

  t.test('another transaction under a number that is paid is for a person, and nothing is settled', async (t) => {
    const { no, order } = await sold()
    const before = await db.$count(providerEvents)
    wechat.trades.get(no)!.txn = 'another'
    t.match(await payments.reconcile('wechat', nextDay()), { status: 'differs' })
    t.match(await open(), [{ kind: 'missing_here', number: no, providerTxn: 'another', resolvedAt: null }])
    t.equal(await db.$count(providerEvents), before)
    t.match(await store.row(order.id), { status: 'paid' })
    await payments.resolve(operator, (await open())[0]!.id, 'asked WeChat Pay')
  })

  t.test('a payment of another amount than the order’s waits for a person, as by any other way', async (t) => {
    const { no, order } = await sold({ told: false })
    wechat.trades.get(no)!.amountFen = 1
    await payments.reconcile('wechat', nextDay())
    t.match(await store.row(order.id), { status: 'paying' })
    t.match(await store.refundsOf(order.id), [{ cause: 'amount_mismatch', status: 'requested', amountFen: 1 }])
  })

  t.test('a refund of another amount is for a person, and one of nobody, too', async (t) => {
    const { order, no } = await sold()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await orders.operator.refund(operator, order.id, { amountFen: 5_000, reason: 'sorry' })
    await store.jobs.runDue()
    wechat.end(outRefundNo, 'succeeded')
    wechat.refunds.get(outRefundNo)!.order.amountFen = 4_000
    const stray = { outTradeNo: no, outRefundNo: `R${'0'.repeat(24)}`, amountFen: 7, paidFen: 19_900, reason: '' }
    wechat.refunds.set(stray.outRefundNo, { order: stray, status: 'succeeded', at: store.now() })
    t.match(await payments.reconcile('wechat', nextDay()), { status: 'differs', openDifferences: 2 })
    const differences = await open()
    t.match(
      differences.find(({ number }) => number === outRefundNo),
      { kind: 'amount_differs', about: 'refund', oursFen: 5_000, theirsFen: 4_000 },
    )
    t.match(
      differences.find(({ number }) => number === stray.outRefundNo),
      { kind: 'unknown_order', about: 'refund', theirsFen: 7 },
    )
    t.match(await store.row(order.id), { status: 'refunding' })
  })

  t.test('no bill, though there were payments, is no day without', async (t) => {
    await sold()
    const { bill } = wechat.provider
    wechat.provider.bill = async () => []
    t.teardown(() => Object.assign(wechat.provider, { bill }))
    await t.rejects(payments.reconcile('wechat', nextDay()), /there is no bill, but there were payments/)
  })

  t.test('every morning compares yesterday and what could not be compared before, each once', async (t) => {
    await store.jobs.forget()
    const morning = async () => {
      await store.jobs.add('payments.daily', {}, { key: 'daily' })
      await store.jobs.runDue()
    }
    const asked = () => [...wechat.calls, ...alipay.calls].filter((call) => call.startsWith('bill ')).length
    await sold()
    const day = nextDay()
    await morning()
    const first = asked()
    const kept = await db.$count(reconciliations)
    await morning()
    t.equal(asked(), first, 'a day that was compared is not asked for again')
    t.equal(await db.$count(reconciliations), kept)

    wechat.faults.silence = 'before'
    const silent = nextDay()
    await morning()
    const statusOf = async (billDate: string) => {
      const { reconciliations } = await payments.reconciliations({})
      return reconciliations.find((each) => each.provider === 'wechat' && each.billDate === billDate)?.status
    }
    t.equal(await statusOf(silent), 'failed')
    t.equal(await statusOf(day), 'matched')
    wechat.faults.silence = undefined
    await store.jobs.forget()
    const last = nextDay()
    await morning()
    t.equal(await statusOf(silent), 'matched')
    t.equal(await statusOf(last), 'matched')
  })
}
