/** WeChat Pay as the sandbox plays it, met with the real client library: placing, paying, asking, closing. */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { openWechat, tradeNumber } from '../support/merchant.ts'
import { openSandbox } from '../support/sandbox.ts'

const sandbox = await openSandbox(t)

t.test('a trade is placed, paid, told and found', async (t) => {
  const { client, inbox, place, query } = await openWechat(t, sandbox)
  const outTradeNo = tradeNumber()
  const placed = await place(outTradeNo)
  t.equal(placed.status, 200)
  t.match(placed.data, { code_url: /^weixin:\/\/wxpay\/bizpayurl\?pr=\w+$/ })
  t.ok(await client.lastIsGenuine(), 'the library finds the answer genuine, with the certificate it fetched itself')

  t.match((await query(outTradeNo)).data, { trade_state: 'NOTPAY', amount: { total: 19900 } })
  const { trade, notice } = await sandbox.control.pay({ provider: 'wechat', outTradeNo })
  t.equal(trade.state, 'SUCCESS')
  t.equal(notice?.state, 'accepted')

  const [told] = inbox.received
  t.ok(await client.isGenuine(told!.headers, told!.body), 'the library finds the notice genuine')
  t.match(client.unseal(told!.body), {
    appid: sandbox.settings.WECHAT_PAY_APP_ID,
    mchid: sandbox.settings.WECHAT_PAY_MERCHANT_ID,
    out_trade_no: outTradeNo,
    trade_state: 'SUCCESS',
    amount: { total: 19900, payer_total: 19900, currency: 'CNY' },
  })
  t.match((await query(outTradeNo)).data, { trade_state: 'SUCCESS', transaction_id: trade.providerTxn })
  const found = await client.query({ transaction_id: trade.providerTxn! })
  t.match(found, { data: { out_trade_no: outTradeNo } })
})

t.test('the other products have the codes of their kind', async (t) => {
  const { client, inbox } = await openWechat(t, sandbox)
  const common = { description: '讲堂课程', notify_url: inbox.url, amount: { total: 100 } }
  const jsapi = { ...common, out_trade_no: tradeNumber(), payer: { openid: 'oPayer' } }
  t.match(await client.transactions_jsapi(jsapi), { status: 200 })
  t.match(client.lastBody(), { prepay_id: /^wx\w{34}$/ })
  const scene = { payer_client_ip: '203.0.113.9', h5_info: { type: 'Wap', app_name: '', app_url: '' } }
  t.match(await client.transactions_h5({ ...common, out_trade_no: tradeNumber(), scene_info: scene }), { status: 200 })
  const h5Url = String(client.lastBody().h5_url)
  t.ok(h5Url.startsWith(`${sandbox.cashierUrl}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx`), h5Url)
  const { trade } = await sandbox.control.pay({ provider: 'wechat', outTradeNo: jsapi.out_trade_no })
  t.equal(trade.product, 'JSAPI')
  t.match(client.unseal(inbox.received[0]!.body), { payer: { openid: 'oPayer' }, trade_type: 'JSAPI' })
})

t.test('the same request again gets a fresh code, another one under its number is refused', async (t) => {
  const { client, place } = await openWechat(t, sandbox)
  const outTradeNo = tradeNumber()
  const first = await place(outTradeNo)
  const second = await place(outTradeNo)
  t.equal(second.status, 200)
  t.not(second.data?.code_url, first.data?.code_url)
  t.match(await place(outTradeNo, { amount: { total: 1, currency: 'CNY' } }), {
    status: 400,
    error: { code: 'INVALID_REQUEST' },
  })
  t.ok(await client.lastIsGenuine(), 'refusals are signed too')
  await sandbox.control.pay({ provider: 'wechat', outTradeNo })
  t.match(await place(outTradeNo), { status: 400, error: { code: 'ORDERPAID' } })
})

