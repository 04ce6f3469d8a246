import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createBusinessApp, MINUTE_MS, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { agreement, createStore } from '../support/store.ts'

const store = await createStore(await openTestDatabase(t))
const app = await createBusinessApp(store, { orders: store.orders })
t.teardown(() => app.close())

const agreementVersion = agreement.version
const key = () => ({ 'idempotency-key': randomUUID() })

t.test('the agreement and the ways to pay are there for everyone', async (t) => {
  const { body } = await send(app, 'GET /api/agreement')
  t.match(body, { version: agreementVersion, zh: /课程购买协议/, en: /Purchase agreement/ })
  t.match((await send(app, 'GET /api/payment-channels')).body, {
    channels: ['wechat_native', 'wechat_jsapi'],
    sandboxUrl: 'http://sandbox.example.org',
  })
})

t.test('a course is ordered, paid, read and listed', async (t) => {
  const buyer = await store.person()
  const course = await store.course()
  const made = await send(app, 'POST /api/orders', { courseId: course.id, agreementVersion }, buyer, key())
  t.equal(made.status, 201)
  const { order } = made.body
  t.match(order, { status: 'pending', payableFen: 19_900, title: 'Light', expiresAt: store.now() + 30 * MINUTE_MS })
  t.match(order.orderNo, /^20310505\d{12}$/)

  const paying = await send(app, `POST /api/orders/${order.id}/pay`, { channel: 'wechat_native' }, buyer)
  t.match(paying, { status: 200, body: { prompt: { kind: 'code', codeUrl: /^weixin/ }, order: { status: 'paying' } } })
  const [attempt] = await store.attempts(order.id)
  await store.orders.settle(store.wechat.pay(attempt!.outTradeNo)!)

  const read = await send(app, `GET /api/orders/${order.id}`, undefined, buyer)
  t.match(read.body, { order: { status: 'paid', channel: 'wechat_native', paidAt: store.now() }, now: store.now() })
  const listed = await send(app, 'GET /api/orders?filter=bought', undefined, buyer)
  t.match(listed.body, { orders: [{ id: order.id }], next: null })
  t.strictSame((await send(app, 'GET /api/orders?filter=open', undefined, buyer)).body.orders, [])
})

t.test('the price is the server’s: a body that brings one, or a number, is refused', async (t) => {
  const buyer = await store.person()
  const course = await store.course()
  for (const extra of [{ payableFen: 1 }, { price: 1 }, { outTradeNo: 'P1' }, { discountFen: 19_899 }]) {
    const answer = await send(app, 'POST /api/orders', { courseId: course.id, agreementVersion, ...extra }, buyer)
    t.match(answer, { status: 400, body: { error: { code: 'bad_request' } } })
  }
})

t.test('exactly one thing is ordered, under the agreement in force', async (t) => {
  const buyer = await store.person()
  const { id: courseId } = await store.course()
  const { id: planId } = await store.plan()
  const order = (body: object) => send(app, 'POST /api/orders', body, buyer)
  t.match(await order({ agreementVersion }), { status: 400 })
  t.match(await order({ courseId, planId, agreementVersion }), { status: 400 })
  t.match(await order({ courseId, agreementVersion: '2020-01' }), {
    status: 409,
    body: { error: { code: 'agreement_changed' } },
  })
  t.match(await order({ courseId: randomUUID(), agreementVersion }), { status: 404 })
  t.match(await order({ planId, agreementVersion }), {
    status: 201,
    body: { order: { accessDays: 365, payableFen: 9_900 } },
  })
})

t.test('nobody sees, pays, checks, cancels or gives back another person’s order', async (t) => {
  const [buyer, stranger] = [await store.person(), await store.person()]
  const { id } = await store.order(buyer, (await store.course()).id)
  const lines: [string, object?][] = [
    [`GET /api/orders/${id}`],
    [`POST /api/orders/${id}/pay`, { channel: 'wechat_native' }],
    [`POST /api/orders/${id}/check`],
    [`POST /api/orders/${id}/cancel`],
    [`POST /api/orders/${id}/refund-request`, { reason: 'x' }],
  ]
  for (const [line, body] of lines) {
    t.match(await send(app, line, body, stranger), { status: 404, body: { error: { code: 'not_found' } } }, line)
    t.equal((await send(app, line, body)).status, 401, line)
  }
})

t.test('only operators get at what is for operators', async (t) => {
  const [student, teacher, operator] = [await store.person(), store.teacher, await store.person('operator')]
  const paths = ['orders', `orders/${randomUUID()}`, 'refunds?filter=all', 'coupons']
  for (const path of paths) {
    for (const person of [student, teacher])
      t.equal((await send(app, `GET /api/operator/${path}`, undefined, person)).status, 403, path)
    t.not((await send(app, `GET /api/operator/${path}`, undefined, operator)).status, 403, path)
  }
  t.equal((await send(app, 'GET /api/teaching/sales?from=2031-05-01&to=2031-05-30', undefined, student)).status, 403)
})

t.test('a list comes page by page, each order once', async (t) => {
  const buyer = await store.person()
  const made = []
  for (let count = 0; count < 25; count++) {
    made.push((await store.order(buyer, (await store.course()).id)).id)
    if (count % 2) store.pass(1)
  }
  const first = (await send(app, 'GET /api/orders?filter=all', undefined, buyer)).body
  t.equal(first.orders.length, 20)
  const second = (await send(app, `GET /api/orders?filter=all&after=${first.next}`, undefined, buyer)).body
  t.equal(second.next, null)
  const ids = [...first.orders, ...second.orders].map(({ id }) => id)
  t.strictSame(ids.sort(), made.sort())
  t.equal((await send(app, 'GET /api/orders?filter=all&after=x', undefined, buyer)).status, 400)
})

