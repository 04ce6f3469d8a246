/** Trouble to order, as the real client libraries meet it. */
import t from 'tap'
import { openAlipay, openWechat, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)
const { control } = sandbox

t.test("WeChat Pay's answers can be false in every way", async (t) => {
  const { client, place } = await openWechat(t, sandbox)
  const answered = async () => {
    const { status } = await place(tradeNumber())
    return { status, genuine: await client.lastIsGenuine(), headers: client.answers.at(-1)!.headers }
  }
  await control.fault({ name: 'badSignature', on: 'answer' })
  t.match(await answered(), { status: 200, genuine: false })
  await control.fault({ name: 'signTestProbe' })
  const probe = await answered()
  t.match(probe, { status: 200, genuine: false })
  t.ok(probe.headers['wechatpay-signature']?.startsWith('WECHATPAY/SIGNTEST/'))
  await control.fault({ name: 'staleTimestamp' })
  const stale = await answered()
  t.equal(stale.genuine, true, 'the signature of an old answer is good')
  t.ok(Date.now() / 1000 - Number(stale.headers['wechatpay-timestamp']) > 3500)
  await control.fault({ name: 'unsigned' })
  t.equal((await place(tradeNumber())).status, 200)
  t.equal(client.answers.at(-1)!.headers['wechatpay-signature'], undefined)
  t.match(await answered(), { status: 200, genuine: true }, 'each fault is used up')
})

t.test('an answer can be lost before or after the request took effect', async (t) => {
  const { place, query } = await openWechat(t, sandbox)
  const [before, after, hung] = [tradeNumber(), tradeNumber(), tradeNumber()]
  await control.fault({ name: 'dropBeforeApply' })
  await t.rejects(place(before))
  t.match(await query(before), { status: 404 })
  await control.fault({ name: 'dropAfterApply' })
  await t.rejects(place(after))
  t.match(await query(after), { status: 200, data: { trade_state: 'NOTPAY' } })
  await control.fault({ name: 'hangAfterApply' })
  await t.rejects(place(hung), { name: 'TimeoutError' })
  t.match(await query(hung), { status: 200 })
  await control.fault({ name: 'hang' })
  await t.rejects(place(tradeNumber()), { name: 'TimeoutError' })
})

t.test('the provider can be slow, broken, or point elsewhere', async (t) => {
  const { client, place, query } = await openWechat(t, sandbox)
  await control.fault({ name: 'delayMs', value: 300 })
  const began = performance.now()
  const outTradeNo = tradeNumber()
  t.match(await place(outTradeNo), { status: 200 })
  t.ok(performance.now() - began >= 290)
  await control.fault({ name: 'http500', api: 'query' })
  t.equal((await place(tradeNumber())).status, 200, 'only where it was ordered')
  t.match(await query(outTradeNo), { status: 500, error: { code: 'SYSTEM_ERROR' } })
  t.ok(await client.lastIsGenuine())
  await control.fault({ name: 'redirect' })
  await t.rejects(query(outTradeNo), 'this client follows no redirects')
})

t.test('faults come as often as ordered, and go when cleared', async (t) => {
  const { query } = await openWechat(t, sandbox)
  const status = async () => (await query(tradeNumber())).status
  await control.fault({ name: 'http500', times: 2 })
  t.strictSame([await status(), await status(), await status()], [500, 500, 404])
  await control.fault({ name: 'http500', times: null })
  t.strictSame([await status(), await status()], [500, 500])
  t.match(await control.faults(), [{ name: 'http500', times: null }])
  await control.clearFaults()
  t.equal(await status(), 404)
  await control.fault({ name: 'http500', provider: 'alipay' })
  t.equal(await status(), 404, 'not at the other provider')
})

t.test("Alipay's answers can be false in every way", async (t) => {
  const { ask, offer } = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  await control.fault({ name: 'badSignature' })
  await t.rejects(offer(outTradeNo), /验签失败/)
  t.match(await offer(outTradeNo), { code: '10000' })
  await control.fault({ name: 'unsigned' })
  await t.rejects(ask('query', { out_trade_no: outTradeNo }))
  await control.fault({ name: 'errorResponse' })
  await t.rejects(ask('query', { out_trade_no: outTradeNo }), TypeError, 'what it says without a signature')
  await control.fault({ name: 'http500' })
  await t.rejects(ask('query', { out_trade_no: outTradeNo }), /502/)
  // Twice: the library's HTTP client tries again once by itself when a connection breaks.
  await control.fault({ name: 'dropAfterApply', api: 'alipay.trade.precreate', times: 2 })
  const second = tradeNumber()
  await t.rejects(offer(second))
  t.match(await control.trade(second), { state: 'NOT_CREATED' })
  await control.fault({ name: 'hang' })
  await t.rejects(ask('query', { out_trade_no: outTradeNo }), /timeout/i)
})

