/** What the attacks start from: an order that is paid at the provider, and nobody has told us yet. */
import { request } from 'node:http'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import { ledgerTransactions, providerEvents } from '../../../db/schema.ts'
import type { SignedRequest } from '../../../sandbox/control/routes.ts'
import type { Channel } from '../../../src/payments/schema.ts'
import { untilItWorks } from '../../support/processes.ts'
import type { RawNotice } from '../../support/sandbox.ts'
import type { Till } from '../../support/till.ts'

export type Scene = ReturnType<typeof createScene>
export type Headers = Record<string, string>

export function createScene(till: Till) {
  const { control } = till.sandbox

  /** The notice is signed each time it is asked for, and not sent. */
  async function untold(channel: Channel = 'wechat_native') {
    const checkout = await till.checkout(channel)
    await control.fault({ name: 'dropNotice' })
    const { notice, trade } = await control.pay(checkout.trade)
    const signed = () => control.signNotice(notice!.id)
    return { ...checkout, signed, providerTxn: trade.providerTxn! }
  }

  const post = async ({ url, headers, body }: SignedRequest, change: Headers = {}) => {
    // A header that is there in two spellings would be sent twice.
    const answer = await fetch(url, { method: 'POST', headers: { ...lower(headers), ...lower(change) }, body })
    return { status: answer.status, text: await answer.text() }
  }

  return {
    till,
    control,
    untold,
    post,
    /** Any content, as the provider would have signed it. */
    raw: (
      notice:
        | Omit<Extract<RawNotice, { provider: 'wechat' }>, 'url'>
        | Omit<Extract<RawNotice, { provider: 'alipay' }>, 'url'>,
    ) => control.signRaw({ ...notice, url: till.noticeUrl(notice.provider) } as RawNotice),
    /** A transaction of ours, as WeChat Pay describes it. */
    transaction: (outTradeNo: string, change: object = {}) => ({
      appid: till.settings.wechatPay!.appId,
      mchid: till.settings.wechatPay!.merchantId,
      out_trade_no: outTradeNo,
      transaction_id: `4200${outTradeNo.slice(1, 20)}`,
      trade_state: 'SUCCESS',
      success_time: new Date(till.now()).toISOString(),
      amount: { total: 19_900, payer_total: 19_900, currency: 'CNY' },
      ...change,
    }),
    /** A payment of ours, as Alipay describes it. */
    trade: (outTradeNo: string, change: Headers = {}): Headers => ({
      app_id: till.settings.alipay!.appId,
      seller_id: till.settings.alipay!.sellerId,
      out_trade_no: outTradeNo,
      trade_no: `2026${outTradeNo.slice(1, 20)}`,
      trade_status: 'TRADE_SUCCESS',
      total_amount: '199.00',
      gmt_payment: '2026-01-31 12:00:00',
      ...change,
    }),
    eventsOf: (outTradeNo: string) =>
      till.db.select().from(providerEvents).where(eq(providerEvents.outTradeNo, outTradeNo)),
    booked: (reference: string) => till.db.$count(ledgerTransactions, eq(ledgerTransactions.reference, reference)),
    /** What providers do afterwards takes a moment. */
    until: (orderId: string, expected: object) =>
      untilItWorks(async () => {
        const row = await till.row(orderId)
        for (const [name, value] of Object.entries(expected))
          if (row[name as keyof typeof row] !== value) throw new Error(`${name} is ${row[name as keyof typeof row]}`)
      }),
    /** No order paid, no right, no word kept. */
    async untouched(
      t: Test,
      { order, buyer, trade }: { order: { id: string }; buyer: { id: string }; trade: { outTradeNo: string } },
    ) {
      t.match(await till.row(order.id), { status: 'paying' }, 'the order is not paid')
      t.strictSame(await till.rights(buyer.id), [], 'nothing is open')
      t.equal(
        await till.db.$count(providerEvents, eq(providerEvents.outTradeNo, trade.outTradeNo)),
        0,
        'nothing is kept',
      )
    },
  }
}

export const lower = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** With headers that may come twice. */
export const postRaw = ({ url, body }: SignedRequest, headers: Record<string, string | string[]>) =>
  new Promise<number>((resolve, reject) => {
    const call = request(url, { method: 'POST', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode!)
    })
    call.on('error', reject)
    call.end(body)
  })
