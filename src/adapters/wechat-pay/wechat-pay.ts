/** WeChat Pay v3. The client library builds and signs requests; answers and notices are verified and opened here. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import Pay from 'wechatpay-node-v3'
import { beijingTime, NUMBER_PATTERN } from '../../payments/money.ts'
import {
  type BillLine,
  type FreshPrompt,
  NoticeRefused,
  OutcomeUnknown,
  type PaymentProvider,
  type PaymentState,
  type Prepayment,
  ProviderRefused,
  type RefundOrder,
  type RefusalReason,
} from '../../payments/provider.ts'
import type { Channel, Prompt } from '../../payments/schema.ts'
import { checkHash, readWechatBill } from './bill.ts'
import { createHttp, OFFICIAL_URL, type Result } from './http.ts'
import { createKeys } from './keys.ts'
import { endedAt, type Merchant, meaning, readTransaction, readWechatNotice, refundStates } from './notice.ts'
import { selfTest } from './self-test.ts'
import type { WechatPaySettings } from './settings.ts'

const MINUTE_MS = 60_000
const promptMs = { wechat_native: 120 * MINUTE_MS, wechat_jsapi: 120 * MINUTE_MS, wechat_h5: 5 * MINUTE_MS }

export type WechatPayDeps = {
  settings: WechatPaySettings
  /** Where notices come in; without a query. */
  noticeUrl: string
  now: () => number
  timeoutMs?: number
}

export function createWechatPay({ settings, noticeUrl, now, timeoutMs }: WechatPayDeps): PaymentProvider {
  const { url, appId, merchantId, apiV3Key, merchantSerial, publicKey, channels } = settings
  const certificate = readFileSync(settings.merchantCertificateFile)
  const privateKey = readFileSync(settings.merchantKeyFile)
  createPrivateKey(privateKey)
  const keys = createKeys({ platformCertificates: settings.platformCertificateFiles, publicKey }, now)
  const http = createHttp({
    url,
    findKey: keys.find,
    now,
    publicKeyId: publicKey?.id,
    ...(timeoutMs !== undefined && { timeoutMs }),
  })
  const pay = new Pay({
    appid: appId,
    mchid: merchantId,
    publicKey: certificate,
    privateKey,
    key: apiV3Key,
    userAgent: 'jiangtang',
    // The library's own reading of it loses leading zeros.
    serial_no: merchantSerial ?? new X509Certificate(certificate).serialNumber,
  })
  pay.createHttp(http as Parameters<typeof pay.createHttp>[0])
  const merchant: Merchant = { appId, merchantId, apiV3Key }
  const calls: Calls = { pay, merchant, noticeUrl, now }

  return {
    name: 'wechat',
    channels,
    sandboxUrl: url === OFFICIAL_URL ? null : new URL(url).origin,
    prepay: (payment) => prepay(calls, payment),
    query: (outTradeNo) => query(calls, outTradeNo),
    close: (outTradeNo) => close(calls, outTradeNo),
    refund: (refund) => refundOf(calls, refund),
    queryRefund: (refund) => queryRefund(calls, refund),
    readNotice: (notice) => readWechatNotice(notice, merchant, keys.find, now()),
    bill: (date) => bill(calls, date),
    selfTest: () =>
      selfTest({
        settings,
        noticeUrl,
        certificate,
        privateKey,
        keys: keys.count(),
        now,
        query: query.bind(null, calls),
      }),
  }
}

type Calls = { pay: Pay; merchant: Merchant; noticeUrl: string; now: () => number }

async function prepay({ pay, noticeUrl, now }: Calls, payment: Prepayment): Promise<FreshPrompt> {
  const { channel, outTradeNo, amountFen, title, expiresAt, payer } = payment
  const fields = {
    description: [...title].slice(0, 127).join(''),
    out_trade_no: numbered(outTradeNo),
    time_expire: `${beijingTime(expiresAt).replace(' ', 'T')}+08:00`,
    notify_url: noticeUrl,
    amount: { total: amountFen, currency: 'CNY' },
  }
  const ask: Record<string, () => Promise<Result>> = {
    wechat_native: () => pay.transactions_native(fields) as Promise<Result>,
    wechat_jsapi: () => pay.transactions_jsapi({ ...fields, payer: { openid: payer.openid! } }) as Promise<Result>,
    wechat_h5: () => pay.transactions_h5({ ...fields, scene_info: sceneOf(payment) }) as Promise<Result>,
  }
  const data = dataOf(await ask[channel]!())
  const lasts = promptMs[channel as keyof typeof promptMs]
  return { prompt: promptOf(channel, data, payment), expiresAt: Math.min(expiresAt, now() + lasts) }
}

const sceneOf = ({ payer, returnUrl }: Prepayment) => {
  const appUrl = new URL(returnUrl).origin
  return {
    payer_client_ip: payer.clientIp!,
    h5_info: { type: 'Wap', app_name: 'Jiangtang', app_url: appUrl, bundle_id: '', package_name: '' },
  }
}

