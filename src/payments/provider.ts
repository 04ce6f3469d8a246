/** The port to a payment provider, and the one to whoever keeps the orders. Amounts are whole fen. */
import type { Channel, Prompt, Provider, SelfCheck } from './schema.ts'

export interface PaymentProvider {
  readonly name: Provider
  /** The ways to pay that its settings allow. */
  readonly channels: Channel[]
  /** Where its codes are scanned and no real money is paid; null: real money. */
  readonly sandboxUrl: string | null
  /** Makes a payment known. Asked again with the same values, it gives a fresh prompt. */
  prepay(payment: Prepayment): Promise<FreshPrompt>
  query(outTradeNo: string): Promise<PaymentState>
  /** Nobody can pay any more; whether it was paid before is for `query` to say. */
  close(outTradeNo: string): Promise<void>
  /** Asked again with the same number, it changes nothing. */
  refund(refund: RefundOrder): Promise<RefundState>
  queryRefund(refund: RefundOrder): Promise<RefundState | { status: 'unknown' }>
  /** What a notice says whose signature is right and which is for us; throws `NoticeRefused` for every other. */
  readNotice(notice: RawNotice): Notice
  /** All money of one day in Beijing, as 2026-01-31; empty where there was none. */
  bill(date: string): Promise<BillLine[]>
  selfTest(): Promise<SelfCheck[]>
}

export type Prepayment = {
  channel: Channel
  outTradeNo: string
  amountFen: number
  title: string
  expiresAt: number
  /** Where the payer comes back to, which proves nothing. */
  returnUrl: string
  payer: { openid?: string; clientIp?: string }
}
export type FreshPrompt = { prompt: Prompt; expiresAt: number }

/** `unknown`: the provider has never heard of it, as Alipay of a code that nobody has scanned. */
export type PaymentState =
  | { status: 'unpaid' | 'closed' | 'unknown' }
  | { status: 'paid'; providerTxn: string; paidFen: number; paidAt: number }

export type RefundOrder = {
  outTradeNo: string
  outRefundNo: string
  amountFen: number
  /** What was paid in all. */
  paidFen: number
  reason: string
}
/** `abnormal`: the payer's account does not take it, a person must act; `failed` is final, and no money has moved. */
export type RefundState = {
  status: 'processing' | 'succeeded' | 'abnormal' | 'failed'
  providerRefundId?: string
  /** Undefined where the provider does not say. */
  amountFen?: number
  /** When it ended, by the provider's clock. */
  at?: number
}

export type RawNotice = { headers: Record<string, string | string[] | undefined>; body: Buffer }
/** `other`: nothing that money depends on. */
export type Notice =
  | { kind: 'payment'; eventKey: string; outTradeNo: string; providerTxn: string; paidFen: number; paidAt: number }
  | ({ kind: 'refund'; eventKey: string; outTradeNo: string; outRefundNo: string } & RefundState)
  | { kind: 'other' }

export type BillLine = {
  kind: 'payment' | 'refund'
  outTradeNo: string
  outRefundNo: string | null
  providerTxn: string
  amountFen: number
  at: number
  /** Thousandths of a fen: providers charge shares of one. */
  feeMilliFen: number
}

/** Nobody knows whether it was done: never a failure, always a reason to ask, with the same number. */
export class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown'
}

/** The provider said no, and nothing was done. */
export class ProviderRefused extends Error {
  override name = 'ProviderRefused'
  readonly reason: RefusalReason
  /** The provider's own word. */
  readonly code: string

  constructor(reason: RefusalReason, code: string) {
    super(`the provider refused: ${code}`)
    this.reason = reason
    this.code = code
  }
}
/** `later`: the same again may work after a while, as when there is not enough money to give back. */
export type RefusalReason = 'paid' | 'closed' | 'later' | 'other'

/** A notice that must not be believed; `reason` is for the log. */
export class NoticeRefused extends Error {
  override name = 'NoticeRefused'
  readonly reason: NoticeProblem

  constructor(reason: NoticeProblem) {
    super(`notice refused: ${reason}`)
    this.reason = reason
  }
}
export type NoticeProblem = 'header' | 'timestamp' | 'signature' | 'probe' | 'serial' | 'body' | 'cipher' | 'foreign'

/** Whoever keeps the orders: the only way in for money, and for the word that money went back. */
export interface Settlement {
  settle(report: PaymentReport): Promise<SettleOutcome>
  refundReported(report: RefundReport): Promise<RefundOutcome>
}

export type Source = 'notice' | 'query' | 'bill'
export type PaymentReport = {
  provider: Provider
  outTradeNo: string
  providerTxn: string
  paidFen: number
  paidAt: number
  source: Source
  /** The same for the same event, however often it is told. */
  eventKey: string
}
export type SettleOutcome =
  | 'paid'
  /** The same payment, told in another way, or again. */
  | 'already'
  | 'duplicate'
  /** Money that the order does not need: it goes back by itself. */
  | 'duplicate_payment'
  | 'paid_after_close'
  /** For a person to look at. */
  | 'amount_mismatch'
  | 'other_transaction'
  | 'orphan'

export type RefundReport = RefundState & {
  provider: Provider
  outRefundNo: string
  outTradeNo: string
  source: Source
  eventKey: string
  failure?: string
}
export type RefundOutcome = 'applied' | 'already' | 'orphan' | 'amount_mismatch'
