/** A trade at Alipay, and how others read it. */
import { dateTime } from '../beijing.ts'
import { yuan } from '../money.ts'

export type AlipayProduct = 'page' | 'wap' | 'qr'

export type AlipayRefund = {
  outRequestNo: string
  amountFen: number
  state: 'PROCESSING' | 'SUCCESS' | 'FAILED'
  at: number
}

export type AlipayTrade = {
  appId: string
  sellerId: string
  outTradeNo: string
  product: AlipayProduct
  subject: string
  totalFen: number
  notifyUrl: string
  returnUrl: string
  passbackParams: string
  createdAt: number
  /** The merchant's last word on when it may be paid. */
  expiresAt?: number | undefined
  /** Counts from the scan. */
  timeoutMs?: number | undefined
  /** NOT_CREATED: the payer has not scanned it, and to merchants it does not exist. */
  state: 'NOT_CREATED' | 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED' | 'TRADE_FINISHED'
  tradeNo?: string
  scannedAt?: number
  paidAt?: number
  closedAt?: number
  /** Given by Alipay, so that the payer pays less than the total. */
  couponFen: number
  refunds: AlipayRefund[]
}

export const tradeKey = ({ appId, outTradeNo }: { appId: string; outTradeNo: string }) => `${appId}/${outTradeNo}`

const BUYER = { buyer_logon_id: 'san***@sandbox.com', buyer_user_id: '2088000000000001' }

const sum = (refunds: AlipayRefund[]) => refunds.reduce((total, { amountFen }) => total + amountFen, 0)
export const refundedFen = ({ refunds }: AlipayTrade) => sum(refunds.filter(({ state }) => state === 'SUCCESS'))
/** With what is on its way back. */
export const claimedFen = ({ refunds }: AlipayTrade) => sum(refunds.filter(({ state }) => state !== 'FAILED'))

/** Who paid what of the total. */
const amounts = ({ totalFen, couponFen }: AlipayTrade) => ({
  total_amount: yuan(totalFen),
  receipt_amount: yuan(totalFen),
  buyer_pay_amount: yuan(totalFen - couponFen),
  invoice_amount: yuan(totalFen - couponFen),
  point_amount: '0.00',
})

export const named = ({ outTradeNo, tradeNo }: AlipayTrade) => ({ out_trade_no: outTradeNo, trade_no: tradeNo ?? '' })

export function queryBody(trade: AlipayTrade) {
  const paid = trade.paidAt !== undefined
  return {
    ...named(trade),
    trade_status: trade.state,
    total_amount: yuan(trade.totalFen),
    ...BUYER,
    ...(paid ? { ...amounts(trade), send_pay_date: dateTime(trade.paidAt!) } : {}),
  }
}

export const refundAnswer = (trade: AlipayTrade, changed: boolean, now: number) => ({
  ...named(trade),
  ...BUYER,
  fund_change: changed ? 'Y' : 'N',
  refund_fee: yuan(refundedFen(trade)),
  ...(changed ? { gmt_refund_pay: dateTime(now) } : {}),
})

/** The parameters of a notice that say how the trade stands. */
export function noticeFields(trade: AlipayTrade): Record<string, string> {
  const { totalFen, couponFen, passbackParams, paidAt, scannedAt, closedAt } = trade
  const bills = [
    { amount: yuan(totalFen - couponFen), fundChannel: 'ALIPAYACCOUNT' },
    ...(couponFen > 0 ? [{ amount: yuan(couponFen), fundChannel: 'DISCOUNT' }] : []),
  ]
  return {
    ...named(trade),
    trade_status: trade.state,
    seller_id: trade.sellerId,
    seller_email: `${trade.sellerId}@sandbox.example`,
    buyer_id: BUYER.buyer_user_id,
    buyer_logon_id: BUYER.buyer_logon_id,
    subject: trade.subject,
    gmt_create: dateTime(scannedAt ?? trade.createdAt),
    total_amount: yuan(totalFen),
    ...(paidAt ? { ...amounts(trade), gmt_payment: dateTime(paidAt), fund_bill_list: JSON.stringify(bills) } : {}),
    ...(closedAt ? { gmt_close: dateTime(closedAt) } : {}),
    ...(passbackParams ? { passback_params: passbackParams } : {}),
  }
}

/** What a notice about a refund has besides. */
export const refundFields = (trade: AlipayTrade, refund: AlipayRefund): Record<string, string> => ({
  refund_fee: yuan(refundedFen(trade)),
  out_biz_no: refund.outRequestNo,
  gmt_refund: `${dateTime(refund.at)}.000`,
})
