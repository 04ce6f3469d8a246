/** Ends a refund that was left open, as its provider would. */
import type { Static } from 'typebox'
import type { Notice } from '../notices.ts'
import type { Sandbox } from '../parts.ts'
import { refundKey } from '../wechat/trade.ts'
import { ControlError } from './errors.ts'
import type { SettleRefundBody } from './schema.ts'

export async function settleRefund(
  { world, wechat, alipay }: Sandbox,
  { provider, outRefundNo, state, merchant = 'main' }: Static<typeof SettleRefundBody>,
): Promise<Notice | undefined> {
  const { wechat: payee, alipay: seller } = world.keys.merchants[merchant]
  if (provider === 'wechat') {
    const refund = wechat.refunds.refunds.get(refundKey({ mchid: payee.mchid, outRefundNo }))
    if (!refund) throw new ControlError(404, `WeChat Pay has no refund ${outRefundNo}`)
    return wechat.settleRefund(refund, state)
  }
  const isMeant = (refund: { outRequestNo: string; state: string }) =>
    refund.outRequestNo === outRefundNo && refund.state === 'PROCESSING'
  const trade = alipay.transactions.trades.find(({ appId, refunds }) => appId === seller.appId && refunds.some(isMeant))
  if (!trade) throw new ControlError(404, `Alipay has no open refund ${outRefundNo}`)
  return alipay.settleRefund(trade, trade.refunds.find(isMeant)!, state === 'SUCCESS' ? 'SUCCESS' : 'FAILED')
}
