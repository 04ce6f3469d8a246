/** What orders and payments hold of a person. The law wants them kept; who somebody was to a provider is not needed. */
import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { couponRedemptions, idempotencyKeys, orders, paymentAttempts, refunds } from '../../db/schema.ts'
import type { PersonalData } from '../users/personal-data.ts'

export const ordersPersonalData = (db: Db): PersonalData => ({
  name: 'purchases',
  async gather(userId) {
    const own = ordersOf(db, userId)
    const { id, orderId, channel, outTradeNo, providerTxn, amountFen, status, payer, succeededAt, createdAt } =
      paymentAttempts
    const attempt = { id, orderId, channel, outTradeNo, providerTxn, amountFen, status, payer, succeededAt, createdAt }
    return {
      orders: await db.select().from(orders).where(eq(orders.userId, userId)),
      payments: await db.select(attempt).from(paymentAttempts).where(inArray(paymentAttempts.orderId, own)),
      refunds: await db.select(refundColumns).from(refunds).where(inArray(refunds.orderId, own)),
      coupons: await db.select().from(couponRedemptions).where(eq(couponRedemptions.userId, userId)),
    }
  },
  async erase(tx, userId) {
    await tx.delete(idempotencyKeys).where(eq(idempotencyKeys.userId, userId))
    // One that may still be paid must be asked for with the same payer.
    const over = inArray(paymentAttempts.status, ['succeeded', 'closed', 'failed'])
    const own = inArray(paymentAttempts.orderId, ordersOf(tx, userId))
    await tx.update(paymentAttempts).set({ payer: {}, prompt: null }).where(and(own, over))
  },
})

const ordersOf = (db: Db, userId: string) => db.select({ id: orders.id }).from(orders).where(eq(orders.userId, userId))

/** Not which operators decided. */
const refundColumns = {
  id: refunds.id,
  orderId: refunds.orderId,
  amountFen: refunds.amountFen,
  cause: refunds.cause,
  reason: refunds.reason,
  answer: refunds.answer,
  status: refunds.status,
  succeededAt: refunds.succeededAt,
  createdAt: refunds.createdAt,
}
