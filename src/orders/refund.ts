/** Refunds that people ask for and decide about. Nothing here moves money: what is approved goes to the refund job. */
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { orders, refunds } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import type { AuditAction } from '../audit/schema.ts'
import type { SignedInUser } from '../http/auth.ts'
import { newOutRefundNo } from '../payments/money.ts'
import type { Approval, Refund } from '../payments/schema.ts'
import { once } from './idempotency.ts'
import { refundJob } from './jobs.ts'
import { getOrder, lockOrder, move, type OrderRow, type OrdersDeps, type RefundRow } from './order.ts'
import { announceOrder } from './paid.ts'
import { getRefund } from './refund-list.ts'
import type { OperatorRefund, Order, RefundRequest } from './schema.ts'

type Person = Pick<SignedInUser, 'id'>

/** A buyer asks for what is left of an order; an operator decides. */
export async function requestRefund(
  deps: OrdersDeps,
  user: Person,
  orderId: string,
  wish: RefundRequest,
  key?: string,
): Promise<Order> {
  const mine = and(eq(orders.id, orderId), eq(orders.userId, user.id))!
  const at = deps.now()
  await deps.db.transaction((tx) =>
    once(tx, { userId: user.id, key, request: ['refund', orderId, wish], at }, async () => {
      const order = await lockOrder(tx, mine)
      const amountFen = order.payableFen - order.refundedFen
      if (amountFen === 0) throw new AppError('not_refundable', 'there is no money to give back')
      const wanted = { amountFen, reason: wish.reason, cause: 'requested' as const, actor: user.id, at }
      return (await open(tx, order, { ...wanted, status: 'requested' })).id
    }),
  )
  await announceOrder(deps, { id: orderId, userId: user.id })
  return getOrder(deps.db, mine)
}

/** An operator gives money back without being asked; of a free order only the right is taken back. */
export async function refundByOperator(
  deps: OrdersDeps,
  operator: Person,
  orderId: string,
  { amountFen, reason }: OperatorRefund,
  key?: string,
): Promise<Refund> {
  const at = deps.now()
  const refundId = await deps.db.transaction((tx) =>
    once(tx, { userId: operator.id, key, request: ['operatorRefund', orderId, amountFen, reason], at }, async () => {
      const order = await lockOrder(tx, eq(orders.id, orderId))
      if (amountFen === 0 && order.payableFen > 0) throw new AppError('bad_request', 'an amount is needed')
      const wanted = { amountFen, reason, cause: 'operator' as const, actor: operator.id, at }
      const refund = await open(tx, order, { ...wanted, status: 'requested' })
      await approveIn(deps, tx, operator, refund, { amountFen }, order)
      return refund.id
    }),
  )
  return decided(deps, refundId)
}

type Wanted = Pick<RefundRow, 'amountFen' | 'reason' | 'cause' | 'status'> & { actor: string; at: number }

async function open(tx: Db, order: OrderRow, { actor, at, ...wanted }: Wanted): Promise<RefundRow> {
  if (order.status !== 'paid' && order.status !== 'partially_refunded')
    throw new AppError('not_refundable', `this order is ${order.status}`)
  if (order.refundedFen + wanted.amountFen > order.payableFen)
    throw new AppError('not_refundable', 'more than is left of this order')
  const outRefundNo = newOutRefundNo()
  await move(tx, order, 'refunding', { actor, cause: `refund:${outRefundNo}`, at })
  const attemptId = order.paidAttemptId
  const [refund] = await tx
    .insert(refunds)
    .values({ orderId: order.id, attemptId, outRefundNo, requestedBy: actor, createdAt: at, ...wanted })
    .returning()
  return refund!
}

/** The first yes. Up to the limit it is enough; above, it waits for another person's. */
export const approve = (deps: OrdersDeps, operator: Person, refundId: string, approval: Approval) =>
  decide(deps, refundId, (tx, refund, order) => approveIn(deps, tx, operator, refund, approval, order))

async function approveIn(
  deps: OrdersDeps,
  tx: Db,
  operator: Person,
  refund: RefundRow,
  approval: Approval,
  order: OrderRow,
) {
  checkNotOwn(operator, order)
  const { amountFen = refund.amountFen, answer = refund.answer } = approval
  if (refund.status !== 'requested') throw new AppError('conflict', `this refund is ${refund.status}`)
  await checkAmount(tx, refund, amountFen)
  const alone = (await goneBack(tx, refund)) + amountFen <= deps.refundSecondPersonFen
  const set = {
    status: alone ? ('approved' as const) : ('approving' as const),
    approvedBy: operator.id,
    amountFen,
    answer,
  }
  await tx.update(refunds).set(set).where(eq(refunds.id, refund.id))
  await audit(deps, tx, operator, 'refundApproved', refund, { amountFen })
  if (alone) await deps.jobs.add(refundJob, { refundId: refund.id }, { tx, key: refund.id })
}

