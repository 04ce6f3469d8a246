/** Refunds, from the wish to the money; run on PGlite and on PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { auditEvents, orders as ordersTable } from '../../db/schema.ts'
import { MINUTE_MS } from '../support/business.ts'
import { SECOND_PERSON_FEN, type Store } from '../support/store.ts'

export async function refundSuite(t: Test, store: Store) {
  const { db, orders, wechat } = store
  const { operator: desk } = orders
  const operator = await store.person('operator')
  t.afterEach(() => Object.assign(wechat.faults, { silence: undefined, refundsWait: false, refundFails: '' }))

  const bought = async (priceFen = 19_900, given?: { id: string; courseId: string }) => {
    const buyer = given ?? (await store.person())
    const courseId = given?.courseId ?? (await store.course(priceFen)).id
    const order = await store.order(buyer, courseId)
    await orders.pay({ id: buyer.id, ip: '' }, order.id, 'wechat_native')
    const [attempt] = await store.attempts(order.id)
    await orders.settle(wechat.pay(attempt!.outTradeNo)!)
    return { buyer, courseId, order }
  }
  const asked = async (priceFen?: number) => {
    const sold = await bought(priceFen)
    await orders.requestRefund(sold.buyer, sold.order.id, { reason: 'too hard' })
    const [refund] = await store.refundsOf(sold.order.id)
    return { ...sold, refund: refund! }
  }
  const give = async (orderId: string, amountFen: number) => {
    const refund = await desk.refund(operator, orderId, { amountFen, reason: 'sorry' })
    await store.jobs.runDue()
    return refund
  }

  t.test('a wish waits for an operator, and takes nothing away', async (t) => {
    const { buyer, order } = await asked()
    t.match(await orders.get(buyer, order.id), {
      status: 'refunding',
      refund: { status: 'requested', amountFen: 19_900, reason: 'too hard' },
    })
    t.equal((await store.rights(buyer.id)).length, 1)
    t.match((await desk.refunds({ filter: 'waiting' })).refunds[0], { orderId: order.id, cause: 'requested' })
  })

  t.test('approved, it goes back whole and the right ends', async (t) => {
    const { buyer, order, refund } = await asked()
    await desk.approve(operator, refund.id, { answer: 'of course' })
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), {
      status: 'refunded',
      refundedFen: 19_900,
      refund: { status: 'succeeded', answer: 'of course' },
    })
    t.equal((await store.rights(buyer.id)).length, 0)
    const audit = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, refund.id))
    t.match(audit, [{ actorId: operator.id, action: 'refundApproved' }])
  })

  t.test('rejected, the order is what it was, and the buyer reads why', async (t) => {
    const { buyer, order, refund } = await asked()
    await desk.reject(operator, refund.id, 'you have watched all of it')
    t.match(await orders.get(buyer, order.id), {
      status: 'paid',
      refund: { status: 'rejected', answer: 'you have watched all of it' },
    })
    await t.rejects(desk.approve(operator, refund.id, {}), { code: 'conflict' })
    await t.resolves(orders.requestRefund(buyer, order.id, { reason: 'once more' }), 'it can be asked for again')
  })

  t.test('an operator may give back less than was asked for', async (t) => {
    const { buyer, order, refund } = await asked()
    await desk.approve(operator, refund.id, { amountFen: 5_000 })
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'partially_refunded', refundedFen: 5_000 })
    t.equal((await store.rights(buyer.id)).length, 1)
  })

  t.test('above the limit another person has to agree', async (t) => {
    const { buyer, order, refund } = await asked(SECOND_PERSON_FEN + 1)
    await desk.approve(operator, refund.id, {})
    await store.jobs.runDue()
    t.match(await store.refundsOf(order.id), [{ status: 'approving' }])
    await t.rejects(desk.second(operator, refund.id), { code: 'forbidden' })
    await desk.second(await store.person('admin'), refund.id)
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'refunded' })
  })

  t.test('who asked for a refund above the limit, or bought the order, is not the other person', async (t) => {
    const { order } = await bought(SECOND_PERSON_FEN + 1)
    const refund = await desk.refund(operator, order.id, { amountFen: SECOND_PERSON_FEN + 1, reason: 'sorry' })
    t.equal(refund.status, 'approving')
    await t.rejects(desk.second(operator, refund.id), { code: 'forbidden' })
    const buyer = await store.person('operator')
    const courseId = (await store.course(SECOND_PERSON_FEN + 1)).id
    const own = await bought(0, { id: buyer.id, courseId })
    const asked = await desk.refund(operator, own.order.id, { amountFen: SECOND_PERSON_FEN + 1, reason: 'sorry' })
    await t.rejects(desk.second(buyer, asked.id), { code: 'forbidden' })
    t.match(await desk.second(await store.person('admin'), asked.id), { status: 'approved' })
  })

  t.test('an operator decides about no order of their own, however small', async (t) => {
    const buyer = await store.person('operator')
    const courseId = (await store.course(100)).id
    const { order } = await bought(0, { id: buyer.id, courseId })
    await t.rejects(desk.refund(buyer, order.id, { amountFen: 100, reason: 'mine' }), { code: 'forbidden' })
    t.equal((await store.refundsOf(order.id)).length, 0, 'nothing is left of the attempt')
    await orders.requestRefund(buyer, order.id, { reason: 'mine' })
    const [refund] = await store.refundsOf(order.id)
    await t.rejects(desk.approve(buyer, refund!.id, {}), { code: 'forbidden' })
    t.match(await desk.approve(operator, refund!.id, {}), { status: 'approved' })
  })

  t.test('up to the limit one person is enough, and a second is not asked for', async (t) => {
    const { refund } = await asked(SECOND_PERSON_FEN)
    t.match(await desk.approve(operator, refund.id, {}), { status: 'approved' })
    await t.rejects(desk.second(await store.person('operator'), refund.id), { code: 'conflict' })
  })

  t.test('parts that together pass the limit need the other person too', async (t) => {
    const { order } = await bought(2 * SECOND_PERSON_FEN)
    await give(order.id, SECOND_PERSON_FEN)
    await give(order.id, 1)
    const all = await store.refundsOf(order.id)
    t.same(all.map(({ status }) => status).sort(), ['approving', 'succeeded'])
  })

  t.test('parts add up to the whole, and not a fen more', async (t) => {
    const { buyer, order } = await bought(10_000)
    await give(order.id, 4_000)
    t.match(await orders.get(buyer, order.id), { status: 'partially_refunded', refundedFen: 4_000 })
    await t.rejects(give(order.id, 6_001), { code: 'not_refundable' })
    await give(order.id, 6_000)
    t.match(await orders.get(buyer, order.id), { status: 'refunded', refundedFen: 10_000 })
    await t.rejects(give(order.id, 1), { code: 'not_refundable' })
    t.equal((await store.rights(buyer.id)).length, 0)
  })

  t.test('of two refunds of one order at the same moment, one is taken', async (t) => {
    const { order } = await bought(10_000)
    const both = await Promise.allSettled([
      desk.refund(operator, order.id, { amountFen: 6_000, reason: 'a' }),
      desk.refund(operator, order.id, { amountFen: 6_000, reason: 'b' }),
    ])
    t.strictSame(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    await store.jobs.runDue()
    t.match(await store.row(order.id), { status: 'partially_refunded', refundedFen: 6_000 })
  })

  t.test('the same key asks once', async (t) => {
    const { buyer, order } = await bought()
    const key = randomUUID()
    await Promise.all([1, 2, 3].map(() => orders.requestRefund(buyer, order.id, { reason: 'x' }, key)))
    t.equal((await store.refundsOf(order.id)).length, 1)
    await t.rejects(orders.requestRefund(buyer, order.id, { reason: 'x' }, randomUUID()), { code: 'not_refundable' })
  })

  t.test('an unpaid or a free order has nothing to give back', async (t) => {
    const buyer = await store.person()
    const unpaid = await store.order(buyer, (await store.course()).id)
    await t.rejects(orders.requestRefund(buyer, unpaid.id, { reason: 'x' }), { code: 'not_refundable' })
    const free = await store.order(buyer, (await store.course(0)).id)
    await t.rejects(orders.requestRefund(buyer, free.id, { reason: 'x' }), { code: 'not_refundable' })
    await give(free.id, 0)
    t.match(await orders.get(buyer, free.id), { status: 'refunded' })
    t.equal((await store.rights(buyer.id)).length, 0, 'an operator takes the right back')
  })

  t.test('while the provider is silent it is asked again under the same number', async (t) => {
    const { order } = await bought()
    wechat.faults.silence = 'after'
    const { outRefundNo } = await give(order.id, 19_900)
    t.match(await store.row(order.id), { status: 'refunding' })
    store.pass(MINUTE_MS)
    await store.jobs.runDue()
    wechat.faults.silence = undefined
    store.pass(5 * MINUTE_MS)
    await store.jobs.runDue()
    t.match(await store.row(order.id), { status: 'refunded' })
    const sent = wechat.calls.filter((call) => call === `refund ${outRefundNo}`).length
    t.ok(sent > 1, `sent ${sent} times`)
    t.equal([...wechat.refunds.keys()].filter((number) => number === outRefundNo).length, 1)
  })

  t.test('one that takes its time is followed', async (t) => {
    const { order } = await bought()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await give(order.id, 19_900)
    t.match(await store.refundsOf(order.id), [{ status: 'processing' }])
    wechat.end(outRefundNo, 'succeeded')
    store.pass(2 * MINUTE_MS)
    await store.jobs.runDue()
    t.match(await store.row(order.id), { status: 'refunded' })
  })

  t.test('one that the payer’s bank refuses needs a person, and may still succeed', async (t) => {
    const { order } = await bought()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await give(order.id, 19_900)
    const alarmsBefore = store.alarms.length
    await orders.refundReported(wechat.end(outRefundNo, 'abnormal'))
    t.match(await store.refundsOf(order.id), [{ status: 'abnormal' }])
    t.match(await store.row(order.id), { status: 'refunding' })
    t.equal(store.alarms.length, alarmsBefore + 1)
    await orders.refundReported(wechat.end(outRefundNo, 'succeeded'))
    t.match(await store.row(order.id), { status: 'refunded' })
  })

  t.test('one that failed leaves the order paid, and is tried again under the same number', async (t) => {
    const { buyer, order } = await bought()
    wechat.faults.refundFails = 'USER_ACCOUNT_ABNORMAL'
    const { id, outRefundNo } = await give(order.id, 5_000)
    t.match(await store.refundsOf(order.id), [{ status: 'failed', failure: 'USER_ACCOUNT_ABNORMAL' }])
    t.match(await store.row(order.id), { status: 'paid' })
    t.equal((await store.rights(buyer.id)).length, 1)
    wechat.faults.refundFails = ''
    await desk.retry(operator, id)
    await store.jobs.runDue()
    t.match(await store.refundsOf(order.id), [{ outRefundNo, status: 'succeeded', failure: null }])
    t.match(await store.row(order.id), { status: 'partially_refunded' })
  })

  t.test('one that failed after an earlier part leaves the part', async (t) => {
    const { order } = await bought(10_000)
    await give(order.id, 1_000)
    wechat.faults.refundFails = 'NO'
    await give(order.id, 2_000)
    t.match(await store.row(order.id), { status: 'partially_refunded', refundedFen: 1_000 })
  })

  t.test('without enough money at the provider it waits, and goes when there is', async (t) => {
    const { order } = await bought()
    wechat.faults.refundFails = 'NOT_ENOUGH'
    await give(order.id, 19_900)
    t.match(await store.refundsOf(order.id), [{ status: 'approved', failure: 'NOT_ENOUGH' }])
    wechat.faults.refundFails = ''
    store.pass(MINUTE_MS)
    await store.jobs.runDue()
    t.match(await store.row(order.id), { status: 'refunded' })
  })

  t.test('a word of success after one of failure still counts', async (t) => {
    const { order } = await bought()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await give(order.id, 19_900)
    await orders.refundReported(wechat.end(outRefundNo, 'failed'))
    t.match(await store.row(order.id), { status: 'paid' })
    await orders.refundReported(wechat.end(outRefundNo, 'succeeded'))
    t.match(await store.row(order.id), { status: 'refunded' })
  })

  t.test('a refund that nobody asked for here, or of another amount, is an alarm', async (t) => {
    const { order } = await bought()
    wechat.faults.refundsWait = true
    const { outRefundNo } = await give(order.id, 19_900)
    const report = wechat.end(outRefundNo, 'succeeded')
    t.equal(await orders.refundReported({ ...report, amountFen: 1, eventKey: randomUUID() }), 'amount_mismatch')
    t.equal(await orders.refundReported({ ...report, outRefundNo: 'R-unknown', eventKey: randomUUID() }), 'orphan')
    t.match(await store.row(order.id), { status: 'refunding' })
    const { alarms } = await store.payments.alarms({ filter: 'open' })
    t.strictSame(alarms.filter(({ outTradeNo }) => outTradeNo === report.outTradeNo).length, 2)
    await store.payments.seeAlarm(operator, alarms[0]!.id)
    t.equal((await store.payments.alarms({ filter: 'open' })).alarms.length, alarms.length - 1)
  })

  t.test('the right passes to another paid order for the same course', async (t) => {
    const { buyer, courseId, order: first } = await bought()
    // Made while the first was still open elsewhere: the database allows it once that one is paid.
    const [second] = await db
      .insert(ordersTable)
      .values({
        ...(await store.row(first.id)),
        id: randomUUID(),
        orderNo: randomUUID(),
        status: 'pending',
        paidAt: null,
        paidAttemptId: null,
      })
      .returning()
    await orders.pay({ id: buyer.id, ip: '' }, second!.id, 'wechat_native')
    const [attempt] = await store.attempts(second!.id)
    t.equal(await orders.settle(wechat.pay(attempt!.outTradeNo)!), 'paid')
    await give(first.id, 19_900)
    t.match(await store.rights(buyer.id), [{ courseId, orderId: second!.id }])
    await give(second!.id, 19_900)
    t.equal((await store.rights(buyer.id)).length, 0)
  })

  t.test('refunding a second order of the same course leaves the right of the first', async (t) => {
    const { buyer, order: first } = await bought()
    const [second] = await db
      .insert(ordersTable)
      .values({
        ...(await store.row(first.id)),
        id: randomUUID(),
        orderNo: randomUUID(),
        status: 'pending',
        paidAt: null,
        paidAttemptId: null,
      })
      .returning()
    await orders.pay({ id: buyer.id, ip: '' }, second!.id, 'wechat_native')
    const [attempt] = await store.attempts(second!.id)
    await orders.settle(wechat.pay(attempt!.outTradeNo)!)
    await give(second!.id, 19_900)
    t.match(await store.rights(buyer.id), [{ orderId: first.id }])
  })

  t.test('cancelling an unpaid order leaves the right of a paid one', async (t) => {
    const buyer = await store.person()
    const timed = await store.course(100, { accessDays: 10 })
    const paid = await bought(100, { id: buyer.id, courseId: timed.id })
    const again = await store.order(buyer, timed.id)
    await orders.cancel(buyer, again.id)
    t.ok((await store.rights(buyer.id)).some(({ orderId }) => orderId === paid.order.id))
  })
}