t.test('an operator finds an order, and sees all of it', async (t) => {
  const [buyer, operator] = [await store.person(), await store.person('operator')]
  const order = await store.order(buyer, (await store.course()).id)
  await send(app, `POST /api/orders/${order.id}/pay`, { channel: 'alipay_qr' }, buyer)
  const [attempt] = await store.attempts(order.id)
  await store.orders.settle(store.alipay.pay(attempt!.outTradeNo)!)
  for (const search of [order.orderNo, order.orderNo.slice(3, 15), attempt!.outTradeNo, buyer.username]) {
    const { body } = await send(app, `GET /api/operator/orders?search=${search}`, undefined, operator)
    t.match(body.orders, [{ order: { id: order.id }, buyer: { username: buyer.username } }], search)
  }
  t.strictSame((await send(app, 'GET /api/operator/orders?search=%25', undefined, operator)).body.orders, [])
  const { body } = await send(app, `GET /api/operator/orders/${order.id}`, undefined, operator)
  t.match(body, {
    order: { status: 'paid' },
    attempts: [{ channel: 'alipay_qr', role: 'settling', amountFen: 19_900 }],
    events: [
      { toStatus: 'pending', person: buyer.displayName, part: null, cause: 'created', about: null },
      { toStatus: 'paying', person: buyer.displayName, part: null, cause: 'pay', about: 'alipay_qr' },
      { toStatus: 'paid', person: null, part: 'notice', cause: 'payment', about: /^P[0-9a-f]{24}$/ },
    ],
    ledger: [{ kind: 'payment' }],
  })
  t.strictSame(
    body.ledger[0].entries.map(({ amountFen }: { amountFen: number }) => amountFen).sort(),
    [-19_900, 19_900],
  )
})

t.test('a teacher sees what was sold, by day and by course, and takes it along as a table', async (t) => {
  const buyer = await store.person()
  const teacher = await store.person('teacher')
  const course = await store.course(10_000, { teacherId: teacher.id, title: '=SUM(A1)' })
  const order = await store.order(buyer, course.id)
  await send(app, `POST /api/orders/${order.id}/pay`, { channel: 'wechat_native' }, buyer)
  const [attempt] = await store.attempts(order.id)
  await store.orders.settle(store.wechat.pay(attempt!.outTradeNo)!)
  const free = await store.course(0, { teacherId: teacher.id, title: '＠Free' })
  await store.order(buyer, free.id)

  const range = 'from=2031-05-05&to=2031-05-06'
  const { body } = await send(app, `GET /api/teaching/sales?${range}`, undefined, teacher)
  t.strictSame(body, {
    total: { orders: 2, paidFen: 10_000, refundedFen: 0 },
    days: [{ day: '2031-05-05', orders: 2, paidFen: 10_000, refundedFen: 0 }],
    courses: [
      { courseId: course.id, title: '=SUM(A1)', orders: 1, paidFen: 10_000, refundedFen: 0 },
      { courseId: free.id, title: '＠Free', orders: 1, paidFen: 0, refundedFen: 0 },
    ],
  })
  const table = await send(app, `GET /api/teaching/sales.csv?${range}`, undefined, teacher)
  t.match(table.headers['content-type'], /^text\/csv/)
  t.match(table.body, /"'=SUM\(A1\)","Ms user-[\w-]+","2031-05-05 16:00:00","100\.00","0\.00","paid"/)
  t.match(table.body, /"'＠Free"/, 'spreadsheets of East Asia read wide signs too')
  t.equal((await send(app, 'GET /api/teaching/sales?from=2031-05-05&to=2033-05-06', undefined, teacher)).status, 400)
  const nothing = await send(app, 'GET /api/teaching/sales?from=2031-03-01&to=2031-03-02', undefined, teacher)
  t.strictSame(nothing.body, { total: { orders: 0, paidFen: 0, refundedFen: 0 }, days: [], courses: [] })
})

t.test('coupons are made, found, ended, and their codes are unique', async (t) => {
  const operator = await store.person('operator')
  const make = (body: object) => send(app, 'POST /api/operator/coupons', body, operator)
  const made = await make({ code: 'spring-10', kind: 'percent', value: 10, maximumUses: 3 })
  t.match(made, { status: 201, body: { code: 'SPRING-10', uses: 0, disabledAt: null } })
  t.equal((await make({ code: 'Spring-10', kind: 'fixed', value: 5 })).status, 409)
  t.equal((await make({ code: 'half', kind: 'percent', value: 101 })).status, 400)
  t.equal((await make({ code: 'riches', kind: 'fixed', value: 2 ** 31 })).status, 400)
  const found = await send(app, 'GET /api/operator/coupons?search=ring', undefined, operator)
  t.match(found.body.coupons, [{ id: made.body.id }])
  const [{ id: courseId }, { id: planId }] = [await store.course(), await store.plan()]
  t.equal((await make({ code: 'for-both', kind: 'fixed', value: 5, courseId, planId })).status, 400)
  await make({ code: 'for-course', kind: 'fixed', value: 5, courseId })
  await make({ code: 'for-plan', kind: 'fixed', value: 5, planId })
  const scoped = await send(app, 'GET /api/operator/coupons?search=for-', undefined, operator)
  const scopes = scoped.body.coupons.map((coupon: { code: string; scopeTitle: string }) => [
    coupon.code,
    coupon.scopeTitle,
  ])
  t.strictSame(
    new Map(scopes),
    new Map([
      ['FOR-COURSE', 'Light'],
      ['FOR-PLAN', 'All year'],
    ]),
  )
  const ended = await send(app, `PATCH /api/operator/coupons/${made.body.id}`, { disabled: true }, operator)
  t.equal(ended.body.disabledAt, store.now())
})
