/** Holds a day's bill of a provider against our books, both ways. What is missing here is settled; the rest is for people. */
import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  ledgerEntries,
  ledgerTransactions,
  paymentAttempts,
  reconciliationDifferences,
  reconciliations,
  refunds,
} from '../../db/schema.ts'
import type { PaymentsDeps } from './deps.ts'
import { book, paymentReference } from './ledger.ts'
import { DAY_MS, startOfBeijingDay } from './money.ts'
import type { BillLine, PaymentProvider } from './provider.ts'
import type { Provider } from './schema.ts'

type Difference = Omit<typeof reconciliationDifferences.$inferInsert, 'id' | 'reconciliationId'>
type Result = Omit<typeof reconciliations.$inferInsert, 'id' | 'provider' | 'billDate' | 'finishedAt'>

/** Again for the same day, it replaces what it found, but for what people have resolved. Throws where there is no bill. */
export async function reconcile(deps: PaymentsDeps, provider: PaymentProvider, billDate: string): Promise<void> {
  const { log } = deps
  const { name } = provider
  try {
    const lines = await provider.bill(billDate)
    const differences = await compare(deps, name, billDate, lines)
    const ours = await ownTotals(deps.db, name, billDate)
    if (lines.length === 0 && ours.count > 0) throw new Error('there is no bill, but there were payments')
    const theirsFen = lines.reduce((sum, { kind, amountFen }) => sum + (kind === 'payment' ? amountFen : -amountFen), 0)
    const feesFen = Math.round(lines.reduce((sum, { feeMilliFen }) => sum + feeMilliFen, 0) / 1000)
    const open = differences.filter(({ resolvedAt }) => !resolvedAt).length
    const status = open === 0 && theirsFen === ours.fen ? 'matched' : 'differs'
    const totals = { lines: lines.length, theirsFen, oursFen: ours.fen, feesFen }
    await keep(deps, name, billDate, { status, ...totals, failure: null }, differences)
    await bookFees(deps, name, billDate, feesFen)
    if (status === 'differs') log.error({ provider: name, billDate, open }, 'a bill differs from our books')
    else log.info({ provider: name, billDate, lines: lines.length }, 'a bill matches our books')
  } catch (error) {
    log.error({ err: error, provider: name, billDate }, 'a bill could not be compared')
    const failure = (error as Error).message.slice(0, 200)
    await keep(deps, name, billDate, { status: 'failed', failure }, [])
    throw error
  }
}

async function compare(deps: PaymentsDeps, name: Provider, date: string, lines: BillLine[]) {
  const payments = lines.filter(({ kind }) => kind === 'payment')
  const back = lines.filter(({ kind }) => kind === 'refund')
  const found: Difference[] = []
  for (const line of payments) found.push(...(await comparePayment(deps, name, line)))
  for (const line of back) found.push(...(await compareRefund(deps, name, line)))
  const missing = await missingThere(deps.db, name, date, {
    payments: payments.map(({ outTradeNo }) => outTradeNo),
    refunds: back.flatMap(({ outRefundNo }) => outRefundNo ?? []),
  })
  return [...found, ...missing]
}

async function comparePayment(deps: PaymentsDeps, provider: Provider, line: BillLine) {
  const { outTradeNo: number, providerTxn, amountFen: theirsFen, at } = line
  const about = { about: 'payment' as const, number, providerTxn, theirsFen }
  const [attempt] = await deps.db
    .select()
    .from(paymentAttempts)
    .where(and(eq(paymentAttempts.provider, provider), eq(paymentAttempts.outTradeNo, number)))
  if (!attempt) return [{ ...about, kind: 'unknown_order' as const }]
  if (attempt.status === 'succeeded' && attempt.providerTxn !== providerTxn)
    return [{ ...about, kind: 'missing_here' as const }]
  if (attempt.status === 'succeeded') {
    const oursFen = await booked(deps.db, provider, providerTxn)
    return oursFen === theirsFen ? [] : [{ ...about, kind: 'amount_differs' as const, oursFen }]
  }
  const eventKey = `bill:${number}:${providerTxn}`
  const report = { provider, outTradeNo: number, providerTxn, paidFen: theirsFen, paidAt: at }
  const outcome = await deps.settlement.settle({ ...report, source: 'bill', eventKey })
  return [{ ...about, kind: 'missing_here' as const, resolvedAt: deps.now(), note: `settled: ${outcome}` }]
}

async function compareRefund(deps: PaymentsDeps, provider: Provider, line: BillLine) {
  const { outTradeNo, providerTxn, amountFen: theirsFen, at } = line
  const number = line.outRefundNo ?? ''
  const about = { about: 'refund' as const, number, providerTxn, theirsFen }
  const [refund] = await deps.db.select().from(refunds).where(eq(refunds.outRefundNo, number))
  if (!refund) return [{ ...about, kind: 'unknown_order' as const }]
  if (refund.amountFen !== theirsFen) return [{ ...about, kind: 'amount_differs' as const, oursFen: refund.amountFen }]
  if (refund.status === 'succeeded') return []
  const report = { provider, outTradeNo, outRefundNo: number, status: 'succeeded' as const, amountFen: theirsFen, at }
  const outcome = await deps.settlement.refundReported({ ...report, source: 'bill', eventKey: `bill:${number}` })
  return [{ ...about, kind: 'missing_here' as const, resolvedAt: deps.now(), note: `reported: ${outcome}` }]
}

