/** Genuine answers of the providers that are about something else, or say less than it seems: none of them moves money. */
import { createPublicKey, type KeyObject, sign } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createAlipay } from '../../src/adapters/alipay/alipay.ts'
import { createWechatPay } from '../../src/adapters/wechat-pay/wechat-pay.ts'
import { newOutRefundNo, newOutTradeNo } from '../../src/payments/money.ts'
import { openHttpDouble } from '../support/http-double.ts'
import { API_V3_KEY, certify, newKey, publicPem, signedHeaders } from '../support/wechat-signer.ts'

const PUBLIC_KEY_ID = 'PUB_KEY_ID_0100000000000000000000000000000001'
const [merchantKey, providerKey] = [newKey(), newKey()]
const noticeUrl = 'https://class.example.com/notice'
const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

async function files(t: Test, contents: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-merchant-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content)
  return (name: string) => join(folder, name)
}

/** WeChat Pay that answers every question as the test says, in the mode without certificates. */
async function wechatThatSays(t: Test, content: object) {
  const file = await files(t, {
    certificate: await certify(merchantKey, '5A01', Date.now(), [-1, 1]),
    key: pkcs8(merchantKey),
    'public-key': publicPem(providerKey),
  })
  const double = await openHttpDouble(t, () => {
    const body = JSON.stringify(content)
    return { body, headers: signedHeaders(providerKey, PUBLIC_KEY_ID, body, Date.now()) }
  })
  const provider = createWechatPay({
    noticeUrl,
    now: Date.now,
    settings: {
      url: double.url,
      appId: 'wx0123456789abcdef',
      merchantId: '1900000001',
      merchantSerial: undefined,
      merchantCertificateFile: file('certificate'),
      merchantKeyFile: file('key'),
      apiV3Key: API_V3_KEY,
      platformCertificateFiles: [],
      publicKey: { id: PUBLIC_KEY_ID, file: file('public-key') },
      channels: ['wechat_native'],
    },
  })
  return { provider, asked: double.asked }
}

/** Alipay that answers each method as the test says. */
async function alipayThatSays(t: Test, contents: Record<string, object>) {
  const file = await files(t, { key: pkcs8(merchantKey), 'public-key': publicPem(providerKey) })
  const double = await openHttpDouble(t, ({ url }) => {
    const method = url.searchParams.get('method')!
    const answer = JSON.stringify({ code: '10000', msg: 'Success', ...contents[method.replace('alipay.', '')] })
    const signature = sign('sha256', Buffer.from(answer), providerKey).toString('base64')
    return { body: `{"${method.replaceAll('.', '_')}_response":${answer},"sign":"${signature}"}` }
  })
  const provider = createAlipay({
    noticeUrl,
    now: Date.now,
    settings: {
      gateway: `${double.url}/gateway.do`,
      appId: '2021000000000001',
      sellerId: '2088000000000001',
      appKeyFile: file('key'),
      publicKeyFile: file('public-key'),
      channels: ['alipay_qr'],
    },
  })
  return { provider, asked: double.asked }
}

const unknown = { name: 'OutcomeUnknown' }
const order = () => ({
  outTradeNo: newOutTradeNo(),
  outRefundNo: newOutRefundNo(),
  amountFen: 5_000,
  paidFen: 19_900,
  reason: 'sorry',
})

const transaction = {
  appid: 'wx0123456789abcdef',
  mchid: '1900000001',
  transaction_id: '42',
  trade_state: 'SUCCESS',
  success_time: '2031-05-05T15:59:00+08:00',
  amount: { total: 19_900, currency: 'CNY' },
}