/** Of the same order before: many small refunds are one large one. */
async function goneBack(tx: Db, { orderId, cause }: RefundRow): Promise<number> {
  if (cause === 'amount_mismatch') return 0
  const [order] = await tx.select({ fen: orders.refundedFen }).from(orders).where(eq(orders.id, orderId))
  return order!.fen
}

/** A wrong amount goes back whole: the order never had any of it. */
async function checkAmount(tx: Db, refund: RefundRow, amountFen: number): Promise<void> {
  if (refund.cause === 'amount_mismatch') {
    if (amountFen !== refund.amountFen) throw new AppError('bad_request', 'this money goes back whole')
    return
  }
  const [order] = await tx.select().from(orders).where(eq(orders.id, refund.orderId))
  if (order!.refundedFen + amountFen > order!.payableFen)
    throw new AppError('not_refundable', 'more than is left of this order')
}

/** Nobody decides about their own money. */
function checkNotOwn(operator: Person, { userId }: OrderRow): void {
  if (userId === operator.id) throw new AppError('forbidden', 'another person has to decide about your own order')
}

export const second = (deps: OrdersDeps, operator: Person, refundId: string) =>
  decide(deps, refundId, async (tx, refund, order) => {
    checkNotOwn(operator, order)
    if (refund.status !== 'approving') throw new AppError('conflict', `this refund is ${refund.status}`)
    if ([refund.approvedBy, refund.requestedBy].includes(operator.id))
      throw new AppError('forbidden', 'another person has to agree')
    await tx.update(refunds).set({ status: 'approved', secondedBy: operator.id }).where(eq(refunds.id, refund.id))
    await audit(deps, tx, operator, 'refundSeconded', refund, { amountFen: refund.amountFen })
    await deps.jobs.add(refundJob, { refundId }, { tx, key: refundId })
  })

export const reject = (deps: OrdersDeps, operator: Person, refundId: string, answer: string) =>
  decide(deps, refundId, async (tx, refund, order) => {
    if (refund.cause === 'amount_mismatch')
      throw new AppError('conflict', 'this money is not ours: it can only go back')
    if (refund.status !== 'requested' && refund.status !== 'approving')
      throw new AppError('conflict', `this refund is ${refund.status}`)
    await tx.update(refunds).set({ status: 'rejected', answer }).where(eq(refunds.id, refund.id))
    await backToPaid(tx, order, { actor: operator.id, cause: `refundRejected:${refund.outRefundNo}`, at: deps.now() })
    await audit(deps, tx, operator, 'refundRejected', refund, {})
  })

/** One that failed is tried again under the same number. */
export const retry = (deps: OrdersDeps, operator: Person, refundId: string) =>
  decide(deps, refundId, async (tx, refund, order) => {
    if (refund.status !== 'failed') throw new AppError('conflict', `this refund is ${refund.status}`)
    const cause = `refund:${refund.outRefundNo}`
    const ofOrder = refund.cause === 'requested' || refund.cause === 'operator'
    if (ofOrder) {
      await checkAmount(tx, refund, refund.amountFen)
      if (order.status !== 'paid' && order.status !== 'partially_refunded')
        throw new AppError('not_refundable', `this order is ${order.status}`)
      await move(tx, order, 'refunding', { actor: operator.id, cause, at: deps.now() })
    }
    await tx.update(refunds).set({ status: 'approved', failure: null, queryTries: 0 }).where(eq(refunds.id, refundId))
    await audit(deps, tx, operator, 'refundRetried', refund, {})
    await deps.jobs.add(refundJob, { refundId }, { tx, key: refundId })
  })

/** An order whose refund came to nothing is what it was before. */
export const backToPaid = (tx: Db, order: OrderRow, why: { actor: string; cause: string; at: number }) =>
  move(tx, order, order.refundedFen > 0 ? 'partially_refunded' : 'paid', why)

async function decide(
  deps: OrdersDeps,
  refundId: string,
  decision: (tx: Db, refund: RefundRow, order: OrderRow) => Promise<void>,
): Promise<Refund> {
  await deps.db.transaction(async (tx) => {
    const [known] = await tx.select().from(refunds).where(eq(refunds.id, refundId))
    if (!known) throw new AppError('not_found', 'there is no such refund')
    const order = await lockOrder(tx, eq(orders.id, known.orderId))
    const [refund] = await tx.select().from(refunds).where(eq(refunds.id, refundId)).for('update')
    await decision(tx, refund!, order)
  })
  return decided(deps, refundId)
}

async function decided(deps: OrdersDeps, refundId: string): Promise<Refund> {
  const refund = await getRefund(deps.db, refundId)
  await announceOrder(deps, { id: refund.orderId, userId: refund.buyer.id })
  return refund
}

const audit = (
  { now }: OrdersDeps,
  tx: Db,
  operator: Person,
  action: AuditAction,
  { id, orderId, outRefundNo }: RefundRow,
  details: Record<string, unknown>,
) =>
  record(tx, {
    actorId: operator.id,
    action,
    subject: 'refund',
    subjectId: id,
    details: { orderId, outRefundNo, ...details },
    at: now(),
  })