function promptOf(channel: Channel, data: Record<string, unknown>, { returnUrl }: Prepayment): Prompt {
  const text = (name: string) => {
    const value = data[name]
    if (typeof value !== 'string' || value === '') throw new OutcomeUnknown(`WeChat Pay gave no ${name}`)
    return value
  }
  if (channel === 'wechat_native') return { kind: 'code', codeUrl: text('code_url') }
  if (channel === 'wechat_h5')
    return { kind: 'url', url: `${text('h5_url')}&redirect_url=${encodeURIComponent(returnUrl)}` }
  return {
    kind: 'jsapi',
    appId: text('appId'),
    timeStamp: text('timeStamp'),
    nonceStr: text('nonceStr'),
    package: text('package'),
    signType: text('signType'),
    paySign: text('paySign'),
  }
}

async function query({ pay, merchant }: Calls, outTradeNo: string): Promise<PaymentState> {
  const result = (await pay.query({ out_trade_no: numbered(outTradeNo) })) as Result
  if (codeOf(result) === 'ORDERNOTEXIST' || codeOf(result) === 'RESOURCENOTEXISTS') return { status: 'unknown' }
  const state = believed(() => readTransaction(dataOf(result), merchant))
  if (state.outTradeNo !== outTradeNo) throw new OutcomeUnknown('WeChat Pay answered about another payment')
  return state
}

async function close({ pay }: Calls, outTradeNo: string): Promise<void> {
  const result = (await pay.close(numbered(outTradeNo))) as Result
  if (result.status !== 204 && codeOf(result) !== 'ORDERNOTEXIST') dataOf(result)
}

async function refundOf({ pay, noticeUrl }: Calls, refund: RefundOrder) {
  const { outTradeNo, outRefundNo, amountFen, paidFen, reason } = refund
  const result = (await pay.refunds({
    out_trade_no: numbered(outTradeNo),
    out_refund_no: numbered(outRefundNo),
    ...(reason && { reason: [...reason].slice(0, 80).join('') }),
    notify_url: noticeUrl,
    amount: { refund: amountFen, total: paidFen, currency: 'CNY' },
  })) as Result
  return stateOfRefund(dataOf(result), refund)
}

async function queryRefund({ pay }: Calls, refund: RefundOrder) {
  const result = (await pay.find_refunds(numbered(refund.outRefundNo))) as Result
  if (codeOf(result) === 'RESOURCENOTEXISTS') return { status: 'unknown' as const }
  return stateOfRefund(dataOf(result), refund)
}

function stateOfRefund(data: Record<string, unknown>, { outRefundNo }: RefundOrder) {
  const status = meaning(refundStates, String(data.status))
  const amountFen = (data.amount as { refund?: unknown } | undefined)?.refund
  if (!status || data.out_refund_no !== outRefundNo || typeof amountFen !== 'number')
    throw new OutcomeUnknown('WeChat Pay answered about another refund')
  const id = typeof data.refund_id === 'string' && { providerRefundId: data.refund_id }
  return { status, amountFen, ...id, ...endedAt(data.success_time) }
}

async function bill({ pay }: Calls, date: string): Promise<BillLine[]> {
  const announced = (await pay.tradebill({ bill_date: date, bill_type: 'ALL' })) as Result
  if (codeOf(announced) === 'NOSTATEMENTEXIST') return []
  const { hash_type, hash_value, download_url } = dataOf(announced)
  const { data } = (await pay.downloadBill(String(download_url))) as { data?: unknown }
  if (!Buffer.isBuffer(data)) throw new OutcomeUnknown('WeChat Pay gave no bill')
  checkHash(data, hash_type, hash_value)
  return readWechatBill(data)
}

/** The library puts numbers into addresses as they are. */
function numbered(number: string): string {
  if (!NUMBER_PATTERN.test(number)) throw new Error('not a number of ours')
  return number
}

/** Old pages of the documentation spell the same codes without underscores. */
const codeOf = ({ error }: Result): string | undefined => error?.code?.replaceAll('_', '').toUpperCase()

const reasons: Record<string, RefusalReason> = {
  ORDERPAID: 'paid',
  ORDERCLOSED: 'closed',
  NOTENOUGH: 'later',
  FREQUENCYLIMITED: 'later',
  BANKERROR: 'later',
  STATEMENTCREATING: 'later',
}

function dataOf(result: Result): Record<string, unknown> {
  if (result.data && typeof result.data === 'object') return result.data as Record<string, unknown>
  throw new ProviderRefused(
    meaning(reasons, codeOf(result) ?? '') ?? 'other',
    result.error?.code ?? String(result.status),
  )
}

/** What a genuine answer says of someone else is no answer. */
function believed<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof NoticeRefused) throw new OutcomeUnknown(`an answer that is not for us: ${error.reason}`)
    throw error
  }
}
