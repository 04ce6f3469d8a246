/** Where Alipay sends the payer's browser when all is done: the merchant's address with signed parameters, which prove nothing. */
import { dateTime } from '../beijing.ts'
import { yuan } from '../money.ts'
import type { World } from '../world.ts'
import { signedText, signRsa2 } from './signing.ts'
import type { AlipayTrade } from './trade.ts'

export function returnAddress({ clock, keys }: World, trade: AlipayTrade): string | undefined {
  if (!URL.canParse(trade.returnUrl)) return undefined
  const params = {
    app_id: trade.appId,
    auth_app_id: trade.appId,
    charset: 'utf-8',
    method: `alipay.trade.${trade.product}.pay.return`,
    out_trade_no: trade.outTradeNo,
    seller_id: trade.sellerId,
    timestamp: dateTime(clock.wireMs()),
    total_amount: yuan(trade.totalFen),
    trade_no: trade.tradeNo ?? '',
    version: '1.0',
  }
  const sign = signRsa2(signedText(params, []), keys.alipay.privateKey)
  const url = new URL(trade.returnUrl)
  for (const [name, value] of Object.entries({ ...params, sign_type: 'RSA2', sign })) url.searchParams.set(name, value)
  return url.href
}
