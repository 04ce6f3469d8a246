/** The only way in for money, whether a notice, a question or a bill says that it came. */
import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { orders, paymentAttempts, providerEvents, refunds } from '../../db/schema.ts'
import { type Blanks, statement } from '../../db/statement.ts'
import { book, paymentReference } from '../payments/ledger.ts'
import { surplusRefundNo } from '../payments/money.ts'
import type { PaymentReport, SettleOutcome } from '../payments/provider.ts'
import { closeAttemptsJob, refundJob } from './jobs.ts'
import { type AttemptRow, isOpen, note, type OrderRow, type OrdersDeps } from './order.ts'
import { announceOrder, announcePaid, type Paid, paidIn } from './paid.ts'

/** A person must look at these. */
const alarming: SettleOutcome[] = ['amount_mismatch', 'other_transaction', 'orphan']

type Settled = { outcome: SettleOutcome; order?: OrderRow; paid?: Paid }

/**
 * One transaction: the order is paid, its right granted, the books written and the word of the provider kept; or, where
 * the order does not need the money, a refund is on its way. Told again, it changes nothing.
 */
export async function settle(deps: OrdersDeps, report: PaymentReport): Promise<SettleOutcome> {
  const settled = await deps.db.transaction((tx) => settleIn(deps, tx, report))
  const { outcome, order, paid } = settled
  const { provider, outTradeNo, source } = report
  if (alarming.includes(outcome)) deps.log.error({ provider, outTradeNo, source, outcome }, 'money needs a person')
  else deps.log.info({ provider, outTradeNo, source, outcome }, 'payment settled')
  if (paid) await announcePaid(deps, paid)
  else if (order) await announceOrder(deps, order)
  return outcome
}

async function settleIn(deps: OrdersDeps, tx: Db, report: PaymentReport): Promise<Settled> {
  const settled = await apply(deps, tx, report)
  const { provider, outTradeNo, providerTxn, paidFen, source, eventKey } = report
  const { outcome } = settled
  const alarm = alarming.includes(outcome)
  const word = { provider, eventKey, outTradeNo, providerTxn, amountFen: paidFen, source, outcome, alarm }
  const [kept] = await keep(tx, { ...word, receivedAt: deps.now() })
  return !kept && outcome === 'already' ? { outcome: 'duplicate' } : settled
}

type Word = Omit<typeof providerEvents.$inferSelect, 'id' | 'kind' | 'outRefundNo' | 'seenAt' | 'seenBy'>

const keep = statement((tx, word: Blanks<Word>) => {
  const { provider, eventKey, outTradeNo, providerTxn, amountFen, source, outcome, alarm, receivedAt } = word
  return tx
    .insert(providerEvents)
    .values({
      kind: 'payment',
      provider,
      eventKey,
      outTradeNo,
      providerTxn,
      amountFen,
      source,
      outcome,
      alarm,
      receivedAt,
    })
    .onConflictDoNothing()
    .returning({ id: providerEvents.id })
})

async function apply(deps: OrdersDeps, tx: Db, report: PaymentReport): Promise<Settled> {
  const found = await lockBoth(tx, report)
  if (!found) return { outcome: 'orphan' }
  const { order, attempt } = found
  if (attempt.status === 'succeeded')
    return { outcome: attempt.providerTxn === report.providerTxn ? 'already' : 'other_transaction' }
  const right = attempt.amountFen === report.paidFen
  return right && isOpen(order) ? take(deps, tx, report, found) : giveBack(deps, tx, report, found, right)
}

type Found = { order: OrderRow; attempt: AttemptRow }

/** The order first, as everywhere. */
async function lockBoth(tx: Db, { provider, outTradeNo }: PaymentReport): Promise<Found | undefined> {
  const number = { provider, outTradeNo }
  const [[order], [attempt]] = await Promise.all([lockOrderOf(tx, number), lockAttempt(tx, number)])
  return order && attempt && { order, attempt }
}

type PaymentNumber = Pick<PaymentReport, 'provider' | 'outTradeNo'>

const hasNumber = ({ provider, outTradeNo }: Blanks<PaymentNumber>) =>
  sql`${paymentAttempts.provider} = ${provider} and ${paymentAttempts.outTradeNo} = ${outTradeNo}`

const lockOrderOf = statement((tx, number: Blanks<PaymentNumber>) => {
  const ofNumber = sql`(select ${paymentAttempts.orderId} from ${paymentAttempts} where ${hasNumber(number)})`
  return tx.select().from(orders).where(eq(orders.id, ofNumber)).for('update')
})

const lockAttempt = statement((tx, number: Blanks<PaymentNumber>) =>
  tx.select().from(paymentAttempts).where(hasNumber(number)).for('update'),
)

async function take(deps: OrdersDeps, tx: Db, report: PaymentReport, { order, attempt }: Found): Promise<Settled> {
  const at = deps.now()
  await Promise.all([succeed(tx, attempt, report, 'settling'), bookPayment(tx, report, 'liability:deferred', at)])
  const how = { actor: report.source, cause: attempt.outTradeNo, at, paidAttemptId: attempt.id }
  const paid = await paidIn(tx, order, how)
  if (paid.othersLive) await deps.jobs.add(closeAttemptsJob, { orderId: order.id }, { tx, key: order.id })
  return { outcome: 'paid', order, paid }
}

/** Money that this order does not need goes back by itself; a wrong amount waits for a person, for it is a mistake or an attack. */
async function giveBack(
  deps: OrdersDeps,
  tx: Db,
  report: PaymentReport,
  { order, attempt }: Found,
  right: boolean,
): Promise<Settled> {
  const at = deps.now()
  await succeed(tx, attempt, report, 'surplus')
  await bookPayment(tx, report, 'liability:to_refund', at)
  const outcome = !right ? 'amount_mismatch' : order.status === 'closed' ? 'paid_after_close' : 'duplicate_payment'
  const [refund] = await tx
    .insert(refunds)
    .values({
      orderId: order.id,
      attemptId: attempt.id,
      outRefundNo: surplusRefundNo(attempt.outTradeNo),
      amountFen: report.paidFen,
      cause: outcome,
      status: right ? 'approved' : 'requested',
      createdAt: at,
    })
    .returning({ id: refunds.id })
  if (right) await deps.jobs.add(refundJob, { refundId: refund!.id }, { tx, key: refund!.id })
  await note(tx, {
    orderId: order.id,
    fromStatus: order.status,
    toStatus: order.status,
    actor: report.source,
    cause: outcome,
    at,
  })
  return { outcome, order }
}

const succeed = (tx: Db, { id }: AttemptRow, { providerTxn, paidAt }: PaymentReport, role: 'settling' | 'surplus') =>
  setSucceeded(tx, { id, role, providerTxn, succeededAt: paidAt })

type Success = Pick<AttemptRow, 'id' | 'role' | 'providerTxn' | 'succeededAt'>

const setSucceeded = statement((tx, { id, role, providerTxn, succeededAt }: Blanks<Success>) =>
  tx
    .update(paymentAttempts)
    .set({ status: 'succeeded', role, providerTxn, succeededAt, nextQueryAt: null })
    .where(eq(paymentAttempts.id, id)),
)

const bookPayment = (
  tx: Db,
  { provider, providerTxn, paidFen }: PaymentReport,
  from: 'liability:deferred' | 'liability:to_refund',
  at: number,
) =>
  book(tx, {
    kind: 'payment',
    reference: paymentReference(provider, providerTxn),
    at,
    from,
    to: `asset:${provider}`,
    amountFen: paidFen,
  })
