/** Alipay's notices: a signed form that tells of payments and refunds in the same words. */
import type { AlipaySdk } from 'alipay-sdk'
import { beijingMoment, fenOf } from '../../payments/money.ts'
import { type Notice, NoticeRefused, type RawNotice } from '../../payments/provider.ts'

type Merchant = { appId: string; sellerId: string }
type Fields = Record<string, string>

export function readAlipayNotice({ body }: RawNotice, { appId, sellerId }: Merchant, sdk: AlipaySdk): Notice {
  const fields = fieldsOf(body.toString('utf8'))
  checkSignature(fields, sdk)
  if (fields.app_id !== appId || fields.seller_id !== sellerId) throw new NoticeRefused('foreign')
  const { notify_id: eventKey, out_trade_no: outTradeNo } = fields
  if (!eventKey || !outTradeNo) throw new NoticeRefused('body')
  // A refund of a part leaves the trade successful, and is told as such.
  if (fields.refund_fee || fields.gmt_refund || fields.out_biz_no) return refundIn(fields, eventKey, outTradeNo)
  if (fields.trade_status !== 'TRADE_SUCCESS' && fields.trade_status !== 'TRADE_FINISHED') return { kind: 'other' }
  return { kind: 'payment', eventKey, outTradeNo, ...moneyIn(fields) }
}

/** A name that comes twice has no one value that could have been signed. */
function fieldsOf(text: string): Fields {
  const pairs = [...new URLSearchParams(text)]
  const fields = Object.fromEntries(pairs)
  if (Object.keys(fields).length !== pairs.length) throw new NoticeRefused('body')
  return fields
}

/** The library would take the algorithm that the message names. */
function checkSignature(fields: Fields, sdk: AlipaySdk): void {
  if (fields.sign_type !== 'RSA2' || !/^utf-?8$/i.test(fields.charset ?? 'utf-8')) throw new NoticeRefused('header')
  if (!/^[A-Za-z0-9+/]{40,1024}={0,2}$/.test(fields.sign ?? '')) throw new NoticeRefused('signature')
  let genuine = false
  try {
    genuine = sdk.checkNotifySignV2(fields)
  } catch {
    throw new NoticeRefused('signature')
  }
  if (!genuine) throw new NoticeRefused('signature')
}

/** What has gone back is told in all, not each: only the number counts. One without a number was made elsewhere. */
function refundIn({ out_biz_no: outRefundNo, gmt_refund }: Fields, eventKey: string, outTradeNo: string): Notice {
  if (!outRefundNo) return { kind: 'other' }
  const at = beijingMoment(gmt_refund ?? '')
  return { kind: 'refund', eventKey, outTradeNo, outRefundNo, status: 'succeeded', ...(at !== undefined && { at }) }
}

function moneyIn({ trade_no: providerTxn, total_amount = '', gmt_payment = '' }: Fields) {
  const paidAt = beijingMoment(gmt_payment)
  if (!providerTxn || paidAt === undefined) throw new NoticeRefused('body')
  try {
    return { providerTxn, paidFen: fenOf(total_amount), paidAt }
  } catch {
    throw new NoticeRefused('body')
  }
}
