/** WeChat Pay as the sandbox plays it, met with the real client library: placing, paying, asking, closing. */
import { randomUUID, sign } from 'node:crypto'
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
  t.strictSame(client.unsealByLibrary(told!.body), client.unseal(told!.body))
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
  const { WECHAT_PAY_MERCHANT_ID: mchid, WECHAT_PAY_MERCHANT_SERIAL: serial } = sandbox.settings
  const { WECHAT_PAY_MERCHANT_ID: theirs, WECHAT_PAY_MERCHANT_KEY_FILE: theirKey } = sandbox.foreign
  const good = {
    mchid,
    serial_no: serial,
    age: 0,
    nonce_str: '',
    keyFile: sandbox.settings.WECHAT_PAY_MERCHANT_KEY_FILE,
  }

  /** Asks for a trade that is not there: 404 means that the request was believed. */
  async function ask(change: Partial<typeof good> & { scheme?: string; signedPath?: string } = {}) {
    const { age, keyFile, scheme = 'WECHATPAY2-SHA256-RSA2048', signedPath, ...named } = { ...good, ...change }
    const path = `/v3/pay/transactions/out-trade-no/NotThere1?mchid=${named.mchid}`
    const timestamp = String(Math.floor(Date.now() / 1000) - age)
    const nonce = named.nonce_str || randomUUID()
    const message = Buffer.from(`GET\n${signedPath ?? path}\n${timestamp}\n${nonce}\n\n`)
    const signature = sign('sha256', message, readFileSync(keyFile)).toString('base64')
    const fields = { mchid: named.mchid, nonce_str: nonce, timestamp, serial_no: named.serial_no, signature }
    const list = Object.entries(fields).map(([name, value]) => `${name}="${value}"`)
    const answer = await fetch(sandbox.url + path, { headers: { authorization: `${scheme} ${list.join(',')}` } })
    const { code, detail } = (await answer.json()) as { code: string; detail?: { issue: string } }
    return { status: answer.status, code, issue: detail?.issue }
  }
  const refused = (issue: string) => ({ status: 401, code: 'SIGN_ERROR', issue })

  t.match(await ask(), { status: 404, code: 'ORDER_NOT_EXIST' })
  t.match(await ask({ age: 290 }), { status: 404 })
  t.match(await ask({ serial_no: serial.toLowerCase() }), { status: 404 })
  t.match(await ask({ age: 310 }), refused('timestamp expired'))
  t.match(await ask({ age: -310 }), refused('timestamp expired'))
  t.match(await ask({ mchid: '1900000000' }), refused('mchid not exist'))
  t.match(await ask({ mchid: theirs }), refused('serial_no not match'))
  t.match(await ask({ serial_no: '0'.repeat(40) }), refused('serial_no not match'))
  t.match(await ask({ keyFile: theirKey }), refused('sign not match'))
  t.match(await ask({ signedPath: '/v3/certificates' }), refused('sign not match'))
  t.match(await ask({ scheme: 'WECHATPAY2-SM2-WITH-SM3' }), refused('bad format'))
  t.match(await ask({ nonce_str: 'Once' }), { status: 404 })
  t.match(await ask({ nonce_str: 'Once' }), refused('nonce_str used'))
  t.equal((await fetch(`${sandbox.url}/v3/certificates`)).status, 401, 'without authorization')
  await sandbox.control.clock({ wireOffsetMs: 310_000 })
  t.teardown(() => sandbox.control.reset())
  t.match(await ask(), refused('timestamp expired'), 'the clock of the sandbox counts')
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
