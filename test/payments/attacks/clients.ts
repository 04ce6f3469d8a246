/** Clients that want to say what they pay, or whose order it is, or that they have paid. */
import type { Test } from 'tap'
import { send } from '../../support/business.ts'
import { agreement } from '../../support/store.ts'
import type { Scene } from './scene.ts'

const agreementVersion = agreement.version

export function clients(t: Test, { till, control }: Scene) {
  const { app } = till
  t.afterEach(() => control.reset())

  t.test('20 a price, a discount or a number from a client is refused', async (t) => {
    const buyer = await till.person()
    const { id: courseId } = await till.course()
    const extras = [
      { payableFen: 1 },
      { amountFen: 1 },
      { discountFen: 19_899 },
      { outTradeNo: 'P1' },
      { status: 'paid' },
    ]
    for (const extra of extras) {
      const answer = await send(app, 'POST /api/orders', { courseId, agreementVersion, ...extra }, buyer)
      t.match(answer, { status: 400, body: { error: { code: 'bad_request' } } }, JSON.stringify(extra))
    }
    const { body } = await send(app, 'POST /api/orders', { courseId, agreementVersion }, buyer)
    for (const extra of [{ amountFen: 1 }, { outTradeNo: 'P1' }, { openid: 'x' }]) {
      const pay = { channel: 'wechat_native', ...extra }
      t.equal((await send(app, `POST /api/orders/${body.order.id}/pay`, pay, buyer)).status, 400, JSON.stringify(extra))
    }
    const { order } = body
    t.match(order, { payableFen: 19_900, status: 'pending' })
  })

  t.test('21 another person’s order is not there', async (t) => {
    const { order } = await till.checkout()
    const stranger = await till.person()
    const lines: [string, object?][] = [
      [`GET /api/orders/${order.id}`],
      [`POST /api/orders/${order.id}/pay`, { channel: 'alipay_qr' }],
      [`POST /api/orders/${order.id}/check`],
      [`POST /api/orders/${order.id}/cancel`],
      [`POST /api/orders/${order.id}/refund-request`, { reason: 'x' }],
    ]
    for (const [line, body] of lines) t.equal((await send(app, line, body, stranger)).status, 404, line)
    t.equal((await till.attempts(order.id)).length, 1)
    t.match(await till.row(order.id), { status: 'paying' })
  })

  t.test('22 coming back from the cashier, or the bridge’s “ok”, opens nothing', async (t) => {
    for (const channel of ['alipay_page', 'wechat_h5', 'wechat_jsapi'] as const) {
      const { buyer, order, trade, prompt } = await till.checkout(channel)
      const words = `out_trade_no=${trade.outTradeNo}&trade_status=TRADE_SUCCESS&total_amount=199.00&result=ok`
      if (prompt.kind === 'url') t.ok(decodeURIComponent(prompt.url).includes(`${till.publicUrl}/orders/${order.id}`))
      const headers = (await till.again(buyer)).headers
      await send(app, `GET /api/orders/${order.id}`, undefined, { headers })
      await send(app, `GET /orders/${order.id}?${words}`, undefined, { headers })
      await send(app, `POST /api/orders/${order.id}/check?${words}`, undefined, { headers })
      t.match(await till.row(order.id), { status: 'paying' }, channel)
      t.strictSame(await till.rights(buyer.id), [])
    }
  })
}