t.test('fields that break a rule are refused by name', async (t) => {
  const { place } = await openWechat(t, sandbox)
  const refused = async (field: string, more: object) => {
    const { status, error } = await place(tradeNumber(), more)
    t.equal(status, 400, field)
    t.match(error, { code: 'PARAM_ERROR', detail: { field: `/${field}` } })
  }
  await refused('amount/total', { amount: { total: 0 } })
  await refused('amount/total', { amount: { total: 1.5 } })
  await refused('amount/total', { amount: { total: '100' } })
  await refused('amount/currency', { amount: { total: 100, currency: 'USD' } })
  await refused('out_trade_no', { out_trade_no: 'short' })
  await refused('out_trade_no', { out_trade_no: 'a number with spaces' })
  await refused('out_trade_no', { out_trade_no: 'x'.repeat(33) })
  await refused('description', { description: '课'.repeat(128) })
  await refused('description', { description: undefined })
  await refused('notify_url', { notify_url: 'https://shop.example.com/notify?order=1' })
  await refused('notify_url', { notify_url: 'http://shop.example.com/notify' })
  await refused('attach', { attach: 'x'.repeat(129) })
  await refused('time_expire', { time_expire: '2020-01-01T00:00:00+08:00' })
  await refused('time_expire', { time_expire: 'tomorrow' })
  await refused('mchid', { mchid: '1900000000' })
  t.match(await place(tradeNumber(), { appid: 'wx0000000000000000' }), { error: { code: 'APPID_MCHID_NOT_MATCH' } })
  t.equal((await place(tradeNumber(), { description: '课'.repeat(127) })).status, 200)
})

t.test('a trade may be paid until its time, and not once it is closed', async (t) => {
  const { client, inbox, place, query } = await openWechat(t, sandbox)
  const closed = tradeNumber()
  await place(closed)
  t.match(await client.close(closed), { status: 204 })
  t.ok(await client.lastIsGenuine(), 'an answer without a body is signed')
  t.match((await query(closed)).data, { trade_state: 'CLOSED' })
  await t.rejects(sandbox.control.pay({ provider: 'wechat', outTradeNo: closed }), /closed/)
  t.match(await place(closed), { error: { code: 'ORDER_CLOSED' } })
  t.match(await client.close('NobodyKnowsThis'), { status: 204 }, 'an unknown number is closed with the same word')
  t.match(await query('NobodyKnowsThis'), { status: 404, error: { code: 'ORDER_NOT_EXIST' } })

  const late = tradeNumber()
  await place(late)
  await sandbox.control.clock({ businessOffsetMs: 8 * 24 * 3600_000 })
  await t.rejects(sandbox.control.pay({ provider: 'wechat', outTradeNo: late }), /expired/)
  t.match((await query(late)).data, { trade_state: 'NOTPAY' }, 'time closes nothing')

  const paid = tradeNumber()
  await place(paid)
  await sandbox.control.pay({ provider: 'wechat', outTradeNo: paid })
  t.match(await client.close(paid), { status: 400, error: { code: 'ORDERPAID' } })
  t.equal(inbox.received.length, 1)
})

t.test('a coupon of the provider lowers what the payer pays, not the total', async (t) => {
  const { client, inbox, place } = await openWechat(t, sandbox)
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  await sandbox.control.pay({ provider: 'wechat', outTradeNo, couponFen: 900 })
  t.match(client.unseal(inbox.received[0]!.body), {
    amount: { total: 19900, payer_total: 19000 },
    promotion_detail: [{ amount: 900 }],
  })
})

