/** Paying, asking and closing; run on PGlite and on PostgreSQL. */
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { paymentAttempts, providerEvents } from '../../db/schema.ts'
import type { SignedInUser } from '../../src/http/auth.ts'
import type { Channel } from '../../src/payments/schema.ts'
import { MINUTE_MS } from '../support/business.ts'
import type { Store } from '../support/store.ts'

const HOUR_MS = 60 * MINUTE_MS

export async function paySuite(t: Test, store: Store) {
  const { db, orders, wechat, alipay } = store
  const pay = (buyer: Pick<SignedInUser, 'id'>, orderId: string, channel: Channel = 'wechat_native') =>
    orders.pay({ id: buyer.id, ip: '203.0.113.9' }, orderId, channel)
  const checkout = async (channel: Channel = 'wechat_native') => {
    const buyer = await store.person()
    const course = await store.course()
    const order = await store.order(buyer, course.id)
    const { prompt } = await pay(buyer, order.id, channel)
    const [attempt] = await store.attempts(order.id)
    return { buyer, course, order, prompt, attempt: attempt!, no: attempt!.outTradeNo }
  }
  const callsAbout = (no: string) => [...wechat.calls, ...alipay.calls].filter((call) => call.endsWith(no))
  t.beforeEach(() => store.jobs.forget())
  t.afterEach(() => {
    for (const { faults } of [wechat, alipay])
      Object.assign(faults, { silence: undefined, refundsWait: false, refundFails: '' })
  })

  t.test('asking for the prompt again gives the same one, under the same number', async (t) => {
    const { buyer, order, prompt, no } = await checkout()
    t.strictSame((await pay(buyer, order.id)).prompt, prompt)
    await Promise.all([1, 2, 3].map(() => pay(buyer, order.id)))
    t.equal((await store.attempts(order.id)).length, 1)
    t.strictSame(callsAbout(no), [`prepay ${no}`], 'the provider was asked once')
  })

  t.test('a prompt that has expired is asked for anew, under the same number', async (t) => {
    const { buyer, order, attempt, no } = await checkout()
    await db.update(paymentAttempts).set({ promptExpiresAt: store.now() }).where(eq(paymentAttempts.id, attempt.id))
    await pay(buyer, order.id)
    t.strictSame(callsAbout(no), [`prepay ${no}`, `prepay ${no}`])
    t.equal((await store.attempts(order.id)).length, 1)
  })

  t.test('the attempt is stored before the provider hears of it, and kept when the answer is lost', async (t) => {
    const buyer = await store.person()
    const order = await store.order(buyer, (await store.course()).id)
    wechat.faults.silence = 'after'
    await t.rejects(pay(buyer, order.id), { code: 'unavailable' })
    const [attempt] = await store.attempts(order.id)
    t.match(attempt, { status: 'created', prompt: null })
    wechat.faults.silence = undefined
    await pay(buyer, order.id)
    t.match(await store.attempts(order.id), [{ id: attempt!.id, status: 'pending' }])
  })

  t.test('the last moment at the provider comes before the order’s own', async (t) => {
    const { order, attempt } = await checkout()
    t.ok(attempt.expiresAt <= order.expiresAt - MINUTE_MS)
    t.equal(attempt.expiresAt % 1000, 0)
  })

  t.test('only those who signed in through WeChat can pay inside it', async (t) => {
    const buyer = await store.person()
    const order = await store.order(buyer, (await store.course()).id)
    await t.rejects(pay(buyer, order.id, 'wechat_jsapi'), { code: 'channel_unavailable' })
    store.openids.set(buyer.id, 'o-1')
    await t.resolves(pay(buyer, order.id, 'wechat_jsapi'))
    t.match(await store.attempts(order.id), [{ payer: { openid: 'o-1' } }])
  })

  t.test('an order that is about to close, is closed or is paid cannot be paid', async (t) => {
    const { buyer, order } = await checkout()
    store.pass(28 * MINUTE_MS)
    await t.rejects(pay(buyer, order.id), { code: 'order_closed' })
    await orders.cancel(buyer, order.id)
    await t.rejects(pay(buyer, order.id), { code: 'order_closed' })
    const free = await store.order(buyer, (await store.course(0)).id)
    await t.rejects(pay(buyer, free.id), { code: 'conflict' })
  })

  t.test('a payment that nobody told of is found by asking', async (t) => {
    const { buyer, order, no } = await checkout()
    wechat.pay(no)
    store.pass(31_000)
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'paid', channel: 'wechat_native' })
    t.match(await db.select().from(providerEvents).where(eq(providerEvents.outTradeNo, no)), [
      { source: 'query', outcome: 'paid' },
    ])
  })

  t.test('“I have paid” asks at once, but not at every click', async (t) => {
    const { buyer, order, no } = await checkout()
    const before = callsAbout(no).length
    t.match(await orders.check(buyer, order.id), { status: 'paying' })
    await Promise.all([1, 2, 3].map(() => orders.check(buyer, order.id)))
    t.equal(callsAbout(no).length - before, 1)
    wechat.pay(no)
    store.pass(2000)
    t.match(await orders.check(buyer, order.id), { status: 'paid' })
  })

  t.test('“I have paid” says when the provider is silent, and changes nothing', async (t) => {
    const { buyer, order } = await checkout()
    wechat.faults.silence = 'before'
    await t.rejects(orders.check(buyer, order.id), { code: 'unavailable' })
    t.match(await orders.get(buyer, order.id), { status: 'paying' })
  })

  t.test('a silent provider is asked ever more seldom, until a day after the last moment', async (t) => {
    const { attempt, no } = await checkout()
    await db.update(paymentAttempts).set({ status: 'closed' }).where(eq(paymentAttempts.id, attempt.id))
    wechat.faults.silence = 'before'
    const times: number[] = []
    const start = store.now()
    for (let next = await store.jobs.nextAt(); next !== undefined; next = await store.jobs.nextAt()) {
      store.pass(next - store.now())
      const before = callsAbout(no).length
      await store.jobs.runDue(1)
      if (callsAbout(no).length > before) times.push(store.now() - start)
    }
    t.ok(times.length > 10 && times.length < 25, `${times.length} times`)
    t.equal(times[0], 30_000)
    t.ok(times.at(-1)! > 22 * HOUR_MS && times.at(-1)! < 25 * HOUR_MS)
  })

  t.test('closing asks first: what was paid in the last second is paid', async (t) => {
    const { buyer, order, no } = await checkout()
    wechat.pay(no)
    store.pass(30 * MINUTE_MS)
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'paid' })
  })

  t.test('closing closes at the provider, and then here', async (t) => {
    const { buyer, order, no } = await checkout()
    store.pass(30 * MINUTE_MS + 1000)
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'closed', closedReason: 'expired', closedAt: store.now() })
    t.equal(wechat.trades.get(no)!.status, 'closed')
    t.ok(callsAbout(no).includes(`close ${no}`))
  })

  t.test('while the provider is silent an order stays open', async (t) => {
    const { buyer, order } = await checkout()
    wechat.faults.silence = 'before'
    await t.rejects(orders.cancel(buyer, order.id))
    store.pass(31 * MINUTE_MS)
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'paying' })
    wechat.faults.silence = undefined
    store.pass(31 * MINUTE_MS)
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'closed' })
  })

  t.test('a code that Alipay has never heard of closes here, and late money for it goes back', async (t) => {
    const { buyer, order, no } = await checkout('alipay_qr')
    const trade = alipay.trades.get(no)!
    alipay.trades.delete(no)
    await orders.cancel(buyer, order.id)
    t.match(await orders.get(buyer, order.id), { status: 'closed', closedReason: 'cancelled' })
    alipay.trades.set(no, trade)
    t.equal(await orders.settle(alipay.pay(no)!), 'paid_after_close')
    await store.jobs.runDue()
    t.match(await store.refundsOf(order.id), [{ cause: 'paid_after_close', status: 'succeeded', amountFen: 19_900 }])
    t.equal((await store.rights(buyer.id)).length, 0)
  })

  t.test('once an order is paid, its other attempts are closed at their providers', async (t) => {
    const { buyer, order, no } = await checkout()
    await pay(buyer, order.id, 'alipay_qr')
    const other = (await store.attempts(order.id)).find(({ provider }) => provider === 'alipay')!
    await orders.settle(wechat.pay(no)!)
    await store.jobs.runDue()
    t.equal(alipay.trades.get(other.outTradeNo)!.status, 'closed')
    t.match(
      (await store.attempts(order.id)).find(({ id }) => id === other.id),
      { status: 'closed' },
    )
  })

  t.test('a job that was lost is given out again', async (t) => {
    const { buyer, order, no } = await checkout()
    const second = await checkout()
    wechat.pay(no)
    await store.jobs.forget()
    store.pass(45 * MINUTE_MS)
    await store.sweep()
    await store.jobs.runDue()
    t.match(await orders.get(buyer, order.id), { status: 'paid' })
    t.match(await orders.get(second.buyer, second.order.id), { status: 'closed' })
  })
}
