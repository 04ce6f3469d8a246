/** Alipay over its gateway 2.0, with RSA2 and the public key. */
import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { AlipaySdk } from 'alipay-sdk'
import { beijingMoment, beijingTime, fenOf, NUMBER_PATTERN, yuanOf } from '../../payments/money.ts'
import {
  type BillLine,
  type FreshPrompt,
  OutcomeUnknown,
  type PaymentProvider,
  type PaymentState,
  type Prepayment,
  ProviderRefused,
  type RefundOrder,
  type RefundState,
  type RefusalReason,
} from '../../payments/provider.ts'
import { boundedFetch } from '../bounded-fetch.ts'
import { readAlipayBill } from './bill.ts'
import { call, common, type Gateway, type Reply } from './gateway.ts'
import { readAlipayNotice } from './notice.ts'
import { selfTest } from './self-test.ts'
import type { AlipaySettings } from './settings.ts'

export const OFFICIAL_GATEWAY = 'https://openapi.alipay.com/gateway.do'
const TIMEOUT_MS = 5000
const BILL_TIMEOUT_MS = 60_000
const MAX_BILL_BYTES = 128 * 1024 * 1024
/** An address to pay at is signed with its time, which Alipay allows to be a little old. */
const ADDRESS_LASTS_MS = 10 * 60_000

export type AlipayDeps = { settings: AlipaySettings; noticeUrl: string; now: () => number; timeoutMs?: number }

export function createAlipay({ settings, noticeUrl, now, timeoutMs = TIMEOUT_MS }: AlipayDeps): PaymentProvider {
  const { gateway: url, appId, sellerId, channels } = settings
  const privateKey = readFileSync(settings.appKeyFile, 'utf8')
  createPrivateKey(privateKey)
  const sdk = new AlipaySdk({
    appId,
    privateKey,
    alipayPublicKey: readFileSync(settings.publicKeyFile, 'utf8'),
    keyType: 'PKCS8',
    signType: 'RSA2',
    gateway: url,
  })
  const gateway: Gateway = { sdk, url, now, timeoutMs, noticeUrl }
  return {
    name: 'alipay',
    channels,
    sandboxUrl: url === OFFICIAL_GATEWAY ? null : new URL(url).origin,
    prepay: (payment) => prepay(gateway, payment),
    query: (outTradeNo) => query(gateway, outTradeNo),
    close: (outTradeNo) => close(gateway, outTradeNo),
    refund: (refund) => refundOf(gateway, refund),
    queryRefund: (refund) => queryRefund(gateway, refund),
    readNotice: (notice) => readAlipayNotice(notice, { appId, sellerId }, sdk),
    bill: (date) => bill(gateway, date),
    selfTest: () => selfTest({ settings, noticeUrl, now, query: query.bind(null, gateway) }),
  }
}

const products = {
  alipay_page: { method: 'alipay.trade.page.pay', code: 'FAST_INSTANT_TRADE_PAY' },
  alipay_wap: { method: 'alipay.trade.wap.pay', code: 'QUICK_WAP_WAY' },
}

async function prepay(gateway: Gateway, payment: Prepayment): Promise<FreshPrompt> {
  const { channel, outTradeNo, amountFen, title, expiresAt, returnUrl } = payment
  const content = {
    out_trade_no: numbered(outTradeNo),
    total_amount: yuanOf(amountFen),
    // These three are not taken.
    subject: [...title.replace(/[/=&]/g, ' ')].slice(0, 128).join(''),
    time_expire: beijingTime(expiresAt),
  }
  if (channel === 'alipay_qr') {
    const { qr_code } = done(await call(gateway, 'alipay.trade.precreate', content, true))
    if (typeof qr_code !== 'string' || qr_code === '') throw new OutcomeUnknown('Alipay gave no code')
    return { prompt: { kind: 'code', codeUrl: qr_code }, expiresAt }
  }
  const { method, code } = products[channel as keyof typeof products]
  const bizContent = { ...content, product_code: code }
  const url = gateway.sdk.pageExecute(method, 'GET', { bizContent, returnUrl, ...common(gateway, true) })
  return { prompt: { kind: 'url', url }, expiresAt: Math.min(expiresAt, gateway.now() + ADDRESS_LASTS_MS) }
}

