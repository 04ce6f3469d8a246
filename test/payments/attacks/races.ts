/** What happens at the same moment, or twice. */
import { setTimeout as pause } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { ledgerEntries, orderEvents, orders as ordersTable, paymentAttempts } from '../../../db/schema.ts'
import { createBusinessApp, send } from '../../support/business.ts'
import { untilItWorks } from '../../support/processes.ts'
import { agreement } from '../../support/store.ts'
import type { Scene } from './scene.ts'

const agreementVersion = agreement.version
const ROUNDS = 12

export function races(t: Test, scene: Scene) {
  const { till, control } = scene
  t.afterEach(() => control.reset())

  t.test('16 of two channels paid together one pays, and the other goes back by itself', async (t) => {
    for (let round = 0; round < ROUNDS; round++) {
      const first = await till.checkout('wechat_native')
      const second = await till.pay(first.buyer, first.order.id, 'alipay_qr')
      await Promise.all([control.pay(first.trade), control.pay(second.trade)])
      await control.noticesSettled()
      t.match(await till.row(first.order.id), { status: 'paid' })
      const roles = (await till.attempts(first.order.id)).map(({ role }) => role)
      t.strictSame(roles.sort(), ['settling', 'surplus'])
      t.match(await till.refundsOf(first.order.id), [{ cause: 'duplicate_payment' }])
    }
    await till.jobs.runDue()
    await untilItWorks(async () => {
      const waiting = (await allSurplus(scene)).filter(({ status }) => status !== 'succeeded')
      if (waiting.length > 0) throw new Error(`${waiting.length} refunds are on their way`)
    })
    const toRefund = await till.db.$count(ordersTable, eq(ordersTable.status, 'refunding'))
    t.equal(toRefund, 0, 'no order is touched by it')
  })

  t.test('17 a payment that races the closing is paid, or comes back; never both, never neither', async (t) => {
    const seen = new Set<string>()
    for (let round = 0; round < 2 * ROUNDS; round++) {
      const { buyer, order, trade } = await till.checkout(round % 2 ? 'alipay_qr' : 'wechat_native')
      // From long before the closing to long after it.
      const headStartMs = [-300, -40, -20, -10, 0, 0, 10, 20, 40, 80, 160, 300][round % ROUNDS]!
      const pay = () => pause(Math.max(0, headStartMs)).then(() => control.pay(trade))
      const cancel = () => pause(Math.max(0, -headStartMs)).then(() => till.orders.cancel(buyer, order.id))
      const [paid] = await Promise.allSettled([pay(), cancel()])
      await control.noticesSettled(trade.outTradeNo)
      await till.jobs.runDue()
      await untilItWorks(async () => {
        const waiting = (await till.refundsOf(order.id)).filter(({ status }) => status !== 'succeeded')
        if (waiting.length > 0) throw new Error('a refund is on its way')
      })
      const { status } = await till.row(order.id)
      const back = await till.refundsOf(order.id)
      const open = (await till.rights(buyer.id)).length
      const came = paid.status === 'fulfilled'
      seen.add(`${status} ${came}`)
      if (status === 'paid') t.match({ came, open, back }, { came: true, open: 1, back: [] })
      else if (came)
        t.match(
          { status, open, back },
          { status: 'closed', open: 0, back: [{ cause: 'paid_after_close', status: 'succeeded' }] },
        )
      else t.match({ status, open, back }, { status: 'closed', open: 0, back: [] })
    }
    t.ok(seen.size > 1, `both ways: ${[...seen].join(', ')}`)
  })

  t.test('23 a double click makes one order, one attempt and one refund', async (t) => {
    const app = await createBusinessApp(till, { orders: till.orders })
    t.teardown(() => app.close())
    const buyer = await till.person()
    const wish = { courseId: (await till.course()).id, agreementVersion }
    const key = { 'idempotency-key': 'the-same-key-twice' }
    const twice = <T>(work: () => Promise<T>) => Promise.all([work(), work()])
    const made = await twice(() => send(app, 'POST /api/orders', wish, buyer, key))
    t.equal(made[0]!.body.order.id, made[1]!.body.order.id)
    const { id } = made[0]!.body.order
    const prompts = await twice(() => send(app, `POST /api/orders/${id}/pay`, { channel: 'wechat_native' }, buyer))
    t.strictSame(
      prompts.map(({ status }) => status),
      [200, 200],
    )
    const [attempt, ...others] = await till.attempts(id)
    t.strictSame(others, [])
    await control.pay({ provider: 'wechat', outTradeNo: attempt!.outTradeNo })
    const wishes = { 'idempotency-key': 'another-key-twice' }
    await twice(() => send(app, `POST /api/orders/${id}/refund-request`, { reason: 'x' }, buyer, wishes))
    t.equal((await till.refundsOf(id)).length, 1)
  })

  t.test('24 no more goes back than came in, however it is asked for', async (t) => {
    const { order, trade } = await till.checkout()
    await control.pay(trade)
    const operator = await till.person('operator')
    const back = (amountFen: number) => till.orders.operator.refund(operator, order.id, { amountFen, reason: 'x' })
    await t.rejects(back(19_901), { code: 'not_refundable' })
    const parts = await Promise.allSettled([back(10_000), back(10_000), back(10_000)])
    t.equal(parts.filter(({ status }) => status === 'fulfilled').length, 1)
    await till.jobs.runDue()
    await scene.until(order.id, { status: 'partially_refunded', refundedFen: 10_000 })
    await t.rejects(back(9_901), { code: 'not_refundable' })
    await back(9_900)
    await till.jobs.runDue()
    await scene.until(order.id, { status: 'refunded', refundedFen: 19_900 })
    t.equal((await control.trade(trade.outTradeNo))!.refundedFen, 19_900)
  })

  t.test('25 the database itself refuses what the code must never do', async (t) => {
    const { db } = till
    const { order, attempt, trade } = await till.checkout()
    const refused = async (work: PromiseLike<unknown>, about: string) => {
      const error = await Promise.resolve(work).then(
        () => undefined,
        (error: { code?: string; cause?: { code?: string } }) => error,
      )
      t.match(error?.cause?.code ?? error?.code, /^23/, about)
    }
    const setOrder = (set: object) => db.update(ordersTable).set(set).where(eq(ordersTable.id, order.id))
    await refused(setOrder({ status: 'paid' }), 'paid without a payment')
    await refused(setOrder({ payableFen: 1, listFen: 1 }), 'another price')
    await refused(setOrder({ status: 'refunded' }), 'refunded before it was paid')
    await control.pay(trade)
    await refused(setOrder({ status: 'pending' }), 'unpaid again')
    await refused(
      db.update(paymentAttempts).set({ amountFen: 1 }).where(eq(paymentAttempts.id, attempt.id)),
      'another amount',
    )
    await refused(db.update(ledgerEntries).set({ amountFen: 1 }), 'the books')
    await refused(db.delete(ledgerEntries), 'the books')
    await refused(db.delete(orderEvents), 'the history')
    t.match(await till.row(order.id), { status: 'paid', payableFen: 19_900 })
  })
}

const allSurplus = async ({ till }: Scene) =>
  (await till.orders.operator.refunds({ filter: 'all' })).refunds.filter(({ cause }) => cause === 'duplicate_payment')
