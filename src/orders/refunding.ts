/** Refunds on their way: sent under one number however often, followed until the provider says how they ended. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { orders, paymentAttempts, providerEvents, refunds } from '../../db/schema.ts'
import { announceRevoked, type RightsChange, revokeIn } from '../entitlements/grants.ts'
import { book } from '../payments/ledger.ts'
import {
  OutcomeUnknown,
  ProviderRefused,
  type RefundOrder,
  type RefundOutcome,
  type RefundReport,
  type RefundState,
} from '../payments/provider.ts'
import { providerOf } from './ask.ts'
import { refundJob, waitMs } from './jobs.ts'
import { type AttemptRow, lockOrder, move, note, type OrderRow, type OrdersDeps, type RefundRow } from './order.ts'
import { announceOrder, lockRights, untold } from './paid.ts'
import { backToPaid } from './refund.ts'

/** Of the refund job: takes a refund a step further, and comes round again until it has ended. */
export async function advanceRefund(deps: OrdersDeps, { refundId }: { refundId: string }): Promise<void> {
  const { refund, attempt } = await read(deps.db, refundId)
  if (!refund || !['approved', 'processing', 'abnormal'].includes(refund.status)) return
  if (!attempt) return void (await withdraw(deps, refund))
  const state = await sendOrAsk(deps, refund, attempt)
  if (state) {
    const { provider, outTradeNo } = attempt
    const { outRefundNo } = refund
    const eventKey = `query:${outRefundNo}:${state.status}`
    await refundReported(deps, { ...state, provider, outTradeNo, outRefundNo, source: 'query', eventKey })
  }
  if (state?.status === 'succeeded' || state?.status === 'failed') return
  await comeRoundAgain(deps, refund)
}

async function read(db: Db, refundId: string) {
  const [found] = await db
    .select({ refund: refunds, attempt: paymentAttempts })
    .from(refunds)
    .leftJoin(paymentAttempts, eq(paymentAttempts.id, refunds.attemptId))
    .where(eq(refunds.id, refundId))
  return found ?? { refund: undefined, attempt: null }
}

type Answer = (RefundState & { failure?: string }) | undefined

/** Undefined: nobody knows, or it has to wait. */
async function sendOrAsk(deps: OrdersDeps, refund: RefundRow, attempt: AttemptRow): Promise<Answer> {
  const { outRefundNo } = refund
  try {
    return await sendOrAskOnce(deps, refund, attempt)
  } catch (error) {
    if (error instanceof OutcomeUnknown) {
      deps.log.warn({ err: error, outRefundNo }, 'the payment provider gives no answer about a refund')
      return undefined
    }
    if (!(error instanceof ProviderRefused)) throw error
    deps.log.error({ outRefundNo, code: error.code }, 'the payment provider refuses a refund')
    if (error.reason !== 'later') return { status: 'failed', failure: error.code }
    await deps.db.update(refunds).set({ failure: error.code }).where(eq(refunds.id, refund.id))
    return undefined
  }
}

async function sendOrAskOnce(deps: OrdersDeps, refund: RefundRow, attempt: AttemptRow): Promise<RefundState> {
  const provider = providerOf(deps, attempt.provider)
  const { outRefundNo, amountFen, reason } = refund
  const paidFen = paidBy(refund, attempt)
  const order: RefundOrder = { outTradeNo: attempt.outTradeNo, outRefundNo, amountFen, paidFen, reason }
  if (refund.status === 'approved') return provider.refund(order)
  const state = await provider.queryRefund(order)
  return state.status === 'unknown' ? provider.refund(order) : state
}

/** What came in is what the attempt asked for, but for a wrong amount, which goes back whole. */
const paidBy = (refund: RefundRow, attempt: AttemptRow): number =>
  refund.cause === 'amount_mismatch' ? refund.amountFen : attempt.amountFen

async function comeRoundAgain({ db, jobs, now }: OrdersDeps, { id: refundId, queryTries }: RefundRow): Promise<void> {
  const nextQueryAt = now() + waitMs(queryTries)
  await db.transaction(async (tx) => {
    await tx
      .update(refunds)
      .set({ nextQueryAt, queryTries: queryTries + 1 })
      .where(eq(refunds.id, refundId))
    await jobs.add(refundJob, { refundId }, { tx, startAt: nextQueryAt, key: refundId })
  })
}

type Applied = { outcome: RefundOutcome; order?: OrderRow; revoked?: RightsChange | undefined }

/** The only way in for the word that money went back, or did not. Told again, it changes nothing. */
export async function refundReported(deps: OrdersDeps, report: RefundReport): Promise<RefundOutcome> {
  const { outcome, order, revoked } = await deps.db.transaction(async (tx) => {
    const applied = await apply(deps, tx, report)
    await keep(deps, tx, report, applied.outcome)
    return applied
  })
  const { provider, outRefundNo, status } = report
  const alarming = outcome === 'orphan' || outcome === 'amount_mismatch'
  const needsPerson = alarming || (outcome === 'applied' && (status === 'abnormal' || status === 'failed'))
  if (needsPerson) deps.log.error({ provider, outRefundNo, status, outcome }, 'a refund needs a person')
  else deps.log.info({ provider, outRefundNo, status, outcome }, 'refund reported')
  if (revoked) await announceRevoked(deps, revoked).catch((error) => untold(deps, error))
  if (order) await announceOrder(deps, order)
  return outcome
}

