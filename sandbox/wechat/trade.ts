/** A trade at WeChat Pay, and how others read it. */
import { rfc3339 } from '../beijing.ts'

export type TradeType = 'NATIVE' | 'JSAPI' | 'MWEB'

export type WechatTrade = {
  appid: string
  mchid: string
  outTradeNo: string
  tradeType: TradeType
  description: string
  attach: string
  notifyUrl: string
  totalFen: number
  openid: string
  /** Nobody may pay after this; it closes nothing. */
  expiresAt: number
  /** The first request: another under the same number must say the same. */
  request: string
  createdAt: number
  state: 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED'
  transactionId?: string
  paidAt?: number
  /** Given by WeChat Pay, so that the payer pays less than the total. */
  couponFen: number
}

export type WechatRefund = {
  mchid: string
  outTradeNo: string
  outRefundNo: string
  refundId: string
  refundFen: number
  /** What of it the payer gets: the coupon's share is not theirs. */
  payerFen: number
  notifyUrl: string
  state: 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL'
  createdAt: number
  settledAt?: number
}

export const tradeKey = ({ mchid, outTradeNo }: { mchid: string; outTradeNo: string }) => `${mchid}/${outTradeNo}`
export const refundKey = ({ mchid, outRefundNo }: { mchid: string; outRefundNo: string }) => `${mchid}/${outRefundNo}`

export const isPaid = ({ state }: WechatTrade) => state === 'SUCCESS' || state === 'REFUND'

const described = { NOTPAY: '订单未支付', SUCCESS: '支付成功', REFUND: '订单发生过退款', CLOSED: '订单已关闭' }

/** As a query answers, and a notice tells. */
export function tradeBody(trade: WechatTrade) {
  const { appid, mchid, outTradeNo, totalFen, couponFen } = trade
  const common = {
    appid,
    mchid,
    out_trade_no: outTradeNo,
    trade_state: trade.state,
    trade_state_desc: described[trade.state],
  }
  if (!isPaid(trade)) return { ...common, amount: { payer_currency: 'CNY', total: totalFen }, promotion_detail: [] }
  return {
    ...common,
    transaction_id: trade.transactionId,
    trade_type: trade.tradeType,
    bank_type: 'OTHERS',
    attach: trade.attach,
    success_time: rfc3339(trade.paidAt!),
    payer: { openid: trade.openid },
    amount: { total: totalFen, payer_total: totalFen - couponFen, currency: 'CNY', payer_currency: 'CNY' },
    promotion_detail: couponFen > 0 ? [promotion(couponFen)] : [],
  }
}

const promotion = (couponFen: number) => ({
  coupon_id: '109519',
  name: '沙箱立减',
  scope: 'GLOBAL',
  type: 'CASH',
  amount: couponFen,
  stock_id: '931386',
  wechatpay_contribute: couponFen,
  merchant_contribute: 0,
  other_contribute: 0,
  currency: 'CNY',
  goods_detail: [],
})

const ACCOUNT = '支付用户零钱'

/** As the refund interfaces answer. */
export function refundBody(refund: WechatRefund, trade: WechatTrade) {
  const { refundFen, payerFen, createdAt, settledAt, state } = refund
  return {
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    transaction_id: trade.transactionId,
    out_trade_no: trade.outTradeNo,
    channel: 'ORIGINAL',
    user_received_account: ACCOUNT,
    ...(state === 'SUCCESS' ? { success_time: rfc3339(settledAt!) } : {}),
    create_time: rfc3339(createdAt),
    status: state,
    funds_account: 'AVAILABLE',
    amount: {
      total: trade.totalFen,
      refund: refundFen,
      from: [],
      payer_total: trade.totalFen - trade.couponFen,
      payer_refund: payerFen,
      settlement_refund: refundFen,
      settlement_total: trade.totalFen,
      discount_refund: refundFen - payerFen,
      currency: 'CNY',
      refund_fee: 0,
    },
    promotion_detail: [],
  }
}

/** As a notice about the refund tells. */
export function refundNoticeBody(refund: WechatRefund, trade: WechatTrade) {
  return {
    mchid: refund.mchid,
    transaction_id: trade.transactionId,
    out_trade_no: refund.outTradeNo,
    refund_id: refund.refundId,
    out_refund_no: refund.outRefundNo,
    refund_status: refund.state,
    ...(refund.state === 'SUCCESS' ? { success_time: rfc3339(refund.settledAt!) } : {}),
    user_received_account: ACCOUNT,
    amount: {
      total: trade.totalFen,
      refund: refund.refundFen,
      payer_total: trade.totalFen - trade.couponFen,
      payer_refund: refund.payerFen,
    },
  }
}