t.test('WeChat Pay: what is said of another payment, merchant or application is no answer', async (t) => {
  const { outTradeNo } = order()
  const others = [{ out_trade_no: newOutTradeNo() }, { appid: 'wx9999999999999999' }, { mchid: '1900000002' }]
  for (const change of others) {
    const { provider } = await wechatThatSays(t, { ...transaction, out_trade_no: outTradeNo, ...change })
    await t.rejects(provider.query(outTradeNo), unknown, JSON.stringify(change))
  }
  const { provider, asked } = await wechatThatSays(t, { ...transaction, out_trade_no: outTradeNo })
  t.match(await provider.query(outTradeNo), { status: 'paid', providerTxn: '42', paidFen: 19_900 })
  t.equal(asked[0]!.headers['wechatpay-serial'], PUBLIC_KEY_ID, 'it is asked to sign with its public key’s')
  t.match(asked[0]!.headers.authorization, /serial_no="5A01"/, 'ours is read from the certificate')
})

t.test('WeChat Pay: what is said of another refund is no answer', async (t) => {
  const refund = order()
  const content = { out_refund_no: refund.outRefundNo, refund_id: '50', status: 'SUCCESS', amount: { refund: 5_000 } }
  for (const change of [
    { out_refund_no: newOutRefundNo() },
    { status: 'DONE' },
    { status: 'toString' },
    { amount: {} },
  ]) {
    const { provider } = await wechatThatSays(t, { ...content, ...change })
    await t.rejects(provider.refund(refund), unknown, JSON.stringify(change))
    await t.rejects(provider.queryRefund(refund), unknown)
  }
  const { provider } = await wechatThatSays(t, content)
  t.match(await provider.refund(refund), { status: 'succeeded', amountFen: 5_000, providerRefundId: '50' })
})

t.test('Alipay: what is said of another payment or refund is no answer', async (t) => {
  const refund = order()
  const { provider } = await alipayThatSays(t, {
    'trade.query': {
      out_trade_no: newOutTradeNo(),
      trade_no: '42',
      trade_status: 'TRADE_SUCCESS',
      total_amount: '199.00',
    },
    'trade.fastpay.refund.query': {
      out_request_no: newOutRefundNo(),
      refund_status: 'REFUND_SUCCESS',
      refund_amount: '50.00',
    },
    'trade.refund': { fund_change: 'N' },
  })
  await t.rejects(provider.query(refund.outTradeNo), unknown)
  await t.rejects(provider.queryRefund(refund), unknown)
  await t.rejects(provider.refund(refund), unknown)
})

t.test('Alipay: that the request was right does not mean that money has moved', async (t) => {
  const refund = order()
  for (const fund_change of ['N', undefined, 'y']) {
    const { provider, asked } = await alipayThatSays(t, {
      'trade.refund': { fund_change },
      'trade.fastpay.refund.query': {},
    })
    t.strictSame(await provider.refund(refund), { status: 'processing' }, `fund_change ${fund_change}`)
    t.equal(asked.length, 2, 'it is asked about')
  }
  const { provider } = await alipayThatSays(t, { 'trade.refund': { fund_change: 'Y' } })
  t.match(await provider.refund(refund), { status: 'succeeded', amountFen: 5_000 })
})

t.test('Alipay: an answer signed by anybody else is no answer', async (t) => {
  const { provider } = await alipayThatSays(t, {})
  const { outTradeNo } = order()
  t.notOk(createPublicKey(providerKey).equals(createPublicKey(merchantKey)))
  const double = await openHttpDouble(t, () => {
    const answer = JSON.stringify({ code: '10000', out_trade_no: outTradeNo, trade_status: 'TRADE_SUCCESS' })
    const signature = sign('sha256', Buffer.from(answer), merchantKey).toString('base64')
    return { body: `{"alipay_trade_query_response":${answer},"sign":"${signature}"}` }
  })
  const file = await files(t, { key: pkcs8(merchantKey), 'public-key': publicPem(providerKey) })
  const settings = {
    gateway: `${double.url}/gateway.do`,
    appId: '2021000000000001',
    sellerId: '2088000000000001',
    appKeyFile: file('key'),
    publicKeyFile: file('public-key'),
    channels: [],
  }
  await t.rejects(createAlipay({ noticeUrl, now: Date.now, settings }).query(outTradeNo), unknown)
  await t.rejects(provider.query(outTradeNo), unknown, 'nor is one without a number')
})
