/** Alipay as the sandbox plays it, met with the real client library. */
import t from 'tap'
import { alipayClient, askAlipay, beijing, openAlipay, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)
const provider = 'alipay'

t.test('a code is offered, scanned, paid, told and found', async (t) => {
  const { sdk, ask, offer, told } = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  const offered = await offer(outTradeNo)
  t.match(offered, { code: '10000', outTradeNo, qrCode: /^https:\/\/qr\.alipay\.com\/bax\w+$/ })
  t.match(await ask('query', { out_trade_no: outTradeNo }), { code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' })

  await sandbox.control.scan({ provider, outTradeNo })
  t.match(await ask('query', { out_trade_no: outTradeNo }), { code: '10000', tradeStatus: 'WAIT_BUYER_PAY' })

  const { trade, notice } = await sandbox.control.pay({ provider, outTradeNo, couponFen: 100 })
  t.equal(notice?.state, 'accepted')
  t.ok(sdk.checkNotifySignV2(told()[0]), 'the library finds the notice genuine')
  t.match(told()[0], {
    app_id: sandbox.settings.ALIPAY_APP_ID,
    seller_id: sandbox.settings.ALIPAY_SELLER_ID,
    out_trade_no: outTradeNo,
    trade_no: trade.providerTxn,
    trade_status: 'TRADE_SUCCESS',
    total_amount: '199.00',
    buyer_pay_amount: '198.00',
    sign_type: 'RSA2',
  })
  t.match(await ask('query', { trade_no: trade.providerTxn }), { tradeStatus: 'TRADE_SUCCESS', totalAmount: '199.00' })
  t.match(await offer(outTradeNo), { code: '40004', subCode: 'ACQ.TRADE_HAS_SUCCESS' })
})

t.test('what nobody scanned can be paid after the merchant gave it up', async (t) => {
  const { ask, offer, told } = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  await offer(outTradeNo)
  t.match(await ask('close', { out_trade_no: outTradeNo }), { code: '40004', subCode: 'ACQ.TRADE_NOT_EXIST' })
  await sandbox.control.pay({ provider, outTradeNo })
  t.match(told(), [{ trade_status: 'TRADE_SUCCESS' }])
})

t.test('a trade that was scanned can be closed until it is paid', async (t) => {
  const { ask, offer, told } = await openAlipay(t, sandbox)
  const outTradeNo = tradeNumber()
  await offer(outTradeNo)
  await sandbox.control.scan({ provider, outTradeNo })
  t.match(await ask('close', { out_trade_no: outTradeNo }), { code: '10000', outTradeNo })
  t.match(await ask('query', { out_trade_no: outTradeNo }), { tradeStatus: 'TRADE_CLOSED' })
  await t.rejects(sandbox.control.pay({ provider, outTradeNo }), /closed/)
  t.match(await offer(outTradeNo), { subCode: 'ACQ.TRADE_HAS_CLOSE' })
  const paid = tradeNumber()
  await offer(paid)
  await sandbox.control.pay({ provider, outTradeNo: paid })
  t.match(await ask('close', { out_trade_no: paid }), { subCode: 'ACQ.REASON_TRADE_STATUS_INVALID' })
  t.equal(told().length, 1, 'of a closing by the merchant nothing is told')
})

t.test('time closes what is not paid, and finishes what is', async (t) => {
  const { ask, offer } = await openAlipay(t, sandbox)
  const [unpaid, counted, unscanned, paid] = [tradeNumber(), tradeNumber(), tradeNumber(), tradeNumber()]
  const soon = { time_expire: beijing(Date.now() + 60_000) }
  await offer(unpaid, soon)
  await offer(unscanned, soon)
  await offer(counted, { timeout_express: '5m' })
  await offer(paid)
  for (const outTradeNo of [unpaid, counted]) await sandbox.control.scan({ provider, outTradeNo })
  await sandbox.control.pay({ provider, outTradeNo: paid })
  await sandbox.control.clock({ businessOffsetMs: 120_000 })
  t.match(await ask('query', { out_trade_no: unpaid }), { tradeStatus: 'TRADE_CLOSED' })
  t.match(await ask('query', { out_trade_no: counted }), { tradeStatus: 'WAIT_BUYER_PAY' })
  await t.rejects(sandbox.control.pay({ provider, outTradeNo: unscanned }), /expired/)
  await sandbox.control.clock({ businessOffsetMs: 400_000 })
  t.match(await ask('query', { out_trade_no: counted }), { tradeStatus: 'TRADE_CLOSED' })
  await sandbox.control.clock({ businessOffsetMs: 366 * 24 * 3600_000 })
  t.match(await ask('query', { out_trade_no: paid }), { tradeStatus: 'TRADE_FINISHED' })
  t.match(await ask('refund', { out_trade_no: paid, refund_amount: '1.00', out_request_no: 'R1' }), {
    subCode: 'ACQ.TRADE_HAS_FINISHED',
  })
})

t.test('contents that break a rule are refused', async (t) => {
  const { ask, offer } = await openAlipay(t, sandbox)
  const refused = async (what: string, more: object) =>
    t.match(await offer(tradeNumber(), more), { code: '40004', subCode: 'ACQ.INVALID_PARAMETER' }, what)
  await refused('three places', { total_amount: '1.001' })
  await refused('nothing', { total_amount: '0.00' })
  await refused('less than nothing', { total_amount: '-1.00' })
  await refused('a word', { total_amount: 'one' })
  await refused('a number with a dash', { out_trade_no: 'with-dash' })
  await refused('no subject', { subject: '' })
  await refused('a time that is none', { time_expire: '2031-01-01' })
  await refused('a time that is gone', { time_expire: '2021-01-01 00:00:00' })
  await refused('a span that is none', { timeout_express: 'soon' })
  t.match(await ask('query', {}), { subCode: 'ACQ.INVALID_PARAMETER' })
  const outTradeNo = tradeNumber()
  await offer(outTradeNo)
  t.match(await offer(outTradeNo, { total_amount: '1.00' }), { subCode: 'ACQ.CONTEXT_INCONSISTENT' })
})

t.test('requests are believed only when everything about them is right', async (t) => {
  const { sdk, ask } = await openAlipay(t, sandbox)
  const content = { out_trade_no: tradeNumber() }
  const late = { timestamp: beijing(Date.now() - 16 * 60_000) }
  t.match(await askAlipay(sdk, 'alipay.trade.query', content, late), { subCode: 'isv.invalid-timestamp' })
  const utc = { timestamp: new Date().toISOString().slice(0, 19).replace('T', ' ') }
  t.match(await askAlipay(sdk, 'alipay.trade.query', content, utc), { subCode: 'isv.invalid-timestamp' })

  const weak = alipayClient(sandbox.settings, 'RSA')
  t.match(await askAlipay(weak, 'alipay.trade.query', content, {}, false), { subCode: 'isv.invalid-signature-type' })
  const impostor = alipayClient({ ...sandbox.foreign, ALIPAY_APP_ID: sandbox.settings.ALIPAY_APP_ID })
  t.match(await askAlipay(impostor, 'alipay.trade.query', content), { subCode: 'isv.invalid-signature' })
  const unknown = alipayClient({ ...sandbox.settings, ALIPAY_APP_ID: '2021000000000000' })
  const bare = { bizContent: content, timestamp: beijing(Date.now()) }
  t.match(await unknown.exec('alipay.trade.query', bare), { subCode: 'isv.invalid-app-id' })
  t.match(await sdk.exec('alipay.trade.invent', bare), { subCode: 'isv.invalid-method' })
  t.match(await ask('query', content), { subCode: 'ACQ.TRADE_NOT_EXIST' }, 'and this one is right')

  const signed = new URL(sdk.pageExecute('alipay.trade.query', 'GET', bare))
  const read = async (url: URL) => JSON.stringify(await (await fetch(url)).json())
  t.match(await read(signed), /TRADE_NOT_EXIST/)
  signed.searchParams.set('biz_content', JSON.stringify({ out_trade_no: 'Another1' }))
  t.match(await read(signed), /invalid-signature/)
})

t.test('a page or a phone is sent on to the cashier', async (t) => {
  const { sdk, inbox, ask } = await openAlipay(t, sandbox)
  const address = (method: string, productCode: string, outTradeNo: string) =>
    sdk.pageExecute(method, 'GET', {
      bizContent: { out_trade_no: outTradeNo, total_amount: '199.00', subject: '讲堂课程', product_code: productCode },
      timestamp: beijing(Date.now()),
      notify_url: inbox.url,
      return_url: 'http://localhost:3000/orders/1',
    })
  const open = async (url: string) => fetch(url, { redirect: 'manual' })
  const outTradeNo = tradeNumber()
  const page = await open(address('alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY', outTradeNo))
  t.equal(page.status, 302)
  t.ok(page.headers.get('location')?.startsWith(`${sandbox.cashierUrl}/alipay/`))
  t.match(await ask('query', { out_trade_no: outTradeNo }), { subCode: 'ACQ.TRADE_NOT_EXIST' }, 'not yet a trade')
  const phone = await open(address('alipay.trade.wap.pay', 'QUICK_WAP_WAY', tradeNumber()))
  t.equal(phone.status, 302)
  const wrong = await open(address('alipay.trade.wap.pay', 'FAST_INSTANT_TRADE_PAY', tradeNumber()))
  t.match(wrong.headers.get('location'), /refused.*INVALID_PARAMETER/)
  await sandbox.control.pay({ provider, outTradeNo })
  t.equal(inbox.received.length, 1)
})
