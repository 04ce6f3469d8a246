import { asc, eq } from 'drizzle-orm'
import t from 'tap'
import { entitlements } from '../../db/schema.ts'
import type { BusMessages } from '../../signaling/ports.ts'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import { announceRevoked, grantIn, revokeIn } from '../../src/entitlements/grants.ts'
import { createBusiness } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const db = await openTestDatabase(t)
const { now, person, pass, entitlements: rights } = createBusiness(db)
const shelf = createShelf(db, now)
const teacher = await person('teacher')

/** A student, a course and its lesson, and ways to buy and refund it. */
async function customer() {
  const { user } = await person()
  const course = await shelf.course(teacher.id)
  const lesson = await shelf.lesson(course)
  const subject = { courseId: course.id }
  const buy = async (accessDays: number | null = null) => {
    const order = await shelf.paidOrder(user.id, { ...subject, accessDays })
    const { granted } = await grantIn(db, { userId: user.id, subject, orderId: order.id, accessDays, at: now() })
    return { ...order, granted }
  }
  const refund = (orderId: string) => revokeIn(db, { orderId, at: now() })
  const may = async () => (await rights.mayI(user, 'watch', { lessonId: lesson.id })).allowed
  const history = () =>
    db.select().from(entitlements).where(eq(entitlements.userId, user.id)).orderBy(asc(entitlements.createdAt))
  const live = async () => (await history()).filter(({ revokedAt }) => revokedAt === null)
  return { user, course, lesson, subject, buy, refund, may, history, live }
}

t.test('a right that was bought holds until it is refunded', async (t) => {
  const { buy, refund, may } = await customer()
  t.equal(await may(), false)
  const order = await buy()
  t.ok(order.granted)
  t.equal(await may(), true)
  t.ok(await refund(order.id))
  t.equal(await may(), false)
})

t.test('a refund that is told of twice takes nothing more', async (t) => {
  const { buy, refund } = await customer()
  const { id } = await buy()
  await refund(id)
  t.equal(await refund(id), undefined)
})

t.test('of two orders that were both paid, refunding either leaves the right of the other', async (t) => {
  for (const refunded of [0, 1]) {
    const { buy, refund, may, live } = await customer()
    const paid = [await buy(), await buy()]
    await refund(paid[refunded]!.id)
    t.equal(await may(), true)
    t.strictSame(
      (await live()).map(({ orderId }) => orderId),
      [paid[1 - refunded]!.id],
    )
  }
})

t.test('a right for good is not shortened by one that ends', async (t) => {
  const { buy, live } = await customer()
  await buy(null)
  t.notOk((await buy(30)).granted)
  t.match(await live(), [{ endsAt: null }])
})

t.test('buying again before the end adds the days to those that are left', async (t) => {
  const { buy, live, history } = await customer()
  await buy(30)
  pass(10 * DAY_MS)
  await buy(30)
  t.match(await live(), [{ startsAt: now(), endsAt: now() + 50 * DAY_MS }])
  t.match(await history(), [{ revokeReason: 'replaced' }, {}])
})

t.test('refunding one of two that add up takes its days alone', async (t) => {
  for (const refunded of [0, 1]) {
    const { buy, refund, live } = await customer()
    const at = now()
    const paid = [await buy(30), await buy(60)]
    await refund(paid[refunded]!.id)
    t.match(await live(), [{ endsAt: at + (refunded === 0 ? 60 : 30) * DAY_MS }])
  }
})

t.test('buying again after the end begins anew', async (t) => {
  const { buy, live, may, history } = await customer()
  await buy(30)
  pass(31 * DAY_MS)
  t.equal(await may(), false)
  await buy(30)
  t.equal(await may(), true)
  t.match(await live(), [{ startsAt: now(), endsAt: now() + 30 * DAY_MS }])
  t.match(await history(), [{ revokeReason: 'expired' }, {}])
})

t.test('a refund does not take what was a gift', async (t) => {
  const { user, subject, buy, refund, may } = await customer()
  await grantIn(db, { userId: user.id, subject, grantedBy: teacher.id, accessDays: null, at: now() })
  await refund((await buy()).id)
  t.equal(await may(), true)
})

t.test('a membership that is renewed begins when the last one ends, and a refund closes the gap', async (t) => {
  const { user, course, may, live } = await customer()
  const plan = await shelf.plan([course.id], 30)
  const at = now()
  const buy = async () => {
    const order = await shelf.paidOrder(user.id, { planId: plan.id, accessDays: plan.days })
    const subject = { planId: plan.id }
    await grantIn(db, { userId: user.id, subject, orderId: order.id, accessDays: plan.days, at })
    return order
  }
  const [first] = [await buy(), await buy()]
  t.match(await live(), [{ endsAt: at + 30 * DAY_MS }, { startsAt: at + 30 * DAY_MS, endsAt: at + 60 * DAY_MS }])
  await revokeIn(db, { orderId: first!.id, at })
  t.match(await live(), [{ startsAt: at, endsAt: at + 30 * DAY_MS }])
  t.equal(await may(), true)
})

t.test('what was revoked sends its person out of live classes, and nobody else', async (t) => {
  const { user, course, lesson, buy, refund } = await customer()
  const ended = await shelf.lesson(course, { status: 'ended', startedAt: 1, endedAt: 2 })
  const free = await shelf.lesson(course, { free: true })
  const bus = createMemoryBus(now)
  const told: BusMessages['accessRevoked'][] = []
  const changed: BusMessages['rightsChanged'][] = []
  bus.subscribe('accessRevoked', (message) => told.push(message))
  bus.subscribe('rightsChanged', (message) => changed.push(message))
  const change = await refund((await buy()).id)
  await announceRevoked({ db, bus, now }, change!)
  t.strictSame(told, [{ userId: user.id, lessonId: lesson.id, reason: 'not_entitled' }])
  t.strictSame(changed, [{ userId: user.id, courseId: course.id, planId: null }])
  t.notOk(told.some(({ lessonId }) => lessonId === ended.id || lessonId === free.id))
})

t.test('a membership that was revoked spares those who bought the course itself', async (t) => {
  const { user, course, buy } = await customer()
  const other = await shelf.lesson(await shelf.course(teacher.id))
  const plan = await shelf.plan('all', 30)
  const order = await shelf.paidOrder(user.id, { planId: plan.id, accessDays: 30 })
  await grantIn(db, { userId: user.id, subject: { planId: plan.id }, orderId: order.id, accessDays: 30, at: now() })
  await buy()
  const bus = createMemoryBus(now)
  const told: (string | undefined)[] = []
  bus.subscribe('accessRevoked', ({ lessonId }) => told.push(lessonId))
  const change = await revokeIn(db, { orderId: order.id, at: now() })
  await announceRevoked({ db, bus, now }, change!)
  t.ok(told.includes(other.id))
  const own = await shelf.lesson(course)
  t.notOk(told.includes(own.id))
  t.match(await rights.mayI(user, 'enter', { lessonId: own.id }), { allowed: true, via: 'entitlement' })
})