async function query(gateway: Gateway, outTradeNo: string): Promise<PaymentState> {
  const reply = await call(gateway, 'alipay.trade.query', { out_trade_no: numbered(outTradeNo) })
  if (reply.sub_code === 'ACQ.TRADE_NOT_EXIST') return { status: 'unknown' }
  const { out_trade_no, trade_status, trade_no, total_amount, send_pay_date } = done(reply)
  if (out_trade_no !== outTradeNo) throw new OutcomeUnknown('Alipay answered about another payment')
  if (trade_status === 'WAIT_BUYER_PAY') return { status: 'unpaid' }
  // Closed unpaid, or paid and given back whole: only the latter has a moment of payment.
  if (trade_status === 'TRADE_CLOSED' && !send_pay_date) return { status: 'closed' }
  const paidAt = beijingMoment(String(send_pay_date ?? '')) ?? gateway.now()
  return { status: 'paid', providerTxn: String(trade_no), paidFen: fenOf(String(total_amount)), paidAt }
}

async function close(gateway: Gateway, outTradeNo: string): Promise<void> {
  const reply = await call(gateway, 'alipay.trade.close', { out_trade_no: numbered(outTradeNo) })
  if (reply.sub_code !== 'ACQ.TRADE_NOT_EXIST') done(reply)
}

/** That the request was right does not mean that money moved: only `fund_change` does, or a question afterwards. */
async function refundOf(gateway: Gateway, refund: RefundOrder): Promise<RefundState> {
  const { outTradeNo, outRefundNo, amountFen, reason } = refund
  const reply = await call(gateway, 'alipay.trade.refund', {
    out_trade_no: numbered(outTradeNo),
    out_request_no: numbered(outRefundNo),
    refund_amount: yuanOf(amountFen),
    ...(reason && { refund_reason: [...reason].slice(0, 80).join('') }),
  })
  const { fund_change, gmt_refund_pay } = done(reply)
  if (fund_change === 'Y') return { status: 'succeeded', amountFen, ...endedAt(gmt_refund_pay) }
  const state = await queryRefund(gateway, refund)
  return state.status === 'unknown' ? { status: 'processing' } : state
}

async function queryRefund(gateway: Gateway, { outTradeNo, outRefundNo }: RefundOrder) {
  const reply = await call(gateway, 'alipay.trade.fastpay.refund.query', {
    out_trade_no: numbered(outTradeNo),
    out_request_no: numbered(outRefundNo),
    query_options: ['gmt_refund_pay'],
  })
  const { refund_status, refund_amount, out_request_no, gmt_refund_pay } = done(reply)
  if (refund_status !== 'REFUND_SUCCESS' && refund_amount === undefined) return { status: 'unknown' as const }
  if (out_request_no !== outRefundNo) throw new OutcomeUnknown('Alipay answered about another refund')
  const status = refund_status === 'REFUND_SUCCESS' ? ('succeeded' as const) : ('processing' as const)
  return { status, amountFen: fenOf(String(refund_amount)), ...endedAt(gmt_refund_pay) }
}

function endedAt(time: unknown) {
  const at = beijingMoment(String(time ?? ''))
  return at === undefined ? {} : { at }
}

/** The answer that names the bill is signed; the bill itself is not, and its own last lines are all that it is held to. */
async function bill(gateway: Gateway, date: string): Promise<BillLine[]> {
  const content = { bill_type: 'trade', bill_date: date }
  const reply = await call(gateway, 'alipay.data.dataservice.bill.downloadurl.query', content)
  if (reply.sub_code === 'isp.bill_not_exist') return []
  const url = new URL(String(done(reply).bill_download_url))
  if (url.protocol !== new URL(gateway.url).protocol) throw new OutcomeUnknown('an address that is not safe')
  const limits = { timeoutMs: BILL_TIMEOUT_MS, maxBytes: MAX_BILL_BYTES }
  const { status, body } = await boundedFetch(url.href, { method: 'GET', ...limits })
  if (status !== 200) throw new OutcomeUnknown(`Alipay gave no bill: ${status}`)
  return readAlipayBill(body)
}

function numbered(number: string): string {
  if (!NUMBER_PATTERN.test(number)) throw new Error('not a number of ours')
  return number
}

const reasons: Record<string, RefusalReason> = {
  'ACQ.TRADE_HAS_SUCCESS': 'paid',
  'ACQ.TRADE_HAS_CLOSE': 'closed',
  'ACQ.TRADE_STATUS_ERROR': 'paid',
  'ACQ.REASON_TRADE_STATUS_INVALID': 'paid',
  'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'later',
  'isp.bill_not_exist': 'later',
}
/** Alipay's own trouble, in the words of a business failure. */
const troubles = ['ACQ.SYSTEM_ERROR', 'aop.ACQ.SYSTEM_ERROR', 'isp.unknow-error']

function done(reply: Reply): Reply {
  if (reply.code === '10000') return reply
  const code = reply.sub_code ?? reply.code
  if (troubles.includes(code)) throw new OutcomeUnknown(`Alipay is in trouble: ${code}`)
  throw new ProviderRefused(reasons[code] ?? 'other', code)
}
