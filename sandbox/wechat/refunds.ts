/** Refunds at WeChat Pay: accepted at once, settled later, told by notice. */
import { compact, DAY_MS } from '../beijing.ts'
import type { Collection } from '../journal.ts'
import type { WechatMerchant } from '../keys.ts'
import { digits } from '../random.ts'
import type { World } from '../world.ts'
import { invalid, WechatError } from './errors.ts'
import { checkNotifyUrl, readRefund } from './fields.ts'
import { isPaid, refundBody, refundKey, tradeKey, type WechatRefund, type WechatTrade } from './trade.ts'
import type { Transactions } from './transactions.ts'

const REFUNDS_PER_TRADE = 50
const REFUNDABLE_MS = 365 * DAY_MS

export type Settlement = 'SUCCESS' | 'ABNORMAL' | 'CLOSED'

export class Refunds {
  readonly #world: World
  readonly #transactions: Transactions
  readonly refunds: Collection<WechatRefund>
  readonly #byTrade = new Map<string, WechatRefund[]>()

  constructor(world: World, transactions: Transactions, refunds: Collection<WechatRefund>) {
    this.#world = world
    this.#transactions = transactions
    this.refunds = refunds
    for (const refund of refunds.values()) this.#file(refund)
  }

  #file(refund: WechatRefund): void {
    this.#byTrade.set(tradeKey(refund), [...this.of(refund), refund])
  }

  /** Every refund of a trade, oldest first. */
  of(trade: { mchid: string; outTradeNo: string }): WechatRefund[] {
    return this.#byTrade.get(tradeKey(trade)) ?? []
  }

  /** The number is the idempotency key: again with the same amount, it answers how that refund stands. */
  apply(merchant: WechatMerchant, body: unknown): { refund: WechatRefund; trade: WechatTrade; started: boolean } {
    const fields = readRefund(body)
    const { out_refund_no: outRefundNo, amount, notify_url: notifyUrl = '' } = fields
    if (notifyUrl) checkNotifyUrl(notifyUrl)
    const trade = this.#tradeOf(merchant, fields.out_trade_no, fields.transaction_id)
    if (!isPaid(trade)) throw new WechatError(403, 'TRADE_STATE_ERROR', '订单状态错误，未支付的订单不能退款')
    const known = this.refunds.get(refundKey({ mchid: merchant.mchid, outRefundNo }))
    const differs = known && (known.outTradeNo !== trade.outTradeNo || known.refundFen !== amount.refund)
    if (differs || amount.total !== trade.totalFen)
      throw new WechatError(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试')
    if (known && known.state !== 'CLOSED') return { refund: known, trade, started: false }
    this.#checkRoom(trade, amount.refund, known)
    const refund: WechatRefund = Object.assign(known ?? ({} as WechatRefund), {
      mchid: merchant.mchid,
      outTradeNo: trade.outTradeNo,
      outRefundNo,
      refundId: known?.refundId ?? `5030${digits(7)}${compact(this.#world.clock.now()).slice(0, 8)}${digits(10)}`,
      refundFen: amount.refund,
      payerFen: this.#payersShare(trade, amount.refund),
      notifyUrl: notifyUrl || trade.notifyUrl,
      state: 'PROCESSING',
      createdAt: known?.createdAt ?? this.#world.clock.now(),
    } as const)
    this.refunds.put(refund)
    if (!known) this.#file(refund)
    trade.state = 'REFUND'
    this.#transactions.trades.put(trade)
    return { refund, trade, started: true }
  }

  #tradeOf(merchant: WechatMerchant, outTradeNo?: string, transactionId?: string): WechatTrade {
    if (!outTradeNo && !transactionId) throw invalid('out_trade_no', '', '与transaction_id必须二选一')
    const { trades } = this.#transactions
    const { mchid } = merchant
    const trade = outTradeNo
      ? trades.get(tradeKey({ mchid, outTradeNo }))
      : trades.find((each) => each.mchid === mchid && each.transactionId === transactionId)
    if (!trade || (transactionId && trade.transactionId !== transactionId))
      throw new WechatError(404, 'RESOURCE_NOT_EXISTS', '订单号不存在')
    return trade
  }

  #checkRoom(trade: WechatTrade, refundFen: number, retried: WechatRefund | undefined): void {
    if (this.#world.clock.now() > trade.paidAt! + REFUNDABLE_MS)
      throw new WechatError(403, 'RULE_LIMIT', '交易时间超过一年的订单无法提交退款')
    const live = this.liveOf(trade).filter((refund) => refund !== retried)
    if (sum(live) + refundFen > trade.totalFen)
      throw new WechatError(400, 'INVALID_REQUEST', '累计退款金额大于支付金额')
    if (live.length >= REFUNDS_PER_TRADE) throw new WechatError(403, 'RULE_LIMIT', '一笔订单最多支持50次部分退款')
    const place = { provider: 'wechat', on: 'answer', api: 'refund' } as const
    if (this.#world.faults.take('notEnough', place))
      throw new WechatError(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起')
  }

  refundedFen(trade: WechatTrade): number {
    return sum(this.liveOf(trade).filter(({ state }) => state === 'SUCCESS'))
  }

  /** The refunds that take from the trade's total. */
  liveOf(trade: WechatTrade): WechatRefund[] {
    return this.of(trade).filter(({ state }) => state !== 'CLOSED')
  }

  /** The coupon's part goes back to WeChat Pay; the last refund takes what rounding left. */
  #payersShare(trade: WechatTrade, refundFen: number): number {
    const live = this.liveOf(trade)
    const payerTotal = trade.totalFen - trade.couponFen
    if (sum(live) + refundFen === trade.totalFen)
      return payerTotal - live.reduce((total, { payerFen }) => total + payerFen, 0)
    return Math.floor((refundFen * payerTotal) / trade.totalFen)
  }

  byNumber(merchant: WechatMerchant, outRefundNo: string): WechatRefund {
    const refund = this.refunds.get(refundKey({ mchid: merchant.mchid, outRefundNo }))
    if (!refund) throw new WechatError(404, 'RESOURCE_NOT_EXISTS', '退款单不存在')
    return refund
  }

  body(refund: WechatRefund): object {
    return refundBody(refund, this.tradeOf(refund))
  }

  tradeOf(refund: WechatRefund): WechatTrade {
    return this.#transactions.trades.get(`${refund.mchid}/${refund.outTradeNo}`)!
  }

  /** An abnormal refund may still succeed; the other ends are final. */
  settle(refund: WechatRefund, state: Settlement): boolean {
    if (refund.state !== 'PROCESSING' && !(refund.state === 'ABNORMAL' && state !== 'ABNORMAL')) return false
    refund.state = state
    refund.settledAt = this.#world.clock.now()
    this.refunds.put(refund)
    return true
  }
}

const sum = (refunds: WechatRefund[]) => refunds.reduce((total, { refundFen }) => total + refundFen, 0)
