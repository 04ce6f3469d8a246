/** The payer's pages, used as a browser without scripts would. */
import t from 'tap'
import { beijing, openAlipay, openWechat, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)
const { control, cashierUrl } = sandbox

async function open(path: string, language = 'zh-CN') {
  const answer = await fetch(path.startsWith('http') ? path : cashierUrl + path, {
    headers: { 'accept-language': language },
  })
  return { status: answer.status, headers: answer.headers, url: answer.url, text: await answer.text() }
}

const scan = (code: unknown, language?: string) => open(`/scan?code=${encodeURIComponent(String(code))}`, language)

/** Presses a button of the page's form. */
async function press(page: string, action: 'pay' | 'coupon' | 'cancel', headers: Record<string, string> = {}) {
  const fields = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(
    ([, name, value]) => [name!, value!.replaceAll('&amp;', '&')] as [string, string],
  )
  const body = new URLSearchParams([...fields, ['action', action]])
  const answer = await fetch(`${cashierUrl}/cashier/act`, { method: 'POST', body, headers })
  const text = await answer.text()
  const onward = /data-onward="([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
  return { status: answer.status, text, onward }
}

t.test("the payer's phone lists what waits, and what was paid", async (t) => {
  const { place } = await openWechat(t, sandbox)
  t.match((await open('/')).text, '还没有等待付款的订单')
  const outTradeNo = tradeNumber()
  const { data } = await place(outTradeNo, { description: '<b>钢琴</b>' })
  const { text, headers } = await open('/')
  t.match(text, '&lt;b&gt;钢琴&lt;/b&gt;', 'what merchants write stays text')
  t.match(text, '¥199.00')
  t.match(text, `href="/scan?code=${encodeURIComponent(String(data?.code_url))}"`)
  t.match(headers.get('content-security-policy'), "script-src 'self'")
  const before = await (await fetch(`${cashierUrl}/cashier/fingerprint`)).json()
  await control.pay({ provider: 'wechat', outTradeNo, couponFen: 900 })
  t.match((await open('/')).text, /最近付过的[\s\S]+¥190\.00/)
  t.notSame(await (await fetch(`${cashierUrl}/cashier/fingerprint`)).json(), before, 'an open page hears of it')
})

