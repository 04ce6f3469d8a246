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
import { type OrderDetail, orderActors, orderCauses } from './schema.ts'

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

type Told = OrderDetail['events'][number]

async function eventsOf(db: Db, orderId: string): Promise<Told[]> {
  const { fromStatus, toStatus, actor, cause, at } = orderEvents
  const events = await db
    .select({ fromStatus, toStatus, actor, cause, at })
    .from(orderEvents)
    .where(eq(orderEvents.orderId, orderId))
    .orderBy(asc(orderEvents.seq))
  const people = await namesOf(
    db,
    [...new Set(events.map((event) => event.actor))].filter((each) => UUID.test(each)),
  )
  return events.map(({ actor, cause, ...event }) => ({
    ...event,
    person: people.get(actor) ?? null,
    part: orderActors.find((part) => part === actor) ?? null,
    ...tellCause(cause),
  }))
}

/** Causes are kept as `word` or `word:what it is about`; that of a payment is its number. */
function tellCause(kept: string): Pick<Told, 'cause' | 'about'> {
  const [word, about = null] = kept.split(':')
  const cause = orderCauses.find((each) => each === word)
  return cause ? { cause, about } : { cause: 'payment', about: kept }
}

async function namesOf(db: Db, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const people = await db
    .select({ id: users.id, displayName: users.displayName })
    .from(users)
    .where(inArray(users.id, ids))
  return new Map(people.map(({ id, displayName }) => [id, displayName]))
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
