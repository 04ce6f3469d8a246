/** Starting to pay: an attempt is stored under its number before the provider hears of it. */
import { and, eq, inArray } from 'drizzle-orm'
import { orders, paymentAttempts } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'
import { newOutTradeNo } from '../payments/money.ts'
import { type FreshPrompt, type PaymentProvider, ProviderRefused } from '../payments/provider.ts'
import type { Channel, ChannelList, Prompt } from '../payments/schema.ts'
import { ask } from './ask.ts'
import { askJob, waitMs } from './jobs.ts'
import {
  type AttemptRow,
  getOrder,
  isOpen,
  LAST_CALL_MS,
  LEAST_LEFT_MS,
  lockOrder,
  move,
  type OrderRow,
  type OrdersDeps,
} from './order.ts'
import type { PayAnswer } from './schema.ts'

/** A prompt that ends sooner than this is not shown again. */
const PROMPT_LEAST_LEFT_MS = 30_000

type Buyer = Pick<SignedInUser, 'id'> & { ip: string }

export const channelsOf = ({ providers }: OrdersDeps): ChannelList => ({
  channels: providers.flatMap(({ channels }) => channels),
  sandboxUrl: providers.find(({ sandboxUrl }) => sandboxUrl)?.sandboxUrl ?? null,
})

/** What the buyer is to scan, open or confirm. Asked again, it is the same attempt under the same number. */
export async function pay(deps: OrdersDeps, user: Buyer, orderId: string, channel: Channel): Promise<PayAnswer> {
  const provider = deps.providers.find(({ channels }) => channels.includes(channel))
  if (!provider) throw new AppError('channel_unavailable', `nobody takes payments by ${channel} here`)
  const mine = and(eq(orders.id, orderId), eq(orders.userId, user.id))!
  const payer = await payerOf(deps, user, channel)
  const attempt = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, mine)
    const at = deps.now()
    checkPayable(order, at)
    const [live] = await tx.select().from(paymentAttempts).where(liveAttempt(orderId, channel))
    return live ?? startAttempt(deps, tx, { order, channel, provider, payer, at })
  })
  const { prompt, expiresAt } = freshEnough(attempt, deps.now()) ?? (await askForPrompt(deps, provider, attempt))
  return { prompt, expiresAt, order: await getOrder(deps.db, mine), now: deps.now() }
}

async function payerOf({ openidOf }: OrdersDeps, user: Buyer, channel: Channel): Promise<AttemptRow['payer']> {
  if (channel === 'wechat_h5') return { clientIp: user.ip }
  if (channel !== 'wechat_jsapi') return {}
  const openid = await openidOf(user.id)
  if (!openid) throw new AppError('channel_unavailable', 'this account has not signed in through WeChat')
  return { openid }
}

function checkPayable(order: OrderRow, at: number): void {
  if (order.status === 'closed') throw new AppError('order_closed', 'this order is closed')
  if (!isOpen(order)) throw new AppError('conflict', 'this order is paid')
  if (order.expiresAt - at < LEAST_LEFT_MS) throw new AppError('order_closed', 'this order is about to close')
}

const liveAttempt = (orderId: string, channel: Channel) =>
  and(
    eq(paymentAttempts.orderId, orderId),
    eq(paymentAttempts.channel, channel),
    inArray(paymentAttempts.status, ['created', 'pending']),
  )

type Start = {
  order: OrderRow
  channel: Channel
  provider: PaymentProvider
  payer: AttemptRow['payer']
  at: number
}

async function startAttempt(deps: OrdersDeps, tx: OrdersDeps['db'], start: Start): Promise<AttemptRow> {
  const { order, channel, provider, payer, at } = start
  const nextQueryAt = at + waitMs(0)
  const [attempt] = await tx
    .insert(paymentAttempts)
    .values({
      orderId: order.id,
      channel,
      provider: provider.name,
      outTradeNo: newOutTradeNo(),
      amountFen: order.payableFen,
      payer,
      // Both providers count in whole seconds.
      expiresAt: Math.floor((order.expiresAt - LAST_CALL_MS) / 1000) * 1000,
      nextQueryAt,
      createdAt: at,
    })
    .returning()
  const { id: attemptId } = attempt!
  if (order.status === 'pending') await move(tx, order, 'paying', { actor: order.userId, cause: `pay:${channel}`, at })
  await deps.jobs.add(askJob, { attemptId }, { tx, startAt: nextQueryAt, key: attemptId })
  return attempt!
}

function freshEnough({ prompt, promptExpiresAt }: AttemptRow, at: number): FreshPrompt | undefined {
  if (!prompt || !promptExpiresAt || promptExpiresAt - at < PROMPT_LEAST_LEFT_MS) return undefined
  return { prompt: prompt as Prompt, expiresAt: promptExpiresAt }
}

/** Without an answer the attempt stays as it is: the next try goes out under the same number. */
async function askForPrompt(deps: OrdersDeps, provider: PaymentProvider, attempt: AttemptRow): Promise<FreshPrompt> {
  const { db, log, publicUrl } = deps
  const { id, orderId, outTradeNo, amountFen, channel, expiresAt, payer } = attempt
  const [order] = await db.select({ title: orders.title }).from(orders).where(eq(orders.id, orderId))
  const returnUrl = `${publicUrl}/orders/${orderId}`
  const payment = { channel, outTradeNo, amountFen, title: order!.title, expiresAt, returnUrl, payer }
  const fresh = await provider.prepay(payment).catch(async (error) => {
    log.warn({ err: error, outTradeNo, channel }, 'a payment could not be started')
    if (error instanceof ProviderRefused) await refusedToStart(deps, attempt, error)
    throw new AppError('unavailable', 'the payment provider does not start this payment', { cause: error })
  })
  await db
    .update(paymentAttempts)
    .set({ status: 'pending', prompt: fresh.prompt, promptExpiresAt: fresh.expiresAt })
    .where(and(eq(paymentAttempts.id, id), inArray(paymentAttempts.status, ['created', 'pending'])))
  return fresh
}

async function refusedToStart(deps: OrdersDeps, attempt: AttemptRow, { reason }: ProviderRefused): Promise<void> {
  if (reason === 'later') return
  const state = reason === 'other' ? undefined : await ask(deps, attempt)
  if (state?.status === 'paid') throw new AppError('conflict', 'this order was paid just now')
  await deps.db
    .update(paymentAttempts)
    .set({ status: reason === 'closed' ? 'closed' : 'failed' })
    .where(and(eq(paymentAttempts.id, attempt.id), inArray(paymentAttempts.status, ['created', 'pending'])))
}
