/** One order: its row and how it travels, the lock that every change begins with, and the one way to change its status. */
import { and, desc, eq, inArray, type SQL } from 'drizzle-orm'
import type { FastifyBaseLogger } from 'fastify'
import type { Db } from '../../db/client.ts'
import { coupons, orderEvents, orders, paymentAttempts, refunds } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { PaymentProvider } from '../payments/provider.ts'
import type { Agreement, Order, OrderStatus } from './schema.ts'

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS

/** Providers take money for a minute at the least, and the last one belongs to asking them. */
export const LAST_CALL_MS = MINUTE_MS
export const LEAST_LEFT_MS = LAST_CALL_MS + 90_000

export type OrdersDeps = {
  db: Db
  jobs: Jobs
  bus: Bus
  log: Pick<FastifyBaseLogger, 'info' | 'warn' | 'error'>
  now: () => number
  providers: PaymentProvider[]
  /** Whom WeChat's bridge is to charge; null for those who never signed in through WeChat. */
  openidOf: (userId: string) => Promise<string | null>
  agreement: Agreement
  publicUrl: string
  orderTtlMinutes: number
  /** A refund above this many fen needs a second person. */
  refundSecondPersonFen: number
}

export type OrderRow = typeof orders.$inferSelect
export type AttemptRow = typeof paymentAttempts.$inferSelect
export type RefundRow = typeof refunds.$inferSelect

export const openStatuses: OrderStatus[] = ['pending', 'paying']
export const boughtStatuses: OrderStatus[] = ['paid', 'refunding', 'partially_refunded', 'refunded']
export const isOpen = ({ status }: { status: OrderStatus }) => openStatuses.includes(status)

/** Every transaction that changes an order, its attempts or its refunds begins here, so that none waits for another in a circle. */
export async function lockOrder(tx: Db, where: SQL): Promise<OrderRow> {
  const [order] = await tx.select().from(orders).where(where).for('update')
  if (!order) throw new AppError('not_found', 'there is no such order')
  return order
}

/** What of an order changes with its status, if at all. */
type Moving = Pick<OrderRow, 'paidAttemptId' | 'paidAt' | 'closedAt' | 'closedReason' | 'refundedFen'>
type Move = { actor: string; cause: string; at: number; set?: Partial<Moving> }

/** Moves a locked order on, and writes down who did it and why. */
export async function move(
  tx: Db,
  order: OrderRow,
  to: OrderStatus,
  { actor, cause, at, set }: Move,
): Promise<OrderRow> {
  const { id, status: from, paidAttemptId, paidAt, closedAt, closedReason, refundedFen } = order
  const values = { id, from, to, paidAttemptId, paidAt, closedAt, closedReason, refundedFen, ...set }
  const [[moved]] = await Promise.all([
    moveFrom(tx, values),
    note(tx, { orderId: order.id, fromStatus: order.status, toStatus: to, actor, cause, at }),
  ])
  if (!moved) throw new Error(`order ${order.orderNo} is not ${order.status} any more`)
  return moved
}

const moveFrom = statement((tx, blanks: Blanks<Moving & { id: string; from: OrderStatus; to: OrderStatus }>) => {
  const { id, from, to: status, paidAttemptId, paidAt, closedAt, closedReason, refundedFen } = blanks
  return tx
    .update(orders)
    .set({ status, paidAttemptId, paidAt, closedAt, closedReason, refundedFen })
    .where(and(eq(orders.id, id), eq(orders.status, from)))
    .returning()
})

type OrderEvent = Omit<typeof orderEvents.$inferSelect, 'id' | 'seq'>

/** Writes down what befell an order. */
export const note = statement((tx, { orderId, fromStatus, toStatus, actor, cause, at }: Blanks<OrderEvent>) =>
  tx.insert(orderEvents).values({ orderId, fromStatus, toStatus, actor, cause, at }),
)

export async function getOrder(db: Db, where: SQL): Promise<Order> {
  const [row] = await db.select().from(orders).where(where)
  if (!row) throw new AppError('not_found', 'there is no such order')
  const [order] = await travelling(db, [row])
  return order!
}

/** How orders travel, with what belongs to them read once for all. */
export async function travelling(db: Db, rows: OrderRow[]): Promise<Order[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const couponIds = rows.flatMap(({ couponId }) => couponId ?? [])
  const [attempts, wished, codes] = await Promise.all([
    db
      .select({ orderId: paymentAttempts.orderId, channel: paymentAttempts.channel })
      .from(paymentAttempts)
      .where(and(inArray(paymentAttempts.orderId, ids), eq(paymentAttempts.role, 'settling'))),
    db
      .select()
      .from(refunds)
      .where(and(inArray(refunds.orderId, ids), inArray(refunds.cause, ['requested', 'operator'])))
      .orderBy(desc(refunds.createdAt)),
    couponIds.length > 0
      ? db.select({ id: coupons.id, code: coupons.code }).from(coupons).where(inArray(coupons.id, couponIds))
      : [],
  ])
  return rows.map((row) => {
    const refund = wished.find(({ orderId }) => orderId === row.id)
    return {
      ...plain(row),
      couponCode: codes.find(({ id }) => id === row.couponId)?.code ?? null,
      channel: attempts.find(({ orderId }) => orderId === row.id)?.channel ?? null,
      refund: refund ? shortly(refund) : null,
    }
  })
}

const plain = (row: OrderRow) => ({
  id: row.id,
  orderNo: row.orderNo,
  courseId: row.courseId,
  planId: row.planId,
  title: row.title,
  listFen: row.listFen,
  discountFen: row.discountFen,
  payableFen: row.payableFen,
  refundedFen: row.refundedFen,
  accessDays: row.accessDays,
  status: row.status,
  createdAt: row.createdAt,
  expiresAt: row.expiresAt,
  paidAt: row.paidAt,
  closedAt: row.closedAt,
  closedReason: row.closedReason,
})

const shortly = ({ amountFen, status, reason, answer, createdAt }: RefundRow) => ({
  amountFen,
  status,
  reason,
  answer,
  createdAt,
})
