/** What WeChat Pay tells merchants without being asked. */
import { randomUUID } from 'node:crypto'
import { rfc3339 } from '../beijing.ts'
import type { WechatMerchant } from '../keys.ts'
import type { Courier, Notice } from '../notices.ts'
import { merchantsOf, type World } from '../world.ts'
import { seal, signedHeaders } from './signing.ts'
import { refundNoticeBody, tradeBody, type WechatRefund, type WechatTrade } from './trade.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

const pausesMs = [
  ...[15, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[3, 10, 20, 30, 30, 30, 60].map((minutes) => minutes * MINUTE_MS),
  ...[3, 3, 3, 6, 6].map((hours) => hours * HOUR_MS),
]

/** Accepted is what is answered with 200 or 204, whatever the answer says. */
export function createWechatCourier(world: () => World): Courier {
  return {
    pausesMs,
    request: ({ content, event }) => ({
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Mozilla/4.0',
        ...signedHeaders(world(), content, { provider: 'wechat', on: 'notice', api: event }),
      },
      body: content,
    }),
    accepts: (status) => status === 200 || status === 204,
  }
}

export type WechatMessage = {
  url: string
  event: string
  summary: string
  originalType: string
  outTradeNo: string
  resource: object
  apiV3Key: string
}

/** Seals a message as WeChat Pay does. */
export function wechatNotice({ clock }: World, message: WechatMessage): Notice {
  const { url, event, summary, originalType, outTradeNo, resource, apiV3Key } = message
  const id = randomUUID()
  const content = {
    id,
    create_time: rfc3339(clock.now()),
    resource_type: 'encrypt-resource',
    event_type: event,
    summary,
    resource: { original_type: originalType, ...seal(JSON.stringify(resource), apiV3Key, originalType) },
  }
  return {
    ...{ id, provider: 'wechat', event, outTradeNo, url },
    content: JSON.stringify(content),
    createdAt: Date.now(),
    state: 'waiting',
    attempts: [],
  }
}

const merchantOf = (world: World, mchid: string): WechatMerchant =>
  merchantsOf(world).find(({ wechat }) => wechat.mchid === mchid)!.wechat

export function paymentNotice(world: World, trade: WechatTrade): Notice {
  const event = 'TRANSACTION.SUCCESS'
  const { apiV3Key } = merchantOf(world, trade.mchid)
  const resource = tradeBody(trade)
  const tamper = world.faults.take('amountTamper', { provider: 'wechat', on: 'notice', api: event })
  if (tamper)
    Object.assign(resource.amount, { total: Number(tamper.value ?? 1), payer_total: Number(tamper.value ?? 1) })
  const { notifyUrl: url, outTradeNo } = trade
  return wechatNotice(world, {
    ...{ url, event, summary: '支付成功', originalType: 'transaction', outTradeNo, resource, apiV3Key },
  })
}

const summaries = { SUCCESS: '退款成功', ABNORMAL: '退款异常', CLOSED: '退款关闭', PROCESSING: '退款处理中' }

export function refundNotice(world: World, refund: WechatRefund, trade: WechatTrade): Notice {
  const { apiV3Key } = merchantOf(world, refund.mchid)
  const { notifyUrl: url, outTradeNo, state } = refund
  const resource = refundNoticeBody(refund, trade)
  return wechatNotice(world, {
    ...{ url, event: `REFUND.${state}`, summary: summaries[state], originalType: 'refund' },
    ...{ outTradeNo, resource, apiV3Key },
  })
}
