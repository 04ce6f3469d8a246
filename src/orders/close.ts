/** Closing an order that is not paid: the provider is asked first, because a payment may be on its way. */
import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { orders, paymentAttempts } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { shut } from './ask.ts'
import { release } from './coupons.ts'
import { type AttemptRow, getOrder, isOpen, lockOrder, move, type OrderRow, type OrdersDeps } from './order.ts'
import { announceOrder } from './paid.ts'
import type { Order } from './schema.ts'

const ROUNDS = 3

type Closing = { actor: string; reason: 'expired' | 'cancelled'; at: number }

export async function cancelOrder(deps: OrdersDeps, user: Pick<SignedInUser, 'id'>, orderId: string): Promise<Order> {
  const mine = and(eq(orders.id, orderId), eq(orders.userId, user.id))!
  const order = await getOrder(deps.db, mine)
  if (order.status === 'closed') return order
  if (!isOpen(order)) throw new AppError('conflict', 'this order is paid')
  await closeOrder(deps, orderId, { actor: user.id, reason: 'cancelled' })
  const after = await getOrder(deps.db, mine)
  if (after.status !== 'closed') throw new AppError('conflict', 'this order was paid just now')
  return after
}

/** Of the job that waits for each order's end. */
export async function closeExpired(deps: OrdersDeps, { orderId }: { orderId: string }): Promise<void> {
  const [order] = await deps.db.select().from(orders).where(eq(orders.id, orderId))
  if (!order || !isOpen(order) || order.expiresAt > deps.now()) return
  await closeOrder(deps, orderId, { actor: 'closer', reason: 'expired' })
}

/** Afterwards the order is closed, or paid; where a provider gives no answer it throws, and the order stays open. */
async function closeOrder(deps: OrdersDeps, orderId: string, why: Omit<Closing, 'at'>): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const live = await stopPaying(deps, orderId)
    for (const attempt of live) await shut(deps, attempt)
    const closed = await deps.db.transaction(async (tx) => {
      const order = await lockOrder(tx, eq(orders.id, orderId))
      if (!isOpen(order)) return 'paid'
      if ((await liveAttempts(tx, orderId)).length > 0) return 'again'
      await closeIn(tx, order, { ...why, at: deps.now() })
      return order
    })
    if (closed === 'paid') return
    if (closed !== 'again') return announceOrder(deps, closed)
  }
  throw new AppError('conflict', 'someone is trying to pay this order')
}

/** From here on nobody is shown these attempts again. */
const stopPaying = ({ db }: OrdersDeps, orderId: string): Promise<AttemptRow[]> =>
  db.transaction(async (tx) => {
    const order = await lockOrder(tx, eq(orders.id, orderId))
    if (!isOpen(order)) return []
    await tx
      .update(paymentAttempts)
      .set({ status: 'closing' })
      .where(and(eq(paymentAttempts.orderId, orderId), inArray(paymentAttempts.status, ['created', 'pending'])))
    return liveAttempts(tx, orderId)
  })

const liveAttempts = (tx: Db, orderId: string): Promise<AttemptRow[]> =>
  tx
    .select()
    .from(paymentAttempts)
    .where(
      and(eq(paymentAttempts.orderId, orderId), inArray(paymentAttempts.status, ['created', 'pending', 'closing'])),
    )

/** Closes a locked order that nobody can pay any more. */
export async function closeIn(tx: Db, order: OrderRow, { actor, reason, at }: Closing): Promise<void> {
  await move(tx, order, 'closed', { actor, cause: reason, at, set: { closedAt: at, closedReason: reason } })
  await release(tx, order.id)
}