async function booked(db: Db, provider: Provider, providerTxn: string): Promise<number> {
  const [entry] = await db
    .select({ amountFen: ledgerEntries.amountFen })
    .from(ledgerTransactions)
    .innerJoin(ledgerEntries, eq(ledgerEntries.transactionId, ledgerTransactions.id))
    .where(
      and(
        eq(ledgerTransactions.kind, 'payment'),
        eq(ledgerTransactions.reference, paymentReference(provider, providerTxn)),
        eq(ledgerEntries.account, `asset:${provider}`),
      ),
    )
  return entry?.amountFen ?? 0
}

const within = (date: string) => {
  const start = startOfBeijingDay(date)
  return { start, end: start + DAY_MS }
}

const paidOn = (provider: Provider, date: string) => {
  const { start, end } = within(date)
  const on = and(gte(paymentAttempts.succeededAt, start), lt(paymentAttempts.succeededAt, end))
  return and(eq(paymentAttempts.provider, provider), eq(paymentAttempts.status, 'succeeded'), on)
}

const refundedOn = (provider: Provider, date: string) => {
  const { start, end } = within(date)
  const on = and(gte(refunds.succeededAt, start), lt(refunds.succeededAt, end))
  return and(eq(paymentAttempts.provider, provider), eq(refunds.status, 'succeeded'), on)
}

async function missingThere(
  db: Db,
  provider: Provider,
  date: string,
  there: { payments: string[]; refunds: string[] },
): Promise<Difference[]> {
  const [seenPayments, seenRefunds] = [new Set(there.payments), new Set(there.refunds)]
  const paid = await db.select().from(paymentAttempts).where(paidOn(provider, date))
  const back = await db
    .select({ outRefundNo: refunds.outRefundNo, amountFen: refunds.amountFen })
    .from(refunds)
    .innerJoin(paymentAttempts, eq(paymentAttempts.id, refunds.attemptId))
    .where(refundedOn(provider, date))
  const kind = 'missing_there' as const
  return [
    ...paid
      .filter(({ outTradeNo }) => !seenPayments.has(outTradeNo))
      .map(({ outTradeNo: number, providerTxn, amountFen: oursFen }) => ({
        kind,
        about: 'payment' as const,
        number,
        providerTxn,
        oursFen,
      })),
    ...back
      .filter(({ outRefundNo }) => !seenRefunds.has(outRefundNo))
      .map(({ outRefundNo: number, amountFen: oursFen }) => ({ kind, about: 'refund' as const, number, oursFen })),
  ]
}

/** Money in minus money back, as booked; after what was missing has been settled. */
async function ownTotals(db: Db, provider: Provider, date: string) {
  const asset = and(
    eq(ledgerEntries.transactionId, ledgerTransactions.id),
    eq(ledgerEntries.account, `asset:${provider}`),
  )
  const sum = {
    count: sql<number>`count(*)::int`,
    fen: sql<number>`coalesce(sum(${ledgerEntries.amountFen}), 0)::float8`,
  }
  const [paid] = await db
    .select(sum)
    .from(paymentAttempts)
    .innerJoin(
      ledgerTransactions,
      and(
        eq(ledgerTransactions.kind, 'payment'),
        eq(ledgerTransactions.reference, sql`${paymentAttempts.provider} || ':' || ${paymentAttempts.providerTxn}`),
      ),
    )
    .innerJoin(ledgerEntries, asset)
    .where(paidOn(provider, date))
  const [back] = await db
    .select(sum)
    .from(refunds)
    .innerJoin(paymentAttempts, eq(paymentAttempts.id, refunds.attemptId))
    .innerJoin(
      ledgerTransactions,
      and(eq(ledgerTransactions.kind, 'refund'), eq(ledgerTransactions.reference, refunds.outRefundNo)),
    )
    .innerJoin(ledgerEntries, asset)
    .where(refundedOn(provider, date))
  return { count: paid!.count + back!.count, fen: paid!.fen + back!.fen }
}

async function keep(
  { db, now }: PaymentsDeps,
  provider: Provider,
  billDate: string,
  result: Result,
  differences: Difference[],
): Promise<void> {
  const finishedAt = now()
  await db.transaction(async (tx) => {
    const [kept] = await tx
      .insert(reconciliations)
      .values({ provider, billDate, finishedAt, ...result })
      .onConflictDoUpdate({
        target: [reconciliations.provider, reconciliations.billDate],
        set: { finishedAt, ...result },
      })
      .returning({ id: reconciliations.id })
    const reconciliationId = kept!.id
    if (result.status === 'failed') return
    const unresolved = sql`${reconciliationDifferences.resolvedAt} is null`
    await tx
      .delete(reconciliationDifferences)
      .where(and(eq(reconciliationDifferences.reconciliationId, reconciliationId), unresolved))
    if (differences.length === 0) return
    await tx
      .insert(reconciliationDifferences)
      .values(differences.map((difference) => ({ reconciliationId, ...difference })))
      .onConflictDoNothing()
  })
}

/** What the provider kept for itself that day, once. */
async function bookFees({ db, now }: PaymentsDeps, provider: Provider, date: string, feesFen: number) {
  if (feesFen === 0) return
  const reference = `${provider}:${date}`
  await db.transaction(async (tx) => {
    const known = and(eq(ledgerTransactions.kind, 'fee'), eq(ledgerTransactions.reference, reference))
    if ((await tx.$count(ledgerTransactions, known)) > 0) return
    const [from, to] = [`asset:${provider}` as const, 'expense:fees' as const]
    const sides = feesFen > 0 ? { from, to } : { from: to, to: from }
    await book(tx, { kind: 'fee', reference, at: now(), amountFen: Math.abs(feesFen), ...sides })
  })
}