t.test('requests are believed only when everything about them is right', async (t) => {
  const { client, place } = await openWechat(t, sandbox)
  const refusal = async (what: string, change: () => Promise<unknown> | unknown) => {
    await change()
    const { status, error } = await place(tradeNumber())
    t.match({ status, error }, { status: 401, error: { code: 'SIGN_ERROR' } }, what)
    client.headers = {}
  }
  const good = async (): Promise<string> => {
    await place(tradeNumber())
    return client.lastAuthorization
  }
  const used = await good()
  await refusal('a signature of another request', () => {
    client.headers = { Authorization: used.replace(/nonce_str="[^"]+"/, 'nonce_str="fresh"') }
  })
  await refusal('a nonce that was used', () => {
    client.headers = { Authorization: used }
  })
  await refusal('no authorization', () => {
    client.headers = { Authorization: '' }
  })
  await refusal('another scheme', () => {
    client.headers = { Authorization: used.replace('RSA2048', 'SM2') }
  })
  await refusal('another certificate', () => {
    client.headers = { Authorization: used.replace(/serial_no="[^"]+"/, `serial_no="${'0'.repeat(40)}"`) }
  })
  await refusal('another merchant', () => {
    client.headers = { Authorization: used.replace(/mchid="\d+"/, `mchid="${sandbox.foreign.WECHAT_PAY_MERCHANT_ID}"`) }
  })
  await refusal('a clock that is wrong', () => sandbox.control.clock({ wireOffsetMs: 301_000 }))
  await sandbox.control.clock({ wireOffsetMs: 0 })
  t.equal((await place(tradeNumber())).status, 200)
})

t.test('each merchant sees its own trades', async (t) => {
  const { client, inbox, place, other } = await openWechat(t, sandbox)
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  t.match(await other.query({ out_trade_no: outTradeNo }), { status: 404 })
  const theirs = { description: '别家的课', out_trade_no: outTradeNo, notify_url: inbox.url, amount: { total: 5 } }
  t.match(await other.transactions_native(theirs), { status: 200 }, 'the same number is free there')
  await sandbox.control.pay({ provider: 'wechat', outTradeNo, merchant: 'foreign' })
  t.match(other.unseal(inbox.received[0]!.body), { mchid: sandbox.foreign.WECHAT_PAY_MERCHANT_ID })
  t.match(await client.query({ out_trade_no: outTradeNo }), { data: { trade_state: 'NOTPAY' } })
})

t.test('the sandbox signs with the certificate, the public key, or either', async (t) => {
  const sandbox = await openSandbox(t, { wechatMode: 'pubkey' })
  const { client, inbox, place } = await openWechat(t, sandbox)
  const publicKeyId = sandbox.settings.WECHAT_PAY_PUBLIC_KEY_ID!
  t.notOk(sandbox.settings.WECHAT_PAY_PLATFORM_CERTIFICATE_FILES, 'a new merchant gets no certificate')
  const outTradeNo = tradeNumber()
  await place(outTradeNo)
  t.equal(client.answers.at(-1)?.headers['wechatpay-serial'], publicKeyId)
  t.ok(await client.lastIsGenuine())
  await t.rejects(client.get_certificates(sandbox.settings.WECHAT_PAY_API_V3_KEY), 'there are none to fetch')
  t.equal(client.answers.at(-1)?.status, 404)

  await sandbox.control.options({ wechatMode: 'both' })
  await place(tradeNumber())
  t.match(client.answers.at(-1)?.headers['wechatpay-serial'], /^[0-9A-F]{40}$/)
  client.headers = { 'Wechatpay-Serial': publicKeyId }
  await place(tradeNumber())
  t.equal(client.answers.at(-1)?.headers['wechatpay-serial'], publicKeyId)
  await sandbox.control.pay({ provider: 'wechat', outTradeNo })
  const second = tradeNumber()
  await place(second)
  await sandbox.control.pay({ provider: 'wechat', outTradeNo: second })
  const serials = inbox.received.map(({ headers }) => headers['wechatpay-serial'])
  t.equal(new Set(serials).size, 2, 'notices come with either')
  for (const { headers, body } of inbox.received) t.ok(await client.isGenuine(headers, body))
})

t.test('a merchant with a certificate is given no public key', async (t) => {
  const { settings } = await openSandbox(t, { wechatMode: 'cert' })
  t.notOk(settings.WECHAT_PAY_PUBLIC_KEY_ID)
  t.match(readFileSync(settings.WECHAT_PAY_PLATFORM_CERTIFICATE_FILES!, 'utf8'), /BEGIN CERTIFICATE/)
})
