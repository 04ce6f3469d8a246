/** Refunds as operators see them. */
import { and, desc, eq, inArray, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { orders, paymentAttempts, refunds, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { beyond, PAGE, pageOf } from '../payments/cursor.ts'
import type { Refund, RefundPage, RefundQuery } from '../payments/schema.ts'

const statuses = {
  waiting: ['requested', 'approving', 'abnormal', 'failed'],
  running: ['approved', 'processing'],
  done: ['succeeded', 'rejected'],
} satisfies Record<Exclude<RefundQuery['filter'], 'all'>, Refund['status'][]>

export async function listRefunds(db: Db, { filter, after }: RefundQuery): Promise<RefundPage> {
  const found = await selectRefunds(
    db,
    and(
      filter === 'all' ? undefined : inArray(refunds.status, statuses[filter]),
      beyond(after, refunds.createdAt, refunds.id),
    ),
  ).limit(PAGE + 1)
  const { page, next } = pageOf(found, ({ id, createdAt }) => ({ id, at: createdAt }))
  return { refunds: page, next }
}

export async function getRefund(db: Db, id: string): Promise<Refund> {
  const [refund] = await selectRefunds(db, eq(refunds.id, id))
  if (!refund) throw new AppError('not_found', 'there is no such refund')
  return refund
}

/** The latest first. */
export const selectRefunds = (db: Db, where: SQL | undefined) =>
  db
    .select({
      id: refunds.id,
      orderId: refunds.orderId,
      orderNo: orders.orderNo,
      title: orders.title,
      buyer: { id: users.id, displayName: users.displayName },
      provider: paymentAttempts.provider,
      outRefundNo: refunds.outRefundNo,
      amountFen: refunds.amountFen,
      cause: refunds.cause,
      reason: refunds.reason,
      answer: refunds.answer,
      status: refunds.status,
      failure: refunds.failure,
      approvedBy: refunds.approvedBy,
      secondedBy: refunds.secondedBy,
      createdAt: refunds.createdAt,
      succeededAt: refunds.succeededAt,
    })
    .from(refunds)
    .innerJoin(orders, eq(orders.id, refunds.orderId))
    .innerJoin(users, eq(users.id, orders.userId))
    .leftJoin(paymentAttempts, eq(paymentAttempts.id, refunds.attemptId))
    .where(where)
    .orderBy(desc(refunds.createdAt), desc(refunds.id))
    .$dynamic()
