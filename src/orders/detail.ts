/** Everything that is known of one order, for operators. */
import { asc, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  ledgerEntries,
  ledgerTransactions,
  orderEvents,
  orders,
  paymentAttempts,
  refunds as refundsTable,
  users,
} from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { paymentReference } from '../payments/ledger.ts'
import { buyerColumns } from './list.ts'
import { type AttemptRow, travelling } from './order.ts'
import { selectRefunds } from './refund-list.ts'
import type { OrderDetail } from './schema.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export async function orderDetail(db: Db, orderId: string): Promise<OrderDetail> {
  const [found] = await db
    .select({ row: orders, buyer: buyerColumns })
    .from(orders)
    .innerJoin(users, eq(users.id, orders.userId))
    .where(eq(orders.id, orderId))
  if (!found) throw new AppError('not_found', 'there is no such order')
  const { row, buyer } = found
  const [[order], attempts, refunds, events] = await Promise.all([
    travelling(db, [row]),
    db
      .select()
      .from(paymentAttempts)
      .where(eq(paymentAttempts.orderId, orderId))
      .orderBy(asc(paymentAttempts.createdAt)),
    selectRefunds(db, eq(refundsTable.orderId, orderId)),
    eventsOf(db, orderId),
  ])
  const references = [
    ...attempts.flatMap(({ provider, providerTxn }) => (providerTxn ? paymentReference(provider, providerTxn) : [])),
    ...refunds.map(({ outRefundNo }) => outRefundNo),
  ]
  return {
    order: order!,
    buyer,
    agreementVersion: row.agreementVersion,
    consentedAt: row.consentedAt,
    attempts: attempts.map(attemptOf),
    refunds,
    events,
    ledger: await ledgerOf(db, references),
  }
}

const attemptOf = (row: AttemptRow) => ({
  id: row.id,
  channel: row.channel,
  provider: row.provider,
  outTradeNo: row.outTradeNo,
  providerTxn: row.providerTxn,
  amountFen: row.amountFen,
  status: row.status,
  role: row.role,
  createdAt: row.createdAt,
  succeededAt: row.succeededAt,
  askedAt: row.askedAt,
})

/** People by their names, parts of the server by theirs. */
async function eventsOf(db: Db, orderId: string): Promise<OrderDetail['events']> {
  const { fromStatus, toStatus, actor, cause, at } = orderEvents
  const events = await db
    .select({ fromStatus, toStatus, actor, cause, at })
    .from(orderEvents)
    .where(eq(orderEvents.orderId, orderId))
    .orderBy(asc(orderEvents.seq))
  const people = [...new Set(events.map((event) => event.actor))].filter((each) => UUID.test(each))
  if (people.length === 0) return events
  const names = await db
    .select({ id: users.id, displayName: users.displayName })
    .from(users)
    .where(inArray(users.id, people))
  return events.map((event) => ({
    ...event,
    actor: names.find(({ id }) => id === event.actor)?.displayName ?? event.actor,
  }))
}

async function ledgerOf(db: Db, references: string[]): Promise<OrderDetail['ledger']> {
  if (references.length === 0) return []
  const rows = await db
    .select({ transaction: ledgerTransactions, entry: ledgerEntries })
    .from(ledgerTransactions)
    .innerJoin(ledgerEntries, eq(ledgerEntries.transactionId, ledgerTransactions.id))
    .where(inArray(ledgerTransactions.reference, references))
    .orderBy(asc(ledgerTransactions.at))
  return [...Map.groupBy(rows, ({ transaction }) => transaction.id).values()].map((group) => {
    const { kind, reference, at } = group[0]!.transaction
    return { kind, reference, at, entries: group.map(({ entry: { account, amountFen } }) => ({ account, amountFen })) }
  })
}
