/** What happens when an order is paid, in the transaction that moves it, and what is told after that commits. */
import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { paymentAttempts, users } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'
import { announceGranted, grantIn } from '../entitlements/grants.ts'
import { consume } from './coupons.ts'
import { move, type OrderRow, type OrdersDeps } from './order.ts'

/** `othersLive`: other attempts of it could still be paid. */
export type Paid = { order: OrderRow; granted: boolean; othersLive: boolean }

type How = { actor: string; cause: string; at: number; paidAttemptId?: string }

/** Moves a locked order to `paid`, with the right that it pays for. */
export async function paidIn(tx: Db, order: OrderRow, { paidAttemptId, actor, cause, at }: How): Promise<Paid> {
  const set = { paidAt: at, ...(paidAttemptId && { paidAttemptId }) }
  const { userId, courseId, planId, accessDays } = order
  const [paid] = await Promise.all([
    move(tx, order, 'paid', { actor, cause, at, set }),
    lockRights(tx, { userId }),
    order.couponId ? consume(tx, order.id, at) : undefined,
  ])
  const subject = courseId ? { courseId } : { planId: planId! }
  const [{ granted }, others] = await Promise.all([
    grantIn(tx, { userId, subject, orderId: order.id, accessDays, at }),
    stopOthers(tx, { orderId: order.id }),
  ])
  return { order: paid, granted, othersLive: others.length > 0 }
}

const stopOthers = statement((tx, { orderId }: Blanks<{ orderId: string }>) =>
  tx
    .update(paymentAttempts)
    .set({ status: 'closing' })
    .where(and(eq(paymentAttempts.orderId, orderId), inArray(paymentAttempts.status, ['created', 'pending'])))
    .returning({ id: paymentAttempts.id }),
)

/**
 * One change of a person's rights at a time: an order that is paid while another for the same thing is refunded must be
 * seen by that refund, or see it. Taken after the order's lock, by everyone.
 */
export const lockRights = statement((tx, { userId }: Blanks<{ userId: string }>) =>
  tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('no key update'),
)

export async function announcePaid(deps: OrdersDeps, { order, granted }: Paid): Promise<void> {
  const { userId, courseId, planId } = order
  if (granted) await announceGranted(deps, { userId, courseId, planId }).catch((error) => untold(deps, error))
  await announceOrder(deps, order)
}

/** Pages look at this order again. What is stored is stored: they also ask by themselves. */
export const announceOrder = (deps: OrdersDeps, { userId, id: orderId }: Pick<OrderRow, 'userId' | 'id'>) =>
  deps.bus.publish('orderChanged', { userId, orderId }).catch((error) => untold(deps, error))

export const untold = ({ log }: OrdersDeps, error: unknown) =>
  log.warn({ err: error }, 'a change could not be announced')
