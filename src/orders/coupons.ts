/** Coupons: what one takes off, and its uses: reserved with an order, consumed when that is paid, released when it is closed. */
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { couponRedemptions, coupons, orders } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { isOpen } from './order.ts'
import type { CouponProblem } from './schema.ts'
import type { Thing } from './thing.ts'

type CouponRow = typeof coupons.$inferSelect
export type Discount = { coupon: CouponRow; discountFen: number }

/** What a coupon would take off for this person now; the problem where it does not count. Reserves nothing. */
export async function tryCoupon(
  db: Db,
  code: string,
  { userId, thing, at }: { userId: string | undefined; thing: Thing; at: number },
): Promise<Discount | { problem: CouponProblem }> {
  const [coupon] = await db.select().from(coupons).where(eq(coupons.code, code.toUpperCase()))
  if (!coupon) return { problem: 'unknown' }
  const mine = userId ? await redemptionBy(db, coupon.id, userId) : undefined
  const held = mine !== undefined && isOpen(mine) && mine.courseId === thing.courseId && mine.planId === thing.planId
  const problem = problemOf(coupon, thing, at)
  if (problem && !(problem === 'used_up' && held)) return { problem }
  if (mine && !held) return { problem: 'used_by_you' }
  return { coupon, discountFen: discountOf(coupon, thing.priceFen) }
}

async function redemptionBy(db: Db, couponId: string, userId: string) {
  const { status, courseId, planId } = orders
  const [use] = await db
    .select({ status, courseId, planId })
    .from(couponRedemptions)
    .innerJoin(orders, eq(orders.id, couponRedemptions.orderId))
    .where(and(eq(couponRedemptions.couponId, couponId), eq(couponRedemptions.userId, userId)))
  return use
}

function problemOf(coupon: CouponRow, thing: Thing, at: number): CouponProblem | undefined {
  const { courseId, planId, startsAt, endsAt, disabledAt, minimumFen, maximumUses, uses } = coupon
  const bound = courseId !== null || planId !== null
  const fits = (courseId !== null && courseId === thing.courseId) || (planId !== null && planId === thing.planId)
  if (bound && !fits) return 'not_for_this'
  if (disabledAt !== null || startsAt > at || (endsAt !== null && endsAt <= at)) return 'not_now'
  if (thing.priceFen < minimumFen) return 'below_minimum'
  if (maximumUses !== null && uses >= maximumUses) return 'used_up'
  return undefined
}

/** Percents are rounded down to whole fen, and nothing costs less than nothing. */
export const discountOf = ({ kind, value }: Pick<CouponRow, 'kind' | 'value'>, priceFen: number): number =>
  Math.min(priceFen, kind === 'fixed' ? value : Math.floor((priceFen * value) / 100))

/** Counts one use, if there is one left now; the database counts, so that the last one is given once. */
export async function reserve(tx: Db, { coupon }: Discount): Promise<void> {
  const left = or(isNull(coupons.maximumUses), lt(coupons.uses, coupons.maximumUses))
  const reserved = await tx
    .update(coupons)
    .set({ uses: sql`${coupons.uses} + 1` })
    .where(and(eq(coupons.id, coupon.id), isNull(coupons.disabledAt), left))
    .returning({ id: coupons.id })
  if (reserved.length === 0) throw new AppError('coupon_invalid', 'this coupon is used up')
}

/** Ties the use to its order; each person has one. */
export async function tie(
  tx: Db,
  use: { couponId: string; userId: string; orderId: string; at: number },
): Promise<void> {
  const { at: createdAt, ...rest } = use
  const tied = await tx
    .insert(couponRedemptions)
    .values({ ...rest, createdAt })
    .onConflictDoNothing()
    .returning({ orderId: couponRedemptions.orderId })
  if (tied.length === 0) throw new AppError('coupon_invalid', 'you have used this coupon')
}

export const consume = (tx: Db, orderId: string, at: number) =>
  tx.update(couponRedemptions).set({ consumedAt: at }).where(eq(couponRedemptions.orderId, orderId))

export async function release(tx: Db, orderId: string): Promise<void> {
  const released = await tx
    .delete(couponRedemptions)
    .where(and(eq(couponRedemptions.orderId, orderId), isNull(couponRedemptions.consumedAt)))
    .returning({ couponId: couponRedemptions.couponId })
  for (const { couponId } of released)
    await tx
      .update(coupons)
      .set({ uses: sql`${coupons.uses} - 1` })
      .where(eq(coupons.id, couponId))
}
