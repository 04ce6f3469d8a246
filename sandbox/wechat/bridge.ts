/** What WeChat checks before it opens its cashier for a page: that the merchant signed the very parameters the page has. */
import { createPublicKey, verify } from 'node:crypto'
import { merchantsOf, type World } from '../world.ts'

export type BridgeParams = Partial<
  Record<'appId' | 'timeStamp' | 'nonceStr' | 'package' | 'signType' | 'paySign', string>
>

/** The prepayment's number, or the name of the parameter that is wrong. */
export function checkBridge(world: World, params: BridgeParams): { prepayId: string } | { wrong: string } {
  const { appId = '', timeStamp = '', nonceStr = '', package: content = '', signType, paySign = '' } = params
  const prepayId = /^prepay_id=(wx\w+)$/.exec(content)?.[1]
  if (!prepayId || !world.codes.get(prepayId)) return { wrong: 'package' }
  const merchant = merchantsOf(world).find(({ wechat }) => wechat.appid === appId)?.wechat
  if (!merchant || !world.codes.get(prepayId)!.trade.startsWith(`${merchant.mchid}/`)) return { wrong: 'appId' }
  if (!/^\d{10}$/.test(timeStamp)) return { wrong: 'timeStamp' }
  if (!/^\w{1,32}$/.test(nonceStr)) return { wrong: 'nonceStr' }
  if (signType !== 'RSA') return { wrong: 'signType' }
  const message = Buffer.from(`${appId}\n${timeStamp}\n${nonceStr}\n${content}\n`)
  const genuine = verify('sha256', message, createPublicKey(merchant.certificate), Buffer.from(paySign, 'base64'))
  return genuine ? { prepayId } : { wrong: 'paySign' }
}
