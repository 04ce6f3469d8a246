/** What has been left lying: work whose time passed long ago is given out again, and money that nobody moves is named. */
import { and, eq, inArray, isNotNull, lt, or } from 'drizzle-orm'
import { idempotencyKeys, orders, paymentAttempts, refunds } from '../../db/schema.ts'
import { DAY_MS } from '../payments/money.ts'
import { askJob, closeAttemptsJob, closeJob, refundJob } from './jobs.ts'
import { HOUR_MS, MINUTE_MS, type OrdersDeps, openStatuses } from './order.ts'

const LATE_MS = 10 * MINUTE_MS
const MOST = 500
const KEYS_KEPT_MS = 7 * DAY_MS

/** A job may have died of its last retry. Doing the same twice does no harm. */
export async function sweep(deps: OrdersDeps): Promise<void> {
  const { db, jobs, now } = deps
  const late = now() - LATE_MS
  const stale = await db
    .select({ orderId: orders.id })
    .from(orders)
    .where(and(inArray(orders.status, openStatuses), lt(orders.expiresAt, late)))
    .limit(MOST)
  for (const data of stale) await jobs.add(closeJob, data, { key: data.orderId })
  const unasked = await db
    .select({ attemptId: paymentAttempts.id })
    .from(paymentAttempts)
    .where(lt(paymentAttempts.nextQueryAt, late))
    .limit(MOST)
  for (const data of unasked) await jobs.add(askJob, data, { key: data.attemptId })
  const closing = await db
    .selectDistinct({ orderId: paymentAttempts.orderId })
    .from(paymentAttempts)
    .innerJoin(orders, eq(orders.id, paymentAttempts.orderId))
    .where(and(eq(paymentAttempts.status, 'closing'), isNotNull(orders.paidAt), lt(orders.paidAt, late)))
    .limit(MOST)
  for (const data of closing) await jobs.add(closeAttemptsJob, data, { key: data.orderId })
  await sweepRefunds(deps, late)
  await db.delete(idempotencyKeys).where(lt(idempotencyKeys.createdAt, now() - KEYS_KEPT_MS))
}

async function sweepRefunds({ db, jobs, log, now }: OrdersDeps, late: number): Promise<void> {
  const running = inArray(refunds.status, ['approved', 'processing', 'abnormal'])
  const due = or(lt(refunds.nextQueryAt, late), and(eq(refunds.status, 'approved'), lt(refunds.createdAt, late)))
  const stuck = await db.select({ refundId: refunds.id }).from(refunds).where(and(running, due)).limit(MOST)
  for (const data of stuck) await jobs.add(refundJob, data, { key: data.refundId })
  const surplus = inArray(refunds.cause, ['duplicate_payment', 'paid_after_close', 'amount_mismatch'])
  const kept = inArray(refunds.status, ['requested', 'approved', 'processing', 'abnormal', 'failed'])
  const tooLong = await db.$count(refunds, and(surplus, kept, lt(refunds.createdAt, now() - HOUR_MS)))
  if (tooLong > 0) log.error({ refunds: tooLong }, 'money that is not ours has been here for more than an hour')
}
