/** Trades at Alipay: offered by merchants, scanned and paid by payers, closed, paid back. */
import { compact, DAY_MS, readDateTime } from '../beijing.ts'
import type { Collection } from '../journal.ts'
import type { AlipayMerchant } from '../keys.ts'
import { fen } from '../money.ts'
import { digits, letters } from '../random.ts'
import type { World } from '../world.ts'
import { failed, invalid, notThere } from './errors.ts'
import { type AlipayProduct, type AlipayRefund, type AlipayTrade, claimedFen, refundedFen, tradeKey } from './trade.ts'

export type BizContent = Record<string, unknown>
/** Parameters beside the content. */
export type Addresses = { notifyUrl: string; returnUrl: string }

const MINUTE_MS = 60_000
const QR_LIFETIME_MS = 120 * MINUTE_MS
const DEFAULT_LIFETIME_MS = 15 * DAY_MS
const REFUNDABLE_MS = 365 * DAY_MS
const productCodes: Partial<Record<AlipayProduct, string>> = { page: 'FAST_INSTANT_TRADE_PAY', wap: 'QUICK_WAP_WAY' }

export class AlipayTransactions {
  readonly #world: World
  readonly trades: Collection<AlipayTrade>

  constructor(world: World, trades: Collection<AlipayTrade>) {
    this.#world = world
    this.trades = trades
  }

  /** Offers a trade, or the same one again; answers with a code that the payer can scan. */
  offer(merchant: AlipayMerchant, product: AlipayProduct, biz: BizContent, addresses: Addresses) {
    const offered = readOffer(product, biz)
    const known = this.trades.get(tradeKey({ appId: merchant.appId, outTradeNo: offered.outTradeNo }))
    if (known) this.#checkSame(this.refresh(known), offered)
    const now = this.#world.clock.now()
    if (offered.expiresAt !== undefined && offered.expiresAt <= now) throw invalid('time_expire 已过')
    const trade = known ?? {
      ...{ appId: merchant.appId, sellerId: merchant.sellerId, product, ...offered, ...addresses },
      ...{ createdAt: now, state: 'NOT_CREATED', couponFen: 0, refunds: [] },
    }
    this.trades.put(trade as AlipayTrade)
    const code = `https://qr.alipay.com/bax${letters(15).toLowerCase()}`
    const expiresAt = offered.expiresAt ?? now + (product === 'qr' ? QR_LIFETIME_MS : DEFAULT_LIFETIME_MS)
    this.#world.codes.put({ code, provider: 'alipay', trade: tradeKey(trade), expiresAt })
    return { trade: trade as AlipayTrade, code }
  }

