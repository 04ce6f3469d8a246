/** Making orders, with coupons and without; run on PGlite and on PostgreSQL. */
import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { couponRedemptions, coupons, courses } from '../../db/schema.ts'
import type { NewCoupon } from '../../src/orders/schema.ts'
import { MINUTE_MS } from '../support/business.ts'
import { agreement, type Store } from '../support/store.ts'

const agreementVersion = agreement.version
const codes = (results: PromiseSettledResult<unknown>[]) =>
  results.map((result) => (result.status === 'fulfilled' ? 'done' : result.reason.code)).sort()

export async function createSuite(t: Test, store: Store) {
  const { db, orders } = store
  const operator = await store.person('operator')
  const coupon = (change: Partial<NewCoupon> = {}) =>
    orders.operator.createCoupon(operator, {
      code: `C-${randomUUID().slice(0, 8)}`,
      kind: 'fixed',
      value: 1_000,
      ...change,
    })
  const usesOf = async (id: string) => (await db.select().from(coupons).where(eq(coupons.id, id)))[0]!.uses

  t.test('what costs nothing is paid at once, and open', async (t) => {
    const buyer = await store.person()
    const course = await store.course(0)
    const order = await store.order(buyer, course.id)
    t.match(order, { status: 'paid', payableFen: 0, paidAt: store.now(), channel: null })
    t.match(await store.rights(buyer.id), [{ courseId: course.id, orderId: order.id }])
    t.match(store.changed.at(-1), { userId: buyer.id, orderId: order.id })
  })

  t.test('what costs nothing is taken once while it lasts, however often it is asked for', async (t) => {
    const buyer = await store.person()
    const { id: courseId } = await store.course(0, { accessDays: 30 })
    const { id: planId } = await store.plan(0, { days: 30 })
    for (const thing of [{ courseId }, { planId }]) {
      const take = () => orders.create(buyer, { ...thing, agreementVersion })
      const results = await Promise.allSettled([take(), take(), take()])
      t.same(codes(results), ['already_entitled', 'already_entitled', 'done'])
      await t.rejects(take(), { code: 'already_entitled' })
    }
    const endsAt = store.now() + 30 * 24 * 60 * MINUTE_MS
    t.match(await store.rights(buyer.id), [{ endsAt }, { endsAt }])
    store.pass(31 * 24 * 60 * MINUTE_MS)
    await t.resolves(orders.create(buyer, { courseId, agreementVersion }), 'and again when it is over')
  })

  t.test('a coupon of a hundred percent needs no provider', async (t) => {
    const buyer = await store.person()
    const { code, id } = await coupon({ kind: 'percent', value: 100 })
    const order = await store.order(buyer, (await store.course()).id, code.toLowerCase())
    t.match(order, { status: 'paid', payableFen: 0, discountFen: 19_900, couponCode: code })
    const [use] = await db.select().from(couponRedemptions).where(eq(couponRedemptions.couponId, id))
    t.equal(use!.consumedAt, store.now())
  })

  t.test('the price is that of the moment of the order, whatever happens to the course', async (t) => {
    const buyer = await store.person()
    const course = await store.course()
    const order = await store.order(buyer, course.id)
    await db.update(courses).set({ priceFen: 1, title: 'Other' }).where(eq(courses.id, course.id))
    t.match(await orders.get(buyer, order.id), { payableFen: 19_900, title: 'Light' })
  })

  t.test('percents are rounded down in fen', async (t) => {
    const buyer = await store.person()
    const { code } = await coupon({ kind: 'percent', value: 33 })
    const course = await store.course(101)
    const quoted = await orders.quote(buyer, { courseId: course.id, coupon: code })
    t.match(quoted, { listFen: 101, discountFen: 33, payableFen: 68, couponProblem: null })
    t.match(await store.order(buyer, course.id, code), { discountFen: 33, payableFen: 68 })
  })

  t.test('a quote says why a coupon does not count', async (t) => {
    const [buyer, other] = [await store.person(), await store.person()]
    const course = await store.course()
    const problem = async (change: Partial<NewCoupon>) =>
      (await orders.quote(buyer, { courseId: course.id, coupon: (await coupon(change)).code })).couponProblem
    const elsewhere = await store.course()
    const plan = await store.plan()
    t.equal(await problem({ courseId: elsewhere.id }), 'not_for_this')
    t.equal(await problem({ planId: plan.id }), 'not_for_this')
    t.equal(await problem({ courseId: course.id }), null)
    t.equal(await problem({ startsAt: store.now() + 1 }), 'not_now')
    t.equal(await problem({ minimumFen: 19_901 }), 'below_minimum')
    t.equal((await orders.quote(buyer, { courseId: course.id, coupon: 'nothing' })).couponProblem, 'unknown')
    const once = await coupon({ maximumUses: 1 })
    await store.order(other, elsewhere.id, once.code)
    const quote = (user: typeof buyer, courseId: string) => orders.quote(user, { courseId, coupon: once.code })
    t.equal((await quote(buyer, course.id)).couponProblem, 'used_up')
    t.equal((await quote(other, elsewhere.id)).couponProblem, null, 'held by the order that is open')
    const many = await coupon()
    await store.order(buyer, course.id, many.code)
    const again = await orders.quote(buyer, { courseId: elsewhere.id, coupon: many.code })
    t.equal(again.couponProblem, 'used_by_you')
    const refused = orders.create(buyer, { courseId: elsewhere.id, couponCode: many.code, agreementVersion })
    await t.rejects(refused, { code: 'coupon_invalid' })
  })

  t.test('a coupon is reserved by an order, consumed by its payment, and free again when it closes', async (t) => {
    const buyer = await store.person()
    const { id, code } = await coupon({ maximumUses: 1 })
    const first = await store.order(buyer, (await store.course()).id, code)
    t.equal(await usesOf(id), 1)
    await orders.cancel(buyer, first.id)
    t.equal(await usesOf(id), 0)
    const course = await store.course()
    const second = await store.order(buyer, course.id, code)
    await orders.pay({ ...buyer, ip: '' }, second.id, 'wechat_native')
    const [attempt] = await store.attempts(second.id)
    t.equal(attempt!.amountFen, 18_900, 'the provider is asked for the price with the coupon')
    await orders.settle(store.wechat.pay(attempt!.outTradeNo)!)
    t.equal(await usesOf(id), 1)
    t.match(await db.select().from(couponRedemptions).where(eq(couponRedemptions.couponId, id)), [
      { orderId: second.id, consumedAt: store.now() },
    ])
  })

  t.test('of many who want the last uses of a coupon, as many get it as there are', async (t) => {
    const { id, code } = await coupon({ maximumUses: 3 })
    const people = await Promise.all(Array.from({ length: 10 }, () => store.person()))
    const course = await store.course()
    const results = await Promise.allSettled(people.map((person) => store.order(person, course.id, code)))
    t.strictSame(codes(results), [...Array(7).fill('coupon_invalid'), 'done', 'done', 'done'])
    t.equal(await usesOf(id), 3)
    t.equal(await db.$count(couponRedemptions, eq(couponRedemptions.couponId, id)), 3)
  })

  t.test('one person uses a coupon once, however many orders are made at the same moment', async (t) => {
    const buyer = await store.person()
    const { id, code } = await coupon()
    const things = await Promise.all(Array.from({ length: 5 }, () => store.course()))
    const results = await Promise.allSettled(things.map((course) => store.order(buyer, course.id, code)))
    t.strictSame(codes(results), [...Array(4).fill('coupon_invalid'), 'done'])
    t.equal(await usesOf(id), 1)
  })

  t.test('a double click makes one order, and so does one in another tab', async (t) => {
    const buyer = await store.person()
    const { id: courseId } = await store.course()
    const wish = { courseId, agreementVersion }
    const key = randomUUID()
    const keys = [key, key, key, randomUUID(), randomUUID(), undefined]
    const made = await Promise.all(keys.map((each) => orders.create(buyer, wish, each)))
    t.equal(new Set(made.map(({ id }) => id)).size, 1)
    t.equal((await orders.list(buyer, { filter: 'all' })).orders.length, 1)
  })

  t.test('a key gives the order that it gave first, and is refused for another request', async (t) => {
    const buyer = await store.person()
    const key = randomUUID()
    const wish = { courseId: (await store.course()).id, agreementVersion }
    const first = await orders.create(buyer, wish, key)
    await orders.cancel(buyer, first.id)
    t.match(await orders.create(buyer, wish, key), { id: first.id, status: 'closed' })
    const other = { courseId: (await store.course()).id, agreementVersion }
    await t.rejects(orders.create(buyer, other, key), { code: 'conflict' })
    t.not((await orders.create(await store.person(), wish, key)).id, first.id, 'keys are each person’s own')
  })

  t.test('a failed request leaves its key free', async (t) => {
    const buyer = await store.person()
    const key = randomUUID()
    const course = await store.course(100, { status: 'draft' })
    const wish = { courseId: course.id, agreementVersion }
    await t.rejects(orders.create(buyer, wish, key), { code: 'not_found' })
    await db.update(courses).set({ status: 'published' }).where(eq(courses.id, course.id))
    t.match(await orders.create(buyer, wish, key), { status: 'pending' })
  })

  t.test('what somebody has for good, or teaches, is not sold to them again', async (t) => {
    const buyer = await store.person()
    const course = await store.course(0)
    await store.order(buyer, course.id)
    await t.rejects(store.order(buyer, course.id), { code: 'already_entitled' })
    await t.rejects(store.order(store.teacher, course.id), { code: 'already_entitled' })
  })

  t.test('a quote says what the person has already, and whether more can be bought', async (t) => {
    const yours = async (user: { id: string } | null, query: { courseId: string } | { planId: string }) =>
      (await orders.quote(user, query)).yours
    const buyer = await store.person()
    const free = await store.course(0)
    t.equal(await yours(buyer, { courseId: free.id }), null)
    await store.order(buyer, free.id)
    t.strictSame(await yours(buyer, { courseId: free.id }), { endsAt: null, more: false })
    t.strictSame(await yours(store.teacher, { courseId: free.id }), { endsAt: null, more: false })
    t.equal(await yours(null, { courseId: free.id }), null)
    t.equal(await yours(await store.person(), { courseId: free.id }), null)

    const { id: courseId } = await store.course(9_900, { accessDays: 30 })
    await store.order(buyer, courseId, (await coupon({ kind: 'percent', value: 100 })).code)
    const endsAt = store.now() + 30 * 24 * 60 * MINUTE_MS
    t.strictSame(await yours(buyer, { courseId }), { endsAt, more: true })
    await db.update(courses).set({ priceFen: 0 }).where(eq(courses.id, courseId))
    t.strictSame(await yours(buyer, { courseId }), { endsAt, more: false }, 'what costs nothing is not taken twice')
  })

  t.test('a course for a time, and a membership, can be bought on', async (t) => {
    const buyer = await store.person()
    const couponCode = async () => (await coupon({ kind: 'percent', value: 100 })).code
    const { id: courseId } = await store.course(9_900, { accessDays: 30 })
    await store.order(buyer, courseId, await couponCode())
    t.match(await store.order(buyer, courseId, await couponCode()), { status: 'paid', accessDays: 30 })
    const [right] = await store.rights(buyer.id)
    t.equal(right!.endsAt! - store.now(), 60 * 24 * 60 * MINUTE_MS)
    const plan = await store.plan()
    const wish = { planId: plan.id, agreementVersion }
    await orders.create(buyer, { ...wish, couponCode: await couponCode() })
    await orders.create(buyer, { ...wish, couponCode: await couponCode() })
    t.equal((await store.rights(buyer.id)).filter(({ planId }) => planId === plan.id).length, 2)
  })

  t.test(
    'other conditions replace an order that no provider knows of, and wait for one that a provider does',
    async (t) => {
      const buyer = await store.person()
      const course = await store.course()
      const { code } = await coupon()
      const plain = await store.order(buyer, course.id)
      const cheaper = await store.order(buyer, course.id, code)
      t.not(cheaper.id, plain.id)
      t.match(await orders.get(buyer, plain.id), { status: 'closed', closedReason: 'cancelled' })
      await orders.pay({ ...buyer, ip: '' }, cheaper.id, 'alipay_qr')
      await t.rejects(store.order(buyer, course.id), { code: 'order_open' })
      t.equal((await store.order(buyer, course.id, code)).id, cheaper.id, 'the same again is the same order')
    },
  )

  t.test('a lower price of the course makes a new order', async (t) => {
    const buyer = await store.person()
    const course = await store.course(200)
    const before = await store.order(buyer, course.id)
    await db.update(courses).set({ priceFen: 100 }).where(eq(courses.id, course.id))
    const after = await store.order(buyer, course.id)
    t.not(after.id, before.id)
    t.equal(after.payableFen, 100)
  })
}
