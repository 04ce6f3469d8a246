/** Asking a provider: what it says of a payment is settled like a notice. */
import { and, eq, inArray, isNull, lte, or } from 'drizzle-orm'
import { orders, paymentAttempts } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { OutcomeUnknown, type PaymentProvider, type PaymentState, ProviderRefused } from '../payments/provider.ts'
import type { Provider } from '../payments/schema.ts'
import { askJob, waitMs } from './jobs.ts'
import { type AttemptRow, getOrder, HOUR_MS, isOpen, lockOrder, type OrdersDeps } from './order.ts'
import type { Order } from './schema.ts'
import { settle } from './settle.ts'

/** Late money of a closed attempt is looked for as long as this after its last moment. */
const ASKED_AFTER_EXPIRY_MS = 24 * HOUR_MS
/** Impatient clicks ask a provider this often at the most. */
const PAUSE_BETWEEN_CHECKS_MS = 1500

export function providerOf({ providers }: OrdersDeps, name: Provider): PaymentProvider {
  const provider = providers.find((each) => each.name === name)
  if (!provider) throw new OutcomeUnknown(`${name} is not set up any more`)
  return provider
}

/** “I have paid”: asks now, whatever the schedule says. */
export async function checkOrder(deps: OrdersDeps, user: Pick<SignedInUser, 'id'>, orderId: string): Promise<Order> {
  const mine = and(eq(orders.id, orderId), eq(orders.userId, user.id))!
  const order = await getOrder(deps.db, mine)
  if (!isOpen(order)) return order
  try {
    for (const attempt of await claim(deps, orderId)) await ask(deps, attempt)
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error
    throw new AppError('unavailable', 'the payment provider does not answer', { cause: error })
  }
  return getOrder(deps.db, mine)
}

/** The attempts of an order that nobody has asked about just now. */
function claim({ db, now }: OrdersDeps, orderId: string): Promise<AttemptRow[]> {
  const at = now()
  const rested = or(isNull(paymentAttempts.askedAt), lte(paymentAttempts.askedAt, at - PAUSE_BETWEEN_CHECKS_MS))
  const unpaid = inArray(paymentAttempts.status, ['created', 'pending', 'closing', 'closed'])
  return db
    .update(paymentAttempts)
    .set({ askedAt: at })
    .where(and(eq(paymentAttempts.orderId, orderId), unpaid, rested))
    .returning()
}

/** Settles what has been paid. */
export async function ask(deps: OrdersDeps, attempt: AttemptRow): Promise<PaymentState> {
  const { provider, outTradeNo } = attempt
  const state = await providerOf(deps, provider).query(outTradeNo)
  if (state.status === 'paid') {
    const { providerTxn, paidFen, paidAt } = state
    const eventKey = `query:${outTradeNo}:${providerTxn}`
    await settle(deps, { provider, outTradeNo, providerTxn, paidFen, paidAt, source: 'query', eventKey })
  }
  return state
}

/**
 * Makes an attempt impossible to pay, and says so only once the provider has. One that the provider has never heard of
 * counts as closed: should its code be paid after all, the money comes late and goes back.
 */
export async function shut(deps: OrdersDeps, attempt: AttemptRow): Promise<void> {
  let { status } = await ask(deps, attempt)
  if (status === 'unpaid') {
    await providerOf(deps, attempt.provider).close(attempt.outTradeNo).catch(paidMeanwhile)
    status = (await ask(deps, attempt)).status
  }
  if (status === 'unpaid') throw new OutcomeUnknown(`${attempt.outTradeNo} does not close`)
  if (status === 'paid') return
  await deps.db.transaction(async (tx) => {
    await lockOrder(tx, eq(orders.id, attempt.orderId))
    await tx
      .update(paymentAttempts)
      .set({ status: 'closed' })
      .where(
        and(eq(paymentAttempts.id, attempt.id), inArray(paymentAttempts.status, ['created', 'pending', 'closing'])),
      )
  })
}

/** The next question will tell. */
function paidMeanwhile(error: unknown): void {
  if (!(error instanceof ProviderRefused && (error.reason === 'paid' || error.reason === 'closed'))) throw error
}

/** Of the job that asks about one attempt again and again, closed ones too, until no money can come any more. */
export async function askAgain(deps: OrdersDeps, { attemptId }: { attemptId: string }): Promise<void> {
  const { db, now, jobs, log } = deps
  const [attempt] = await db.select().from(paymentAttempts).where(eq(paymentAttempts.id, attemptId))
  if (!attempt || attempt.status === 'succeeded') return
  const state = await ask(deps, attempt).catch((error) => {
    if (!(error instanceof OutcomeUnknown)) throw error
    log.warn({ err: error, outTradeNo: attempt.outTradeNo }, 'the payment provider gives no answer')
  })
  if (state?.status === 'paid') return
  const nextQueryAt = now() + waitMs(attempt.queryTries + 1)
  const over = nextQueryAt > attempt.expiresAt + ASKED_AFTER_EXPIRY_MS
  await db.transaction(async (tx) => {
    const next = { queryTries: attempt.queryTries + 1, nextQueryAt: over ? null : nextQueryAt }
    await tx.update(paymentAttempts).set(next).where(eq(paymentAttempts.id, attemptId))
    if (!over) await jobs.add(askJob, { attemptId }, { tx, startAt: nextQueryAt, key: `${attemptId}` })
  })
}

/** Of the job that follows a payment: nobody shall pay the same order twice. */
export async function closeOthers(deps: OrdersDeps, { orderId }: { orderId: string }): Promise<void> {
  const others = await deps.db
    .select()
    .from(paymentAttempts)
    .where(and(eq(paymentAttempts.orderId, orderId), eq(paymentAttempts.status, 'closing')))
  for (const attempt of others) await shut(deps, attempt)
}