t.test('a notice can be false, and one that is true follows', async (t) => {
  const { client, inbox, place } = await openWechat(t, sandbox, ({ headers }) => {
    const probe = String(headers['wechatpay-signature']).startsWith('WECHATPAY/SIGNTEST/')
    return probe ? { status: 401 } : { status: 204 }
  })
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  await control.fault({ name: 'signTestProbe', on: 'notice' })
  await control.pay({ provider: 'wechat', outTradeNo })
  await control.noticesSettled(outTradeNo)
  const [probe, real] = inbox.received
  t.equal(inbox.received.length, 2)
  t.notOk(await client.isGenuine(probe!.headers, probe!.body))
  t.ok(await client.isGenuine(real!.headers, real!.body))
  t.equal(probe!.body, real!.body, 'the same notice')
  t.not(probe!.headers['wechatpay-nonce'], real!.headers['wechatpay-nonce'], 'signed anew')
})

t.test('notices can be lost, doubled, late, and overtaken', async (t) => {
  const { client, inbox, place } = await openWechat(t, sandbox)
  const pay = async () => {
    const outTradeNo = tradeNumber()
    await place(outTradeNo)
    return { outTradeNo, ...(await control.pay({ provider: 'wechat', outTradeNo })) }
  }
  await control.fault({ name: 'dropNotice' })
  t.equal((await pay()).notice?.state, 'dropped')
  t.equal(inbox.received.length, 0)
  await control.fault({ name: 'duplicateNotice' })
  await pay()
  t.equal(inbox.received.length, 2)
  t.equal(JSON.parse(inbox.received[0]!.body).id, JSON.parse(inbox.received[1]!.body).id)

  inbox.received.length = 0
  await control.fault({ name: 'reorder' })
  const overtaken = await pay()
  t.equal(inbox.received.length, 0)
  const first = await pay()
  await control.noticesSettled(overtaken.outTradeNo)
  const order = inbox.received.map(({ body }) => client.unseal(body).out_trade_no)
  t.strictSame(order, [first.outTradeNo, overtaken.outTradeNo])

  inbox.received.length = 0
  await control.fault({ name: 'delayMs', on: 'notice', value: 200 })
  const late = await pay()
  t.equal(inbox.received.length, 0)
  await control.noticesSettled(late.outTradeNo)
  t.equal(inbox.received.length, 1)
})

t.test('a notice can tell another amount than was paid', async (t) => {
  const wechat = await openWechat(t, sandbox)
  const alipay = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  await wechat.place(outTradeNo)
  await alipay.offer(outTradeNo)
  await control.fault({ name: 'amountTamper', value: 1, times: null })
  await control.pay({ provider: 'wechat', outTradeNo })
  await control.pay({ provider: 'alipay', outTradeNo })
  t.match(wechat.client.unseal(wechat.inbox.received[0]!.body), { amount: { total: 1 } })
  t.match(alipay.told(), [{ total_amount: '0.01' }])
  t.ok(alipay.sdk.checkNotifySignV2(alipay.told()[0]))
})

t.test('a notice can say anything, and be genuine', async (t) => {
  const { client, inbox } = await openWechat(t, sandbox)
  const alipay = await openAlipay(t, sandbox)
  const resource = { mchid: sandbox.foreign.WECHAT_PAY_MERCHANT_ID, out_trade_no: 'Anything', amount: { total: 7 } }
  const raw = { provider: 'wechat', url: inbox.url, event: 'TRANSACTION.SUCCESS', resource } as const
  const sent = await control.rawNotice(raw)
  t.equal(sent.state, 'accepted')
  const [told] = inbox.received
  t.ok(await client.isGenuine(told!.headers, told!.body))
  t.strictSame(client.unseal(told!.body), resource)

  const request = await control.signRaw({ ...raw, sealedFor: 'foreign' })
  t.equal(inbox.received.length, 1, 'this one was only signed')
  t.ok(await client.isGenuine(request.headers, request.body))
  t.throws(() => client.unseal(request.body), 'and sealed for another')

  const fields = { app_id: '2021000000000000', out_trade_no: 'Anything', trade_status: 'TRADE_SUCCESS' }
  const form = await control.signRaw({ provider: 'alipay', url: alipay.inbox.url, fields })
  const params = Object.fromEntries(new URLSearchParams(form.body))
  t.match(params, fields)
  t.ok(alipay.sdk.checkNotifySignV2(params))
})
