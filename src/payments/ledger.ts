/** The books: every movement of money as entries that add up to zero, debits above it. Only ever added to. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.ts'
import { ledgerEntries, ledgerTransactions } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'
import type { Provider } from './schema.ts'

/** Money at a provider; what buyers have paid for; what must go back to them; what providers keep. */
export type Account = `asset:${Provider}` | 'liability:deferred' | 'liability:to_refund' | 'expense:fees'
export type Posting = {
  kind: 'payment' | 'refund' | 'fee'
  /** A thing is booked once. */
  reference: string
  at: number
  from: Account
  to: Account
  amountFen: number
}

/** Moves an amount from one account to another. */
export async function book(tx: Db, { kind, reference, at, from, to, amountFen }: Posting): Promise<void> {
  const id = randomUUID()
  await Promise.all([
    enter(tx, { id, kind, reference, at }),
    enterBoth(tx, { id, to, debit: amountFen, from, credit: -amountFen }),
  ])
}

const enter = statement((tx, { id, kind, reference, at }: Blanks<typeof ledgerTransactions.$inferSelect>) =>
  tx.insert(ledgerTransactions).values({ id, kind, reference, at }),
)

type Both = { id: string; to: Account; debit: number; from: Account; credit: number }

const enterBoth = statement((tx, { id: transactionId, to, debit, from, credit }: Blanks<Both>) =>
  tx.insert(ledgerEntries).values([
    { transactionId, account: to, amountFen: debit },
    { transactionId, account: from, amountFen: credit },
  ]),
)

export const paymentReference = (provider: Provider, providerTxn: string) => `${provider}:${providerTxn}`
