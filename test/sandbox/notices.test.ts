/** How often, and for how long, the sandbox tells a merchant who does not listen. */
import t from 'tap'
import { openAlipay, openInbox, openWechat, tradeNumber } from '../support/merchant.ts'
import { type Notice, openSandbox } from '../support/sandbox.ts'

/** A day in under a second. */
const SPEED = 100_000
const sandbox = await openSandbox(t, { noticeSpeed: SPEED })
const { control } = sandbox

/** In seconds of the schedule. */
const gapsOf = (received: { at: number }[]) =>
  received.slice(1).map(({ at }, index) => ((at - received[index]!.at) * SPEED) / 1000)

t.test('WeChat Pay tells sixteen times in a day, then gives up', async (t) => {
  const { inbox, place } = await openWechat(t, sandbox, () => ({ status: 500 }))
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  const { notice } = await control.pay({ provider: 'wechat', outTradeNo })
  t.equal(notice?.state, 'waiting')
  await control.noticesSettled(outTradeNo)
  const [told] = await control.notices(outTradeNo)
  t.equal(told?.state, 'given_up')
  t.equal(inbox.received.length, 16)
  t.ok(told?.attempts.every(({ status }) => status === 500))
  const wanted = [15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600]
  for (const [index, gap] of gapsOf(inbox.received).entries())
    t.ok(gap >= wanted[index]! * 0.9, `pause ${index + 1}: ${Math.round(gap)} s, at least ${wanted[index]} s`)
  t.equal(new Set(inbox.received.map(({ body }) => body)).size, 1, 'with the same content')
  t.equal(new Set(inbox.received.map(({ headers }) => headers['wechatpay-signature'])).size, 16, 'signed anew')
})

t.test('Alipay tells eight times in a day, then gives up', async (t) => {
  const { inbox, offer, told, sdk } = await openAlipay(t, sandbox, () => ({ status: 200, body: 'fail' }))
  const outTradeNo = tradeNumber()
  await offer(outTradeNo)
  await control.pay({ provider: 'alipay', outTradeNo })
  await control.noticesSettled(outTradeNo)
  t.equal(inbox.received.length, 8)
  const wanted = [240, 600, 600, 3600, 7200, 21600, 54000]
  for (const [index, gap] of gapsOf(inbox.received).entries()) t.ok(gap >= wanted[index]! * 0.9, `pause ${index + 1}`)
  t.equal(new Set(told().map(({ notify_id }) => notify_id)).size, 1, 'with the same id')
  t.ok(told().every((fields) => sdk.checkNotifySignV2(fields)))
})

t.test('only the right word ends it', async (t) => {
  const wechat = [{ status: 201 }, { status: 302, headers: { location: '/' } }, { status: 401 }, { status: 200 }]
  const { place } = await openWechat(t, sandbox, (_received, nth) => wechat[nth - 1]!)
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  await control.pay({ provider: 'wechat', outTradeNo })
  await control.noticesSettled(outTradeNo)
  const [{ attempts }] = (await control.notices(outTradeNo)) as [Notice]
  t.strictSame(
    attempts.map(({ status }) => status),
    [201, 302, 401, 200],
  )

  const words = ['SUCCESS', ' success', '<p>success</p>', 'success']
  const alipay = await openAlipay(t, sandbox, (_received, nth) => ({ status: 200, body: words[nth - 1]! }))
  await alipay.offer(outTradeNo)
  await control.pay({ provider: 'alipay', outTradeNo })
  await control.noticesSettled(outTradeNo)
  t.equal(alipay.inbox.received.length, 4)
})

t.test('a merchant that is away is told when it is back', async (t) => {
  const { place } = await openWechat(t, sandbox)
  const outTradeNo = tradeNumber()
  await place(outTradeNo, { notify_url: 'http://127.0.0.1:9/notify' })
  const { notice } = await control.pay({ provider: 'wechat', outTradeNo })
  t.match(notice?.attempts, [{ error: /./ }])
})

t.test('a restart forgets no trade, no refund, no notice that waits', async (t) => {
  const first = await openSandbox(t, { noticeSpeed: 1 })
  let away = true
  const inbox = await openInbox(t, () => (away ? { status: 503 } : { status: 204 }))
  const { client, place } = await openWechat(t, first)
  const outTradeNo = tradeNumber()
  await place(outTradeNo, { notify_url: inbox.url })
  await first.control.pay({ provider: 'wechat', outTradeNo })
  await first.control.fault({ name: 'asyncRefund' })
  const amount = { refund: 100, total: 19900, currency: 'CNY' }
  await client.refunds({ out_trade_no: outTradeNo, out_refund_no: 'R1', amount })
  await first.kill()

  away = false
  const again = await openSandbox(t, { noticeSpeed: SPEED, folder: first.folder })
  t.equal(again.settings.WECHAT_PAY_MERCHANT_SERIAL, first.settings.WECHAT_PAY_MERCHANT_SERIAL, 'the keys are the same')
  await again.control.noticesSettled()
  t.equal(inbox.received.length, 2)
  t.match(await again.control.trade(outTradeNo), {
    state: 'REFUND',
    refunds: [{ outRefundNo: 'R1', state: 'PROCESSING' }],
  })
})