  #checkSame(known: AlipayTrade, { totalFen, subject }: Offer): void {
    if (known.paidAt !== undefined) throw failed('TRADE_HAS_SUCCESS', '交易已被支付')
    if (known.state === 'TRADE_CLOSED') throw failed('TRADE_HAS_CLOSE', '交易已经关闭')
    if (known.totalFen !== totalFen || known.subject !== subject) throw failed('CONTEXT_INCONSISTENT', '交易信息被篡改')
  }

  /** Lets time do its work: unpaid trades close, paid ones become final. */
  refresh(trade: AlipayTrade): AlipayTrade {
    const now = this.#world.clock.now()
    if (trade.state === 'WAIT_BUYER_PAY' && now > deadline(trade)) return this.#end(trade, 'TRADE_CLOSED', now)
    if (trade.state === 'TRADE_SUCCESS' && now > trade.paidAt! + REFUNDABLE_MS)
      return this.#end(trade, 'TRADE_FINISHED', now)
    return trade
  }

  #end(trade: AlipayTrade, state: 'TRADE_CLOSED' | 'TRADE_FINISHED', at: number): AlipayTrade {
    trade.state = state
    trade.closedAt = at
    return this.trades.put(trade)
  }

  /** The trade that a merchant means; what nobody has scanned is not there. */
  find(merchant: AlipayMerchant, { out_trade_no: outTradeNo, trade_no: tradeNo }: BizContent): AlipayTrade {
    if (!outTradeNo && !tradeNo) throw invalid('out_trade_no 和 trade_no 不能同时为空')
    const trade = tradeNo
      ? this.trades.find((each) => each.tradeNo === tradeNo && each.appId === merchant.appId)
      : this.trades.get(tradeKey({ appId: merchant.appId, outTradeNo: String(outTradeNo) }))
    if (!trade || trade.state === 'NOT_CREATED') throw notThere()
    return this.refresh(trade)
  }

  close(trade: AlipayTrade): AlipayTrade {
    if (trade.state !== 'WAIT_BUYER_PAY') throw failed('REASON_TRADE_STATUS_INVALID', '交易状态异常')
    return this.#end(trade, 'TRADE_CLOSED', this.#world.clock.now())
  }

  /** With the scan the trade comes to be. */
  scan(trade: AlipayTrade): AlipayTrade {
    const now = this.#world.clock.now()
    if (trade.state !== 'NOT_CREATED' || now > (trade.expiresAt ?? Number.POSITIVE_INFINITY)) return this.refresh(trade)
    trade.state = 'WAIT_BUYER_PAY'
    trade.scannedAt = now
    trade.tradeNo = `${compact(now).slice(0, 8)}22001${digits(15)}`
    return this.trades.put(trade)
  }

  /** What keeps the payer from paying. */
  obstacle(trade: AlipayTrade): 'paid' | 'closed' | 'expired' | undefined {
    const { state, paidAt, expiresAt } = this.refresh(trade)
    if (paidAt !== undefined) return 'paid'
    if (state === 'TRADE_CLOSED') return 'closed'
    return this.#world.clock.now() > (expiresAt ?? Number.POSITIVE_INFINITY) ? 'expired' : undefined
  }

  /** The payer pays, less what Alipay gives to it. */
  pay(trade: AlipayTrade, couponFen = 0): AlipayTrade {
    this.scan(trade)
    trade.state = 'TRADE_SUCCESS'
    trade.paidAt = this.#world.clock.now()
    trade.couponFen = couponFen
    return this.trades.put(trade)
  }

  /** The request number is the idempotency key: again with the same amount, nothing moves. */
  refund(trade: AlipayTrade, biz: BizContent): { refund: AlipayRefund; started: boolean } {
    const amountFen = fen(biz.refund_amount)
    if (!amountFen) throw invalid('refund_amount')
    const outRequestNo = String(biz.out_request_no ?? trade.outTradeNo)
    if (!/^.{1,64}$/.test(outRequestNo)) throw invalid('out_request_no')
    const known = trade.refunds.find((each) => each.outRequestNo === outRequestNo && each.state !== 'FAILED')
    if (known && known.amountFen !== amountFen) throw failed('DISCORDANT_REPEAT_REQUEST', '不一致的请求')
    if (known) return { refund: known, started: false }
    if (trade.state === 'TRADE_FINISHED') throw failed('TRADE_HAS_FINISHED', '交易已完结')
    if (trade.state !== 'TRADE_SUCCESS') throw failed('TRADE_STATUS_ERROR', '交易状态不合法')
    if (!biz.out_request_no && amountFen !== trade.totalFen) throw invalid('部分退款必须传入 out_request_no')
    if (claimedFen(trade) + amountFen > trade.totalFen) throw failed('REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限')
    const place = { provider: 'alipay', on: 'answer', api: 'alipay.trade.refund' } as const
    if (this.#world.faults.take('notEnough', place)) throw failed('SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足')
    const refund: AlipayRefund = { outRequestNo, amountFen, state: 'PROCESSING', at: this.#world.clock.now() }
    trade.refunds.push(refund)
    this.trades.put(trade)
    return { refund, started: true }
  }

  /** A trade that was paid back whole is closed. */
  settle(trade: AlipayTrade, refund: AlipayRefund, state: 'SUCCESS' | 'FAILED'): boolean {
    if (refund.state !== 'PROCESSING') return false
    refund.state = state
    refund.at = this.#world.clock.now()
    if (refundedFen(trade) === trade.totalFen) this.#end(trade, 'TRADE_CLOSED', refund.at)
    else this.trades.put(trade)
    return true
  }
}

type Offer = Pick<AlipayTrade, 'outTradeNo' | 'subject' | 'totalFen' | 'passbackParams' | 'expiresAt' | 'timeoutMs'>

function readOffer(product: AlipayProduct, biz: BizContent): Offer {
  const totalFen = fen(biz.total_amount)
  if (!totalFen) throw invalid('total_amount')
  const outTradeNo = String(biz.out_trade_no ?? '')
  if (!/^\w{1,64}$/.test(outTradeNo)) throw invalid('out_trade_no')
  const subject = String(biz.subject ?? '')
  if (subject.length < 1 || subject.length > 256 || /[/=&]/.test(subject)) throw invalid('subject')
  const productCode = productCodes[product]
  if (productCode && biz.product_code !== productCode) throw invalid('product_code')
  const expiresAt = biz.time_expire === undefined ? undefined : readDateTime(String(biz.time_expire))
  if (Number.isNaN(expiresAt)) throw invalid('time_expire')
  const timeoutMs = biz.timeout_express === undefined ? undefined : readTimeout(String(biz.timeout_express))
  const passbackParams = String(biz.passback_params ?? '')
  return { outTradeNo, subject, totalFen, passbackParams, expiresAt, timeoutMs }
}

/** 90m, 2h, 15d */
function readTimeout(text: string): number {
  const [, count, unit] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (!count) throw invalid('timeout_express')
  return Number(count) * { m: MINUTE_MS, h: 60 * MINUTE_MS, d: DAY_MS }[unit as 'm' | 'h' | 'd']
}

const deadline = ({ expiresAt, timeoutMs, scannedAt }: AlipayTrade): number =>
  Math.min(expiresAt ?? Number.POSITIVE_INFINITY, scannedAt! + (timeoutMs ?? DEFAULT_LIFETIME_MS))
