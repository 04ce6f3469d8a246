/** The books: every movement of money as entries that add up to zero, debits above it. Only ever added to. */
import { randomUUID } from 'node:crypto'
import type { Db } from '../../db/client.ts'
import { ledgerEntries, ledgerTransactions } from '../../db/schema.ts'
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
  const transactionId = randomUUID()
  await Promise.all([
    tx.insert(ledgerTransactions).values({ id: transactionId, kind, reference, at }),
    tx.insert(ledgerEntries).values([
      { transactionId, account: to, amountFen },
      { transactionId, account: from, amountFen: -amountFen },
    ]),
  ])
}

export const paymentReference = (provider: Provider, providerTxn: string) => `${provider}:${providerTxn}`
