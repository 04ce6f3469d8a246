/** Rules of money that one line of code each keeps; run on PGlite and on PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { entitlements, orders as ordersTable } from '../../db/schema.ts'
import { closeJob } from '../../src/orders/jobs.ts'
import { move } from '../../src/orders/order.ts'
import type { Channel } from '../../src/payments/schema.ts'
import { MINUTE_MS } from '../support/business.ts'
import { agreement, type Store } from '../support/store.ts'

const BOTH = ['wechat_native', 'alipay_qr'] as const

export async function settleRulesSuite(t: Test, store: Store) {
  const { db, orders, wechat, alipay, balance } = store
  const desk = orders.operator
  const operator = await store.person('operator')
  t.afterEach(() => Object.assign(wechat.faults, { silence: undefined, refundsWait: false, refundFails: '' }))

  /** An order with an attempt by each channel, none of them paid. */
  async function offered(channels: readonly Channel[] = ['wechat_native'], priceFen = 19_900) {
    const buyer = await store.person()
    const course = await store.course(priceFen)
    const order = await store.order(buyer, course.id)
    for (const channel of channels) await orders.pay({ id: buyer.id, ip: '' }, order.id, channel)
    const numbers = (await store.attempts(order.id)).map(({ outTradeNo }) => outTradeNo)
    return { buyer, course, order, no: numbers[0]!, numbers }
  }
  async function bought(priceFen = 10_000) {
    const sold = await offered(['wechat_native'], priceFen)
    await orders.settle(wechat.pay(sold.no)!)
    return sold
  }
  const give = (orderId: string, amountFen: number) => desk.refund(operator, orderId, { amountFen, reason: 'sorry' })

  t.test('a fen too much is as wrong as a fen too little', async (t) => {
    for (const paidFen of [19_899, 19_901]) {
      const { buyer, order, no } = await offered()
      t.equal(await orders.settle(wechat.pay(no, { paidFen })!), 'amount_mismatch')
      t.match(await store.row(order.id), { status: 'paying' })
      t.strictSame(await store.rights(buyer.id), [])
    }
  })

  t.test('the number of one provider says nothing at the other', async (t) => {
    const { order, no } = await offered()
    const report = wechat.pay(no)!
    t.equal(await orders.settle({ ...report, provider: 'alipay' }), 'orphan')
    t.match(await store.row(order.id), { status: 'paying' })
  })

  t.test('money that nobody needs is owed to the payer, and not sold', async (t) => {
    const { numbers } = await offered(BOTH)
    const reports = [wechat.pay(numbers[0]!)!, alipay.pay(numbers[1]!)!]
    await orders.settle(reports[0]!)
    const before = { owed: await balance('liability:to_refund'), sold: await balance('liability:deferred') }
    t.equal(await orders.settle(reports[1]!), 'duplicate_payment')
    t.equal(await balance('liability:to_refund'), before.owed - 19_900)
    t.equal(await balance('liability:deferred'), before.sold)
    await store.jobs.runDue()
    t.equal(await balance('liability:to_refund'), before.owed)
  })

  t.test('of two payments at the same moment both are settled at the first try', async (t) => {
    for (let round = 0; round < 5; round++) {
      const { numbers } = await offered(BOTH)
      const reports = [wechat.pay(numbers[0]!)!, alipay.pay(numbers[1]!)!]
      const outcomes = await Promise.all(reports.map((report) => orders.settle(report)))
      t.strictSame(outcomes.sort(), ['duplicate_payment', 'paid'])
    }
    await store.jobs.runDue()
  })

  t.test('of two refunds at the same moment one is taken, and the other is told why not', async (t) => {
    for (let round = 0; round < 5; round++) {
      const { order } = await bought()
      const both = await Promise.allSettled([give(order.id, 6_000), give(order.id, 6_000)])
      const refused = both.flatMap((result) => (result.status === 'rejected' ? result.reason : []))
      t.match(refused, [{ code: 'not_refundable' }])
      t.equal((await store.refundsOf(order.id)).length, 1)
    }
    await store.jobs.runDue()
  })

  t.test('nobody moves an order that has moved meanwhile', async (t) => {
    const { order } = await offered([])
    const stale = await store.row(order.id)
    const paying = () => move(db, stale, 'paying', { actor: 'a test', cause: 'x', at: store.now() })
    await paying()
    await t.rejects(paying(), /is not pending any more/)
  })

  t.test('a payment that its provider does not close keeps the order open', async (t) => {
    const { buyer, order } = await offered()
    const { close } = wechat.provider
    wechat.provider.close = async () => {}
    t.teardown(() => Object.assign(wechat.provider, { close }))
    await t.rejects(orders.cancel(buyer, order.id), { name: 'OutcomeUnknown' })
    t.match(await store.row(order.id), { status: 'paying' })
  })

  t.test('a job that comes before the order’s time closes nothing', async (t) => {
    const { order } = await offered()
    store.pass(20 * MINUTE_MS)
    await store.jobs.add(closeJob, { orderId: order.id }, { key: randomUUID() })
    await store.jobs.runDue()
    t.match(await store.row(order.id), { status: 'paying' })
  })

  t.test('a coupon of more than the price makes it free, and no less than free', async (t) => {
    const coupon = { code: `C-${randomUUID().slice(0, 8)}`, kind: 'fixed' as const, value: 5_000 }
    await desk.createCoupon(operator, coupon)
    const buyer = await store.person()
    const { id: courseId } = await store.course(100)
    const wish = { courseId, coupon: coupon.code }
    t.match(await orders.quote(buyer, wish), { listFen: 100, discountFen: 100, payableFen: 0 })
    t.match(await store.order(buyer, courseId, coupon.code), { status: 'paid', discountFen: 100, payableFen: 0 })
  })

  t.test('a wrong amount goes back whole', async (t) => {
    const { order, no } = await offered()
    await orders.settle(wechat.pay(no, { paidFen: 500 })!)
    const [refund] = await store.refundsOf(order.id)
    await t.rejects(desk.approve(operator, refund!.id, { amountFen: 1 }), { code: 'bad_request' })
    await desk.approve(operator, refund!.id, {})
    await store.jobs.runDue()
    t.match(await store.refundsOf(order.id), [{ status: 'succeeded', amountFen: 500 }])
    t.match(await store.row(order.id), { status: 'paying', refundedFen: 0 })
  })

  t.test('an operator cannot approve more than is left', async (t) => {
    const { buyer, order } = await bought()
    await give(order.id, 4_000)
    await store.jobs.runDue()
    await orders.requestRefund(buyer, order.id, { reason: 'too hard' })
    const refund = (await store.refundsOf(order.id)).find(({ status }) => status === 'requested')!
    t.equal(refund.amountFen, 6_000)
    await t.rejects(desk.approve(operator, refund.id, { amountFen: 6_001 }), { code: 'not_refundable' })
    await t.resolves(desk.approve(operator, refund.id, { amountFen: 6_000 }))
  })

  t.test('the word that a refund succeeded is booked once, however often it comes', async (t) => {
    const { order } = await bought()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await give(order.id, 4_000)
    await store.jobs.runDue()
    const before = await balance('asset:wechat')
    const report = wechat.end(outRefundNo, 'succeeded')
    t.equal(await orders.refundReported(report), 'applied')
    for (const eventKey of [report.eventKey, randomUUID()])
      t.equal(await orders.refundReported({ ...report, eventKey }), 'already')
    t.equal(await orders.refundReported({ ...report, status: 'failed', eventKey: randomUUID() }), 'already')
    t.equal(await balance('asset:wechat'), before - 4_000)
    t.match(await store.row(order.id), { status: 'partially_refunded', refundedFen: 4_000 })
  })

  t.test('a refund on its way is asked about, and not sent again', async (t) => {
    const { order } = await bought()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await give(order.id, 10_000)
    for (let round = 0; round < 3; round++) {
      await store.jobs.runDue()
      store.pass(10 * MINUTE_MS)
    }
    const calls = wechat.calls.filter((call) => call.endsWith(outRefundNo))
    t.strictSame(calls.slice(0, 2), [`refund ${outRefundNo}`, `queryRefund ${outRefundNo}`])
    t.equal(calls.filter((call) => call.startsWith('refund ')).length, 1)
  })

  t.test('the refund of one course leaves the others, and of a membership what was a gift', async (t) => {
    const { buyer, order } = await bought()
    const other = await store.course(500)
    const second = await store.order(buyer, other.id)
    await orders.pay({ id: buyer.id, ip: '' }, second.id, 'wechat_native')
    await orders.settle(wechat.pay((await store.attempts(second.id))[0]!.outTradeNo)!)
    await give(order.id, 10_000)
    await store.jobs.runDue()
    t.match(await store.rights(buyer.id), [{ courseId: other.id }])
    t.equal((await store.rights(buyer.id)).length, 1)

    const member = await store.person()
    const plan = await store.plan(9_900)
    const at = store.now()
    await db.insert(entitlements).values({
      userId: member.id,
      planId: plan.id,
      grantedBy: operator.id,
      startsAt: at,
      createdAt: at,
      endsAt: at + 1,
    })
    const bill = await orders.create(member, { planId: plan.id, agreementVersion: agreement.version }, randomUUID())
    await orders.pay({ id: member.id, ip: '' }, bill.id, 'wechat_native')
    await orders.settle(wechat.pay((await store.attempts(bill.id))[0]!.outTradeNo)!)
    t.equal((await store.rights(member.id)).length, 2)
    await give(bill.id, 9_900)
    await store.jobs.runDue()
    t.match(await store.rights(member.id), [{ grantedBy: operator.id, orderId: null }])
    const [row] = await db.select().from(ordersTable).where(eq(ordersTable.id, bill.id))
    t.match(row, { status: 'refunded' })
  })
}