t.test('a long list has pages', async (t) => {
  const { place } = await openWechat(t, sandbox)
  for (let n = 0; n < 31; n++) await place(tradeNumber())
  const rows = (text: string) => text.match(/<a href="\/scan/g)?.length
  const first = await open('/')
  t.equal(rows(first.text), 30)
  t.match(first.text, 'href="/?page=2"')
  t.equal(rows((await open('/?page=2')).text), 1)
})

t.test('a code is scanned, then paid, cancelled, or paid with a coupon, by a press', async (t) => {
  const { client, inbox, place } = await openWechat(t, sandbox)
  const [first, second] = [tradeNumber(), tradeNumber()]
  const { data } = await place(first)
  const page = await scan(data?.code_url)
  t.match(page.text, /付款给 <b>讲堂<\/b>/)
  t.match(page.text, 'SANDBOX')
  t.match((await scan(data?.code_url, 'en-GB,en;q=0.9')).text, 'No real money moves')
  t.match(await control.trade(first), { state: 'NOTPAY' }, 'looking at it pays nothing')

  t.match((await press(page.text, 'cancel')).text, '已取消付款')
  t.match(await control.trade(first), { state: 'NOTPAY' })
  const stranger = await press(page.text, 'pay', { origin: 'http://evil.example.com' })
  t.equal(stranger.status, 403, "another site's page cannot press it")
  t.match(await control.trade(first), { state: 'NOTPAY' })

  t.match((await press(page.text, 'pay', { origin: cashierUrl })).text, '支付成功')
  t.match(await control.trade(first), { state: 'SUCCESS' })
  t.match((await scan(data?.code_url)).text, '这笔已经付过了')
  t.match((await press(page.text, 'pay')).text, '这笔已经付过了')

  const { data: other } = await place(second)
  await press((await scan(other?.code_url)).text, 'coupon')
  await control.noticesSettled()
  t.equal(inbox.received.length, 2)
  t.match(client.unseal(inbox.received[1]!.body), { amount: { total: 19900, payer_total: 18900 } })
})

t.test('codes that are unknown, closed or too old say so', async (t) => {
  const { client, place } = await openWechat(t, sandbox)
  t.match(await scan('weixin://wxpay/bizpayurl?pr=nothing'), { status: 404, text: /认不出这个码/ })
  const outTradeNo = tradeNumber()
  const { data } = await place(outTradeNo)
  await control.clock({ businessOffsetMs: 121 * 60_000 })
  t.match(await scan(data?.code_url), { status: 404, text: /认不出这个码/ }, 'a code lives two hours')
  const { data: fresh } = await place(outTradeNo)
  t.match((await scan(fresh?.code_url)).text, '确认付款')
  await client.close(outTradeNo)
  t.match((await scan(fresh?.code_url)).text, '订单已关闭')
})

t.test("WeChat's page for phone browsers leads back to the merchant, paid or not", async (t) => {
  const { client, inbox } = await openWechat(t, sandbox)
  const place = async () => {
    await client.transactions_h5({
      description: '讲堂课程',
      out_trade_no: tradeNumber(),
      notify_url: inbox.url,
      amount: { total: 100 },
      scene_info: { payer_client_ip: '203.0.113.9', h5_info: { type: 'Wap', app_name: '', app_url: '' } },
    })
    return `${client.lastBody().h5_url}&redirect_url=${encodeURIComponent('http://localhost:3000/orders/1?from=h5')}`
  }
  const back = 'http://localhost:3000/orders/1?from=h5'
  t.equal((await press((await open(await place())).text, 'cancel')).onward, back)
  t.equal((await press((await open(await place())).text, 'pay')).onward, back)
  const hostile = (await place()).replace(/redirect_url=.*/, 'redirect_url=javascript:alert(1)')
  t.equal((await press((await open(hostile)).text, 'pay')).onward, undefined)
  const late = await place()
  await control.clock({ businessOffsetMs: 6 * 60_000 })
  t.equal((await open(late)).status, 404, 'its address lives five minutes')
})

t.test("WeChat's bridge opens for parameters that the merchant signed", async (t) => {
  const { client, inbox } = await openWechat(t, sandbox)
  const payer = { openid: 'oPayer' }
  const order = { description: '课', out_trade_no: tradeNumber(), notify_url: inbox.url, amount: { total: 100 }, payer }
  await client.transactions_jsapi(order)
  const params = client.bridgeParams(String(client.lastBody().prepay_id))
  const bridge = (more: object = {}) =>
    open(`/bridge?${new URLSearchParams({ ...params, redirect_url: 'http://localhost:3000/orders/1', ...more })}`)
  for (const [wrong, more] of Object.entries({
    paySign: { nonceStr: 'Nonce2' },
    appId: { appId: sandbox.foreign.WECHAT_PAY_APP_ID },
    package: { package: 'prepay_id=wx1' },
    signType: { signType: 'MD5' },
  }))
    t.match(await bridge(more), { status: 400, text: new RegExp(`支付验证签名失败[\\s\\S]+${wrong}`) }, wrong)
  const page = await bridge()
  t.match(
    (await press(page.text, 'cancel')).onward,
    'http://localhost:3000/orders/1?err_msg=get_brand_wcpay_request%3Acancel',
  )
  t.match((await press(page.text, 'pay')).onward, 'get_brand_wcpay_request%3Aok')
})

t.test("Alipay's page shows a code, and goes on to the merchant when it was paid", async (t) => {
  const { sdk, inbox, ask } = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  const address = sdk.pageExecute('alipay.trade.page.pay', 'GET', {
    bizContent: {
      out_trade_no: outTradeNo,
      total_amount: '199.00',
      subject: '讲堂课程',
      product_code: 'FAST_INSTANT_TRADE_PAY',
    },
    timestamp: beijing(Date.now()),
    notify_url: inbox.url,
    return_url: 'http://localhost:3000/orders/1?from=alipay',
  })
  const page = await open(address)
  t.match(page.text, /<svg[\s\S]+在这台设备上付款/)
  t.match(await ask('query', { out_trade_no: outTradeNo }), { subCode: 'ACQ.TRADE_NOT_EXIST' })
  const code = /data-watch="([^"]+)"/.exec(page.text)![1]!
  const state = async () => (await fetch(`${cashierUrl}/cashier/state?code=${encodeURIComponent(code)}`)).json()
  t.strictSame(await state(), { state: 'waiting' })

  const cashier = await scan(code)
  t.match(await ask('query', { out_trade_no: outTradeNo }), { tradeStatus: 'WAIT_BUYER_PAY' }, 'scanned')
  const { onward } = await press(cashier.text, 'pay')
  t.match(await state(), { state: 'paid', onward: /^http:\/\/localhost:3000\/orders\/1\?/ })
  const { from, ...returned } = Object.fromEntries(new URL(onward!).searchParams)
  t.equal(from, 'alipay')
  t.match(returned, { out_trade_no: outTradeNo, total_amount: '199.00' })
  t.ok(sdk.checkNotifySignV2(returned), 'what the browser brings back is signed')
})