const keep = (deps: OrdersDeps, tx: Db, report: RefundReport, outcome: RefundOutcome) =>
  tx
    .insert(providerEvents)
    .values({
      provider: report.provider,
      eventKey: report.eventKey,
      kind: 'refund',
      outTradeNo: report.outTradeNo,
      outRefundNo: report.outRefundNo,
      amountFen: report.amountFen ?? 0,
      source: report.source,
      outcome: `${outcome}:${report.status}`,
      alarm: outcome === 'orphan' || outcome === 'amount_mismatch',
      receivedAt: deps.now(),
    })
    .onConflictDoNothing()

async function apply(deps: OrdersDeps, tx: Db, report: RefundReport): Promise<Applied> {
  const [known] = await tx.select().from(refunds).where(eq(refunds.outRefundNo, report.outRefundNo))
  if (!known) return { outcome: 'orphan' }
  const order = await lockOrder(tx, eq(orders.id, known.orderId))
  const [refund] = await tx.select().from(refunds).where(eq(refunds.id, known.id)).for('update')
  if (refund!.status === 'succeeded' || refund!.status === report.status) return { outcome: 'already' }
  if (report.amountFen !== undefined && report.amountFen !== refund!.amountFen) return { outcome: 'amount_mismatch' }
  const ending: Ending = { deps, tx, report, order, refund: refund! }
  if (report.status === 'succeeded') return { outcome: 'applied', ...(await succeed(ending)) }
  if (report.status === 'failed') return { outcome: 'applied', ...(await fail(ending)) }
  return { outcome: (await follow(ending)) ? 'applied' : 'already', order }
}

type Ending = { deps: OrdersDeps; tx: Db; report: RefundReport; order: OrderRow; refund: RefundRow }

const ofOrder = ({ cause }: RefundRow) => cause === 'requested' || cause === 'operator'

async function succeed({ deps, tx, report, order, refund }: Ending) {
  const at = deps.now()
  const { id, outRefundNo, amountFen } = refund
  const providerRefundId = report.providerRefundId ?? refund.providerRefundId
  await tx
    .update(refunds)
    .set({ status: 'succeeded', succeededAt: report.at ?? at, providerRefundId, failure: null, nextQueryAt: null })
    .where(eq(refunds.id, id))
  const to = ofOrder(refund) ? 'liability:deferred' : 'liability:to_refund'
  await book(tx, { kind: 'refund', reference: outRefundNo, at, from: `asset:${report.provider}`, to, amountFen })
  if (ofOrder(refund)) return returned(tx, { order, refund, actor: report.source, at })
  const { status } = order
  await note(tx, {
    orderId: order.id,
    fromStatus: status,
    toStatus: status,
    actor: report.source,
    cause: 'surplusReturned',
    at,
  })
  return { order }
}

type Returned = { order: OrderRow; refund: RefundRow; actor: string; at: number }

/** Money of the order itself is back: all of it ends the right it paid for. */
async function returned(tx: Db, { order, refund, actor, at }: Returned) {
  const cause = `refund:${refund.outRefundNo}`
  // One that had failed, and succeeded after all.
  const refunding = order.status === 'refunding' ? order : await move(tx, order, 'refunding', { actor, cause, at })
  const refundedFen = order.refundedFen + refund.amountFen
  const whole = refundedFen === order.payableFen
  const moved = await move(tx, refunding, whole ? 'refunded' : 'partially_refunded', {
    actor,
    cause,
    at,
    set: { refundedFen },
  })
  if (!whole) return { order: moved }
  await lockRights(tx, { userId: order.userId })
  return { order: moved, revoked: await revokeIn(tx, { orderId: order.id, at }) }
}

async function fail({ deps, tx, report, order, refund }: Ending) {
  const { source: actor, failure = 'CLOSED' } = report
  await tx.update(refunds).set({ status: 'failed', failure, nextQueryAt: null }).where(eq(refunds.id, refund.id))
  const at = deps.now()
  if (!ofOrder(refund) || order.status !== 'refunding') return { order }
  return { order: await backToPaid(tx, order, { actor, cause: `refundFailed:${refund.outRefundNo}`, at }) }
}

/** On its way, or waiting for a person; a word that comes too late takes nothing back. */
async function follow({ tx, report, refund }: Ending): Promise<boolean> {
  const { status } = report
  if (refund.status === 'failed' || (status === 'processing' && refund.status !== 'approved')) return false
  const providerRefundId = report.providerRefundId ?? refund.providerRefundId
  await tx
    .update(refunds)
    .set({ status: status as 'processing' | 'abnormal', providerRefundId, failure: null })
    .where(eq(refunds.id, refund.id))
  return true
}

/** A free order has nothing to send back. */
async function withdraw(deps: OrdersDeps, { id, orderId }: RefundRow): Promise<void> {
  const result = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, eq(orders.id, orderId))
    const [refund] = await tx.select().from(refunds).where(eq(refunds.id, id)).for('update')
    if (refund!.status !== 'approved') return undefined
    const at = deps.now()
    await tx.update(refunds).set({ status: 'succeeded', succeededAt: at }).where(eq(refunds.id, id))
    return returned(tx, { order, refund: refund!, actor: 'refund', at })
  })
  if (result?.revoked) await announceRevoked(deps, result.revoked).catch((error) => untold(deps, error))
  if (result) await announceOrder(deps, result.order)
}
