/** Trades at WeChat Pay: placed by merchants, paid by payers, asked for, closed. */
import { compact, DAY_MS } from '../beijing.ts'
import type { Collection } from '../journal.ts'
import type { WechatMerchant } from '../keys.ts'
import { digits, hex, letters } from '../random.ts'
import type { World } from '../world.ts'
import { invalid, WechatError } from './errors.ts'
import { checkNotifyUrl, readClose, readTransaction, type TransactionFields } from './fields.ts'
import { isPaid, type TradeType, tradeBody, tradeKey, type WechatTrade } from './trade.ts'

const MINUTE_MS = 60_000
const DEFAULT_LIFETIME_MS = 7 * DAY_MS
const CODE_LIFETIME_MS = { native: 120 * MINUTE_MS, jsapi: 120 * MINUTE_MS, h5: 5 * MINUTE_MS }
const tradeTypes = { native: 'NATIVE', jsapi: 'JSAPI', h5: 'MWEB' } as const
export type Product = keyof typeof tradeTypes

export class Transactions {
  readonly #world: World
  readonly trades: Collection<WechatTrade>

  constructor(world: World, trades: Collection<WechatTrade>) {
    this.#world = world
    this.trades = trades
  }

  /** The same request again is answered with a fresh code; another one under the same number is refused. */
  place(merchant: WechatMerchant, product: Product, body: unknown): object {
    const fields = readTransaction[product](body)
    if (fields.mchid !== merchant.mchid) throw invalid('mchid', fields.mchid, '与签名的商户号不一致')
    if (fields.appid !== merchant.appid)
      throw new WechatError(400, 'APPID_MCHID_NOT_MATCH', 'appid和mch_id不匹配，请检查后再试')
    checkNotifyUrl(fields.notify_url)
    const known = this.trades.get(tradeKey({ mchid: merchant.mchid, outTradeNo: fields.out_trade_no }))
    const trade = known ?? this.#open(merchant, tradeTypes[product], fields)
    this.#checkSame(trade, tradeTypes[product], fields)
    return this.#codeFor(trade, product)
  }

  #open(merchant: WechatMerchant, tradeType: TradeType, fields: TransactionFields): WechatTrade {
    const now = this.#world.clock.now()
    const expiresAt = fields.time_expire ? Date.parse(fields.time_expire) : now + DEFAULT_LIFETIME_MS
    if (!(expiresAt >= now + MINUTE_MS)) throw invalid('time_expire', fields.time_expire, '不能早于下单后1分钟')
    return this.trades.put({
      appid: merchant.appid,
      mchid: merchant.mchid,
      outTradeNo: fields.out_trade_no,
      tradeType,
      description: fields.description,
      attach: fields.attach ?? '',
      notifyUrl: fields.notify_url,
      totalFen: fields.amount.total,
      openid: fields.payer?.openid ?? `oSandbox${letters(20)}`,
      expiresAt,
      request: ordered(fields),
      createdAt: now,
      state: 'NOTPAY',
      couponFen: 0,
    })
  }

  #checkSame(trade: WechatTrade, tradeType: TradeType, fields: TransactionFields): void {
    if (isPaid(trade)) throw new WechatError(400, 'ORDERPAID', '该订单已支付')
    if (trade.state === 'CLOSED') throw new WechatError(400, 'ORDER_CLOSED', '该订单已关闭')
    if (trade.tradeType !== tradeType || trade.request !== ordered(fields))
      throw new WechatError(400, 'INVALID_REQUEST', '请求重入时，参数与首次请求时不一致，请核对后重试')
  }

  #codeFor(trade: WechatTrade, product: Product): object {
    const { codes, clock, pagesUrl } = this.#world
    const prepayId = `wx${compact(clock.now())}${hex(20)}`
    const code = { native: `weixin://wxpay/bizpayurl?pr=${letters(9)}`, jsapi: prepayId, h5: prepayId }[product]
    codes.put({
      code,
      provider: 'wechat',
      trade: tradeKey(trade),
      expiresAt: clock.now() + CODE_LIFETIME_MS[product],
    })
    if (product === 'native') return { code_url: code }
    if (product === 'jsapi') return { prepay_id: prepayId }
    return { h5_url: `${pagesUrl}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=${prepayId}&package=${digits(10)}` }
  }

  byNumber(merchant: WechatMerchant, outTradeNo: string): WechatTrade {
    const trade = this.trades.get(tradeKey({ mchid: merchant.mchid, outTradeNo }))
    if (!trade) throw new WechatError(404, 'ORDER_NOT_EXIST', '订单不存在')
    return trade
  }

  byTransactionId(merchant: WechatMerchant, transactionId: string): WechatTrade {
    const trade = this.trades.find((each) => each.transactionId === transactionId && each.mchid === merchant.mchid)
    if (!trade) throw new WechatError(404, 'ORDER_NOT_EXIST', '订单不存在')
    return trade
  }

  /** Says 204 even to a number that nobody knows. */
  close(merchant: WechatMerchant, outTradeNo: string, body: unknown): void {
    const { mchid } = readClose(body)
    if (mchid !== merchant.mchid) throw invalid('mchid', mchid, '与签名的商户号不一致')
    const trade = this.trades.get(tradeKey({ mchid, outTradeNo }))
    if (!trade) return
    if (isPaid(trade)) throw new WechatError(400, 'ORDERPAID', '该订单已支付')
    trade.state = 'CLOSED'
    this.trades.put(trade)
  }

  /** What keeps the payer from paying. */
  obstacle({ state, expiresAt }: WechatTrade): 'paid' | 'closed' | 'expired' | undefined {
    if (state === 'CLOSED') return 'closed'
    if (state !== 'NOTPAY') return 'paid'
    return this.#world.clock.now() > expiresAt ? 'expired' : undefined
  }

  /** The payer pays, less what WeChat Pay gives to it. */
  pay(trade: WechatTrade, couponFen = 0): WechatTrade {
    const now = this.#world.clock.now()
    trade.state = 'SUCCESS'
    trade.paidAt = now
    trade.couponFen = couponFen
    trade.transactionId = `4200${digits(6)}${compact(now).slice(0, 8)}${digits(10)}`
    return this.trades.put(trade)
  }

  body(trade: WechatTrade) {
    return tradeBody(trade)
  }
}

/** Compares requests whatever the order of their fields. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
