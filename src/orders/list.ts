/** Orders page by page: a buyer's own, and what operators search for. */
import { and, desc, eq, ilike, inArray, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { orders, paymentAttempts, users } from '../../db/schema.ts'
import type { SignedInUser } from '../http/auth.ts'
import { beyond, PAGE, pageOf } from '../payments/cursor.ts'
import { boughtStatuses, type OrdersDeps, openStatuses, travelling } from './order.ts'
import type { FoundOrderPage, OrderPage, OrderQuery, OrderSearch, OrderStatus } from './schema.ts'

const statuses: Record<Exclude<OrderQuery['filter'], 'all'>, OrderStatus[]> = {
  open: openStatuses,
  bought: boughtStatuses,
  closed: ['closed'],
}

export async function listOrders(
  { db, now }: OrdersDeps,
  user: Pick<SignedInUser, 'id'>,
  { filter, courseId, planId, after }: OrderQuery,
): Promise<OrderPage> {
  const found = await db
    .select()
    .from(orders)
    .where(
      and(
        eq(orders.userId, user.id),
        filter === 'all' ? undefined : inArray(orders.status, statuses[filter]),
        courseId ? eq(orders.courseId, courseId) : undefined,
        planId ? eq(orders.planId, planId) : undefined,
        beyond(after, orders.createdAt, orders.id),
      ),
    )
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(PAGE + 1)
  const { page, next } = pageOf(found, ({ id, createdAt }) => ({ id, at: createdAt }))
  return { orders: await travelling(db, page), next, now: now() }
}

export async function searchOrders(db: Db, { search, status, userId, after }: OrderSearch): Promise<FoundOrderPage> {
  const found = await db
    .select({ order: orders, buyer: buyerColumns })
    .from(orders)
    .innerJoin(users, eq(users.id, orders.userId))
    .where(
      and(
        search?.trim() ? matching(search.trim()) : undefined,
        status ? eq(orders.status, status) : undefined,
        userId ? eq(orders.userId, userId) : undefined,
        beyond(after, orders.createdAt, orders.id),
      ),
    )
    .orderBy(desc(orders.createdAt), desc(orders.id))
    .limit(PAGE + 1)
  const { page, next } = pageOf(found, ({ order }) => ({ id: order.id, at: order.createdAt }))
  const travelled = await travelling(
    db,
    page.map(({ order }) => order),
  )
  return { orders: page.map(({ buyer }, index) => ({ order: travelled[index]!, buyer })), next }
}

export const buyerColumns = { id: users.id, username: users.username, displayName: users.displayName }

function matching(search: string): SQL {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
  const number = sql<boolean>`exists (select 1 from ${paymentAttempts} where ${paymentAttempts.orderId} = ${orders.id} and (${paymentAttempts.outTradeNo} = ${search} or ${paymentAttempts.providerTxn} = ${search}))`
  const buyer = or(ilike(users.username, pattern), ilike(users.displayName, pattern))
  return or(ilike(orders.orderNo, pattern), number, buyer)!
}
