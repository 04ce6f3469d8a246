/** The interface of those who test: plays payer and provider, orders trouble. On loopback only, and only with the token. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { alipayNotice, createAlipayCourier } from '../alipay/notices.ts'
import { tradeKey as alipayKey } from '../alipay/trade.ts'
import type { Notice } from '../notices.ts'
import type { Sandbox } from '../parts.ts'
import { createWechatCourier, wechatNotice } from '../wechat/notices.ts'
import { tradeKey as wechatKey } from '../wechat/trade.ts'
import { ControlError } from './errors.ts'
import { sameText } from './page-routes.ts'
import { ClockBody, FaultBody, OptionsBody, Page, PayBody, RawNoticeBody, SettleRefundBody, TradeOf } from './schema.ts'
import { settleRefund } from './settle.ts'
import { alipayView, allTrades, type TradeView, wechatView } from './views.ts'

export type PayAnswer = { trade: TradeView; notice?: Notice | undefined }
export type SignedRequest = { url: string; headers: Record<string, string>; body: string }
export type ControlClock = { businessOffsetMs: number; wireOffsetMs: number }

const PAGE = 100

export function controlRoutes(fastify: FastifyInstance, sandbox: Sandbox, token: string): void {
  const { world, wechat, alipay } = sandbox
  const app = fastify.withTypeProvider<TypeBoxTypeProvider>()
  app.addHook('onRequest', async ({ routeOptions, headers }) => {
    if (routeOptions.url?.startsWith('/control/') && !sameText(headers.authorization ?? '', `Bearer ${token}`))
      throw new ControlError(401, 'the control interface needs its token')
  })

  const merchantOf = ({ merchant = 'main' }: { merchant?: 'main' | 'foreign' }) => world.keys.merchants[merchant]

  function wechatTrade(of: TradeOf) {
    const trade = wechat.transactions.trades.get(
      wechatKey({ mchid: merchantOf(of).wechat.mchid, outTradeNo: of.outTradeNo }),
    )
    if (!trade) throw new ControlError(404, `WeChat Pay has no trade ${of.outTradeNo}`)
    return trade
  }

  function alipayTrade(of: TradeOf) {
    const trade = alipay.transactions.trades.get(
      alipayKey({ appId: merchantOf(of).alipay.appId, outTradeNo: of.outTradeNo }),
    )
    if (!trade) throw new ControlError(404, `Alipay has no trade ${of.outTradeNo}`)
    return trade
  }

  app.get('/control/trades', { schema: { querystring: Page } }, async ({ query }) => {
    const { outTradeNo, offset = 0, limit = PAGE } = query
    const trades = allTrades(sandbox, outTradeNo)
    return { total: trades.length, trades: trades.slice(offset, offset + limit) }
  })

  app.post('/control/pay', { schema: { body: PayBody } }, async ({ body }): Promise<PayAnswer> => {
    const { couponFen = 0 } = body
    if (body.provider === 'wechat') {
      const trade = wechatTrade(body)
      refuse(wechat.transactions.obstacle(trade), couponFen, trade.totalFen)
      const notice = await wechat.pay(trade, couponFen)
      return { trade: wechatView(sandbox, trade), notice }
    }
    const trade = alipayTrade(body)
    refuse(alipay.transactions.obstacle(trade), couponFen, trade.totalFen)
    const notice = await alipay.pay(trade, couponFen)
    return { trade: alipayView(sandbox, trade), notice }
  })

  app.post('/control/scan', { schema: { body: TradeOf } }, async ({ body }): Promise<TradeView> => {
    if (body.provider === 'wechat') return wechatView(sandbox, wechatTrade(body))
    return alipayView(sandbox, alipay.transactions.scan(alipayTrade(body)))
  })

  app.post('/control/close', { schema: { body: TradeOf } }, async ({ body }): Promise<TradeView> => {
    if (body.provider === 'alipay') return alipayView(sandbox, alipay.transactions.close(alipayTrade(body)))
    const trade = wechatTrade(body)
    const { mchid } = trade
    wechat.transactions.close(merchantOf(body).wechat, trade.outTradeNo, { mchid })
    return wechatView(sandbox, trade)
  })

  app.post('/control/settle-refund', { schema: { body: SettleRefundBody } }, async ({ body }) => ({
    notice: await settleRefund(sandbox, body),
  }))

  app.get('/control/notices', { schema: { querystring: Page } }, async ({ query }) => {
    const { outTradeNo, offset = 0, limit = PAGE } = query
    const kept = world.noticesKept.filter((notice) => outTradeNo === undefined || notice.outTradeNo === outTradeNo)
    return { total: kept.length, notices: kept.reverse().slice(offset, offset + limit) }
  })

  const couriers = { wechat: createWechatCourier(() => world), alipay: createAlipayCourier(() => world) }
  const signedNow = (notice: Notice): SignedRequest => ({
    url: notice.url,
    ...couriers[notice.provider].request(notice),
  })

  app.get<{ Params: { id: string } }>('/control/notices/:id/request', async ({ params }) => {
    const notice = world.noticesKept.get(params.id)
    if (!notice) throw new ControlError(404, 'there is no such notice')
    return signedNow(notice)
  })

  app.post('/control/raw-notice', { schema: { body: RawNoticeBody } }, async ({ body }) => {
    const notice = makeRaw(sandbox, body)
    return body.deliver === false ? { request: signedNow(notice) } : { notice: await world.notices.send(notice) }
  })

  app.get('/control/faults', async () => ({ faults: world.faults.list() }))
  app.post('/control/faults', { schema: { body: FaultBody } }, async ({ body }) =>
    world.faults.order({ ...body, times: body.times === undefined ? 1 : body.times }),
  )
  app.delete<{ Querystring: { id?: string } }>('/control/faults', async ({ query }) => {
    world.faults.clear(query.id === undefined ? undefined : Number(query.id))
    return {}
  })

  app.post('/control/clock', { schema: { body: ClockBody } }, async ({ body }): Promise<ControlClock> => {
    const { clock } = world
    Object.assign(clock, body)
    return { businessOffsetMs: clock.businessOffsetMs, wireOffsetMs: clock.wireOffsetMs }
  })

  app.post('/control/options', { schema: { body: OptionsBody } }, async ({ body }) => {
    Object.assign(world.options, body)
    return {}
  })

  app.get('/control/requests', { schema: { querystring: Page } }, async ({ query }) => {
    const { outTradeNo, offset = 0, limit = 1000 } = query
    const all = world.requests.list().filter((each) => outTradeNo === undefined || each.outTradeNo === outTradeNo)
    return { total: all.length, requests: all.slice(offset, offset + limit) }
  })
  app.delete('/control/requests', async () => {
    world.requests.clear()
    return {}
  })
}

function refuse(obstacle: string | undefined, couponFen: number, totalFen: number): void {
  if (obstacle) throw new ControlError(409, `the trade is ${obstacle}`)
  if (couponFen >= totalFen) throw new ControlError(400, 'the coupon leaves nothing to pay')
}

function makeRaw({ world }: Sandbox, body: RawNoticeBody): Notice {
  const { url } = body
  if (body.provider === 'alipay') {
    const { fields } = body
    return alipayNotice({ url, event: 'raw', outTradeNo: fields.out_trade_no ?? '', fields })
  }
  const { event, originalType = 'transaction', resource, sealedFor = 'main' } = body
  const outTradeNo = String((resource as { out_trade_no?: string }).out_trade_no ?? '')
  const { apiV3Key } = world.keys.merchants[sealedFor].wechat
  return wechatNotice(world, { url, event, summary: event, originalType, outTradeNo, resource, apiV3Key })
}
