/** WeChat Pay's notices: signed, sealed, and only then read. */
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Notice, NoticeRefused, type RawNotice, type RefundState } from '../../payments/provider.ts'
import { checkSignature, type KeyFinder, openResource } from './verify.ts'

const Text = Type.String({ minLength: 1, maxLength: 200 })
const Fen = Type.Integer({ minimum: 0, maximum: 1e12 })

const envelope = Compile(
  Type.Object({
    id: Text,
    event_type: Text,
    resource: Type.Object({
      algorithm: Text,
      ciphertext: Type.String({ maxLength: 65_536 }),
      nonce: Text,
      associated_data: Type.Optional(Type.String({ maxLength: 200 })),
    }),
  }),
)
/** `amount.total` is what the order costs; what the payer paid may be less, where WeChat gave a coupon. */
const transaction = Compile(
  Type.Object({
    appid: Text,
    mchid: Text,
    out_trade_no: Text,
    transaction_id: Type.Optional(Text),
    trade_state: Text,
    success_time: Type.Optional(Text),
    amount: Type.Object({ total: Fen, currency: Type.Optional(Type.String()) }),
  }),
)
const refund = Compile(
  Type.Object({
    mchid: Text,
    out_trade_no: Text,
    out_refund_no: Text,
    refund_id: Text,
    refund_status: Text,
    success_time: Type.Optional(Text),
    amount: Type.Object({ refund: Fen }),
  }),
)

export type Merchant = { appId: string; merchantId: string; apiV3Key: string }

export function readWechatNotice(raw: RawNotice, merchant: Merchant, findKey: KeyFinder, now: number): Notice {
  checkSignature(raw, findKey, now)
  const outer = parse(raw.body.toString('utf8'))
  if (!envelope.Check(outer)) throw new NoticeRefused('body')
  const { id: eventKey, event_type: event } = outer
  const inner = parse(openResource(outer.resource, merchant.apiV3Key))
  if (event === 'TRANSACTION.SUCCESS') return paymentIn(inner, merchant, eventKey)
  if (event.startsWith('REFUND.')) return { eventKey, ...refundIn(inner, merchant) }
  return { kind: 'other' }
}

function paymentIn(inner: unknown, merchant: Merchant, eventKey: string): Notice {
  const payment = readTransaction(inner, merchant)
  if (payment.status !== 'paid') return { kind: 'other' }
  const { outTradeNo, providerTxn, paidFen, paidAt } = payment
  return { kind: 'payment', eventKey, outTradeNo, providerTxn, paidFen, paidAt }
}

const states: Record<string, 'unpaid' | 'closed' | 'paid'> = {
  SUCCESS: 'paid',
  // It was paid, whatever has gone back since.
  REFUND: 'paid',
  NOTPAY: 'unpaid',
  USERPAYING: 'unpaid',
  PAYERROR: 'unpaid',
  ACCEPT: 'unpaid',
  CLOSED: 'closed',
  REVOKED: 'closed',
}

/** Undefined for a word that is not in the table, though every object has it. */
export const meaning = <T>(table: Record<string, T>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined

/** A transaction as notices and questions give it; throws `NoticeRefused` for one that is not this merchant's. */
export function readTransaction(inner: unknown, { appId, merchantId }: Merchant) {
  if (!transaction.Check(inner)) throw new NoticeRefused('body')
  const { out_trade_no: outTradeNo, amount, trade_state, transaction_id: providerTxn, success_time } = inner
  if (inner.appid !== appId || inner.mchid !== merchantId) throw new NoticeRefused('foreign')
  const status = meaning(states, trade_state)
  if (!status) throw new NoticeRefused('body')
  if (status !== 'paid') return { status, outTradeNo }
  const paidAt = Date.parse(success_time ?? '')
  const yuan = amount.currency === undefined || amount.currency === 'CNY'
  if (!providerTxn || Number.isNaN(paidAt) || !yuan) throw new NoticeRefused('body')
  return { status, outTradeNo, providerTxn, paidFen: amount.total, paidAt }
}

export const refundStates: Record<string, RefundState['status']> = {
  SUCCESS: 'succeeded',
  PROCESSING: 'processing',
  ABNORMAL: 'abnormal',
  CLOSED: 'failed',
}

function refundIn(inner: unknown, { merchantId }: Merchant) {
  if (!refund.Check(inner)) throw new NoticeRefused('body')
  const { out_trade_no: outTradeNo, out_refund_no: outRefundNo, refund_id: providerRefundId, amount } = inner
  if (inner.mchid !== merchantId) throw new NoticeRefused('foreign')
  const status = meaning(refundStates, inner.refund_status)
  if (!status) throw new NoticeRefused('body')
  const refunded = { outTradeNo, outRefundNo, status, providerRefundId, amountFen: amount.refund }
  return { kind: 'refund' as const, ...refunded, ...endedAt(inner.success_time) }
}

/** Only what has succeeded has a moment. */
export const endedAt = (time: unknown) =>
  typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? { at: Date.parse(time) } : {}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new NoticeRefused('body')
  }
}
