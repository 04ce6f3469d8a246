/** Trades of both providers in one shape. */
import { type AlipayTrade, refundedFen } from '../alipay/trade.ts'
import type { Provider } from '../faults.ts'
import type { MerchantName } from '../keys.ts'
import type { Sandbox } from '../parts.ts'
import type { WechatTrade } from '../wechat/trade.ts'
import { merchantsOf } from '../world.ts'

export type TradeView = {
  provider: Provider
  merchant: MerchantName
  outTradeNo: string
  product: string
  title: string
  totalFen: number
  couponFen: number
  /** In the provider's own words. */
  state: string
  providerTxn: string | undefined
  /** WeChat's name for the payer, where the merchant named one or somebody has paid. */
  openid?: string
  createdAt: number
  paidAt: number | undefined
  refunds: { outRefundNo: string; amountFen: number; state: string }[]
  refundedFen: number
}

export function wechatView({ world, wechat }: Sandbox, trade: WechatTrade): TradeView {
  const { mchid, outTradeNo, tradeType, description, totalFen, couponFen, state, transactionId, openid } = trade
  const refunds = wechat.refunds.of(trade)
  return {
    ...{ provider: 'wechat', outTradeNo, product: tradeType, title: description, totalFen, couponFen, state },
    merchant: merchantsOf(world).find((merchant) => merchant.wechat.mchid === mchid)!.name,
    ...{ providerTxn: transactionId, openid, createdAt: trade.createdAt, paidAt: trade.paidAt },
    refunds: refunds.map((refund) => ({
      ...{ outRefundNo: refund.outRefundNo, amountFen: refund.refundFen, state: refund.state },
    })),
    refundedFen: wechat.refunds.refundedFen(trade),
  }
}

export function alipayView({ world, alipay }: Sandbox, trade: AlipayTrade): TradeView {
  const { appId, outTradeNo, product, subject, totalFen, couponFen, tradeNo } = alipay.transactions.refresh(trade)
  return {
    ...{ provider: 'alipay', outTradeNo, product, title: subject, totalFen, couponFen, state: trade.state },
    merchant: merchantsOf(world).find((merchant) => merchant.alipay.appId === appId)!.name,
    ...{ providerTxn: tradeNo, createdAt: trade.createdAt, paidAt: trade.paidAt },
    refunds: trade.refunds.map((refund) => ({
      ...{ outRefundNo: refund.outRequestNo, amountFen: refund.amountFen, state: refund.state },
    })),
    refundedFen: refundedFen(trade),
  }
}

/** Every trade, or those of one number, newest first. */
export function allTrades(sandbox: Sandbox, outTradeNo?: string): TradeView[] {
  const wanted = (trade: { outTradeNo: string }) => outTradeNo === undefined || trade.outTradeNo === outTradeNo
  const wechat = sandbox.wechat.transactions.trades.filter(wanted).map((trade) => wechatView(sandbox, trade))
  const alipay = sandbox.alipay.transactions.trades.filter(wanted).map((trade) => alipayView(sandbox, trade))
  return [...wechat, ...alipay].sort((a, b) => b.createdAt - a.createdAt)
}
