/** The books, and each day's bill of the providers beside them. Amounts are whole fen. */
import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { fen, milliseconds } from './columns.ts'
import { providers } from './orders.ts'
import { users } from './users.ts'

/** Double entry: the entries of one transaction add up to zero. Only ever added to. */
export const ledgerTransactions = pgTable(
  'ledger_transactions',
  {
    id: uuid().primaryKey().defaultRandom(),
    kind: text({ enum: ['payment', 'refund', 'delivery', 'fee'] }).notNull(),
    /** What it is about; a thing is booked once. */
    reference: text().notNull(),
    at: milliseconds('at').notNull(),
  },
  (table) => [unique('ledger_transactions_once').on(table.kind, table.reference)],
)

export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    id: uuid().primaryKey().defaultRandom(),
    transactionId: uuid('transaction_id')
      .notNull()
      .references(() => ledgerTransactions.id),
    account: text().notNull(),
    /** Debit above zero, credit below. */
    amountFen: fen('amount_fen').notNull(),
  },
  (table) => [
    index('ledger_entries_transaction').on(table.transactionId),
    index('ledger_entries_account').on(table.account),
    check('ledger_entries_amount', sql`${table.amountFen} <> 0`),
  ],
)

/** A day's bill of one provider, compared with our books. */
export const reconciliations = pgTable(
  'reconciliations',
  {
    id: uuid().primaryKey().defaultRandom(),
    provider: text({ enum: providers }).notNull(),
    /** As 2026-01-31, in Beijing. */
    billDate: text('bill_date').notNull(),
    status: text({ enum: ['matched', 'differs', 'failed'] }).notNull(),
    lines: integer().notNull().default(0),
    /** What the bill adds up to, and what our books say of the same day. */
    theirsFen: fen('theirs_fen').notNull().default(0),
    oursFen: fen('ours_fen').notNull().default(0),
    feesFen: fen('fees_fen').notNull().default(0),
    failure: text(),
    finishedAt: milliseconds('finished_at').notNull(),
  },
  (table) => [unique('reconciliations_day').on(table.provider, table.billDate)],
)

export const differenceKinds = ['missing_here', 'missing_there', 'amount_differs', 'unknown_order'] as const

export const reconciliationDifferences = pgTable(
  'reconciliation_differences',
  {
    id: uuid().primaryKey().defaultRandom(),
    reconciliationId: uuid('reconciliation_id')
      .notNull()
      .references(() => reconciliations.id, { onDelete: 'cascade' }),
    kind: text({ enum: differenceKinds }).notNull(),
    /** Of money in or money back. */
    about: text({ enum: ['payment', 'refund'] }).notNull(),
    /** Number of the attempt or the refund. */
    number: text().notNull(),
    providerTxn: text('provider_txn'),
    oursFen: fen('ours_fen'),
    theirsFen: fen('theirs_fen'),
    resolvedAt: milliseconds('resolved_at'),
    resolvedBy: uuid('resolved_by').references(() => users.id),
    note: text().notNull().default(''),
  },
  (table) => [
    index('reconciliation_differences_open').on(table.resolvedAt),
    unique('reconciliation_differences_once').on(table.reconciliationId, table.about, table.number, table.kind),
  ],
)
