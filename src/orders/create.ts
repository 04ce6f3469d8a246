/** Making an order: the price is computed here, once, and never taken from a client. */
import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { coupons, orders } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { newOrderNo } from '../payments/money.ts'
import { closeIn } from './close.ts'
import { type Discount, reserve, tie, tryCoupon } from './coupons.ts'
import { once } from './idempotency.ts'
import { closeJob } from './jobs.ts'
import { getOrder, LEAST_LEFT_MS, MINUTE_MS, note, type OrderRow, type OrdersDeps, openStatuses } from './order.ts'
import { announcePaid, lockRights, type Paid, paidIn } from './paid.ts'
import type { NewOrder, Order, Quote, QuoteQuery } from './schema.ts'
import { hasAlready, hasStill, heldOf, type Thing, thingOf } from './thing.ts'

type Buyer = Pick<SignedInUser, 'id'>

export async function quote(deps: OrdersDeps, user: Buyer | null, query: QuoteQuery): Promise<Quote> {
  const { db, now, agreement } = deps
  const thing = await thingOf(db, query)
  const tried = query.coupon ? await tryCoupon(db, query.coupon, { userId: user?.id, thing, at: now() }) : undefined
  const discountFen = tried && 'coupon' in tried ? tried.discountFen : 0
  return {
    title: thing.title,
    struckThroughFen: thing.struckThroughFen,
    listFen: thing.priceFen,
    discountFen,
    payableFen: thing.priceFen - discountFen,
    accessDays: thing.accessDays,
    agreementVersion: agreement.version,
    yours: user ? await heldOf(db, user.id, thing, now()) : null,
    couponProblem: tried && 'problem' in tried ? tried.problem : null,
  }
}

/** What costs nothing is paid at once. An open order for the same at the same price is given again. */
export async function createOrder(deps: OrdersDeps, user: Buyer, wish: NewOrder, key?: string): Promise<Order> {
  const { db, now, agreement } = deps
  if (wish.agreementVersion !== agreement.version)
    throw new AppError('agreement_changed', `the purchase agreement in force is ${agreement.version}`)
  const making: Making = { deps, user, wish, at: now() }
  const request = { userId: user.id, key, request: ['order', wish], at: making.at }
  const make = () => db.transaction((tx) => once(tx, request, () => makeIn(tx, making)))
  const id = await make().catch((error) => {
    if (error instanceof Overtaken) return make()
    throw error
  })
  if (making.paid) await announcePaid(deps, making.paid)
  return getOrder(db, eq(orders.id, id))
}

type Making = { deps: OrdersDeps; user: Buyer; wish: NewOrder; at: number; paid?: Paid }

/** Another request of the same person made an order for the same thing first. */
class Overtaken extends Error {}

async function makeIn(tx: Db, making: Making): Promise<string> {
  const { deps, user, wish, at } = making
  const thing = await thingOf(tx, wish)
  if (await hasAlready(tx, user.id, thing)) throw new AppError('already_entitled', 'this is open to you already')
  const open = await openOrder(tx, user, thing)
  if (open && (await isTheSame(tx, open, thing, making))) return open.id
  if (open) await makeWay(tx, open, making)
  const discount = wish.couponCode ? await discountOf(tx, making, thing) : undefined
  if (discount) await reserve(tx, discount)
  const order = await insertOrder(tx, making, thing, discount)
  if (discount) await tie(tx, { couponId: discount.coupon.id, userId: user.id, orderId: order.id, at })
  await note(tx, { orderId: order.id, fromStatus: null, toStatus: order.status, actor: user.id, cause: 'created', at })
  if (thing.priceFen === 0) await refuseMore(tx, user, thing, at)
  if (order.payableFen === 0) making.paid = await paidIn(tx, order, { actor: user.id, cause: 'free', at })
  else await deps.jobs.add(closeJob, { orderId: order.id }, { tx, startAt: order.expiresAt, key: order.id })
  return order.id
}

/** What costs nothing could be taken again and again, for years to come. Asked under the lock, so that two at once see each other. */
async function refuseMore(tx: Db, user: Buyer, thing: Thing, at: number): Promise<void> {
  await lockRights(tx, { userId: user.id })
  if (await hasStill(tx, user.id, thing, at)) throw new AppError('already_entitled', 'this is open to you still')
}

async function openOrder(tx: Db, user: Buyer, { courseId, planId }: Thing): Promise<OrderRow | undefined> {
  const thing = courseId ? eq(orders.courseId, courseId) : eq(orders.planId, planId!)
  const mine = and(eq(orders.userId, user.id), thing, inArray(orders.status, openStatuses))
  const [order] = await tx.select().from(orders).where(mine).for('update')
  return order
}

async function isTheSame(tx: Db, order: OrderRow, thing: Thing, { wish, at }: Making): Promise<boolean> {
  if (order.listFen !== thing.priceFen || order.expiresAt - at < LEAST_LEFT_MS) return false
  const [coupon] = order.couponId ? await tx.select().from(coupons).where(eq(coupons.id, order.couponId)) : []
  return coupon?.code === wish.couponCode?.toUpperCase()
}

/** No provider knows of a pending order, so nobody can be paying it. */
async function makeWay(tx: Db, order: OrderRow, { user, at }: Making): Promise<void> {
  if (order.status !== 'pending')
    throw new AppError('order_open', 'there is an order for this under other conditions: pay or cancel it first')
  await closeIn(tx, order, { actor: user.id, reason: 'cancelled', at })
}

async function discountOf(tx: Db, { user, wish, at }: Making, thing: Thing): Promise<Discount> {
  const tried = await tryCoupon(tx, wish.couponCode!, { userId: user.id, thing, at })
  if ('coupon' in tried) return tried
  throw new AppError('coupon_invalid', `this coupon does not count: ${tried.problem}`)
}

async function insertOrder(tx: Db, { deps, user, at }: Making, thing: Thing, discount: Discount | undefined) {
  const discountFen = discount?.discountFen ?? 0
  const [order] = await tx
    .insert(orders)
    .values({
      orderNo: newOrderNo(at),
      userId: user.id,
      courseId: thing.courseId,
      planId: thing.planId,
      title: thing.title,
      listFen: thing.priceFen,
      discountFen,
      payableFen: thing.priceFen - discountFen,
      couponId: discount?.coupon.id ?? null,
      accessDays: thing.accessDays,
      agreementVersion: deps.agreement.version,
      consentedAt: at,
      expiresAt: at + deps.orderTtlMinutes * MINUTE_MS,
      createdAt: at,
    })
    .onConflictDoNothing()
    .returning()
  if (!order) throw new Overtaken()
  return order
}
