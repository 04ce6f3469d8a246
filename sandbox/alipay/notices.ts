/** What Alipay tells merchants without being asked. */
import { compact, dateTime } from '../beijing.ts'
import { yuan } from '../money.ts'
import type { Courier, Notice } from '../notices.ts'
import { digits } from '../random.ts'
import type { World } from '../world.ts'
import { signedText, signRsa2 } from './signing.ts'
import { type AlipayRefund, type AlipayTrade, noticeFields, refundFields } from './trade.ts'

const MINUTE_MS = 60_000
const pausesMs = [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * MINUTE_MS)
const STALE_MS = 24 * 60 * MINUTE_MS

/** Accepted is what is answered with exactly these seven letters. */
export function createAlipayCourier(world: () => World): Courier {
  return {
    pausesMs,
    request: ({ content, event }) => ({
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', 'user-agent': 'Mozilla/4.0' },
      body: signForm(world(), JSON.parse(content) as Record<string, string>, event).toString(),
    }),
    accepts: (status, answer) => status === 200 && answer === 'success',
  }
}

function signForm({ faults, clock, keys }: World, fields: Record<string, string>, event: string): URLSearchParams {
  const place = { provider: 'alipay', on: 'notice', api: event } as const
  const stale = faults.take('staleTimestamp', place) ? STALE_MS : 0
  const params: Record<string, string> = { notify_time: dateTime(clock.wireMs() - stale), ...fields }
  if (faults.take('unsigned', place)) return new URLSearchParams(params)
  const text = signedText(params, ['sign', 'sign_type'])
  const sign = signRsa2(faults.take('badSignature', place) ? `${text} ` : text, keys.alipay.privateKey)
  return new URLSearchParams({ ...params, sign_type: 'RSA2', sign })
}

export type AlipayMessage = { url: string; event: string; outTradeNo: string; fields: Record<string, string> }

export function alipayNotice({ url, event, outTradeNo, fields }: AlipayMessage): Notice {
  const id = `${compact(Date.now())}${digits(20)}`
  const content = JSON.stringify({
    notify_type: 'trade_status_sync',
    notify_id: id,
    charset: 'utf-8',
    version: '1.0',
    ...fields,
  })
  return {
    ...{ id, provider: 'alipay', event, outTradeNo, url, content },
    createdAt: Date.now(),
    state: 'waiting',
    attempts: [],
  }
}

/** Undefined where Alipay keeps silent: without an address, or about a closing that this product does not tell of. */
export function tradeNotice(world: World, trade: AlipayTrade, refund?: AlipayRefund): Notice | undefined {
  const { notifyUrl: url, outTradeNo, appId, state } = trade
  const told = state !== 'TRADE_CLOSED' || trade.product === 'wap' || world.options.alipayClosedNotices
  if (!url || !told) return undefined
  const event = refund ? 'refund' : state
  const fields: Record<string, string> = { app_id: appId, auth_app_id: appId, ...noticeFields(trade) }
  if (refund) Object.assign(fields, refundFields(trade, refund))
  const tamper = world.faults.take('amountTamper', { provider: 'alipay', on: 'notice', api: event })
  if (tamper) fields.total_amount = yuan(Number(tamper.value ?? 1))
  return alipayNotice({ url, event, outTradeNo, fields })
}
