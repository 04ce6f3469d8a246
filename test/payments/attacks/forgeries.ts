/** Notices that must not be believed, and those that come again. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Test } from 'tap'
import Pay from 'wechatpay-node-v3'
import { providerEvents } from '../../../db/schema.ts'
import { openResource } from '../../../src/adapters/wechat-pay/verify.ts'
import { paymentReference } from '../../../src/payments/ledger.ts'
import { NoticeRefused } from '../../../src/payments/provider.ts'
import { lower, postRaw, type Scene } from './scene.ts'
import { sealed } from './vectors.ts'

const signedHeaders = ['wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-serial', 'wechatpay-signature']

export function forgeries(t: Test, scene: Scene) {
  const { till, control, untold, post, untouched } = scene
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  t.afterEach(() => control.reset())

  t.test('1 a notice signed with a wrong key is refused', async (t) => {
    const wechat = await untold()
    const request = await wechat.signed()
    const { 'wechatpay-timestamp': at, 'wechatpay-nonce': nonce } = lower(request.headers)
    const forged = sign('RSA-SHA256', Buffer.from(`${at}\n${nonce}\n${request.body}\n`), stranger).toString('base64')
    t.equal((await post(request, { 'Wechatpay-Signature': forged })).status, 401)
    await untouched(t, wechat)

    const alipay = await untold('alipay_qr')
    const form = new URLSearchParams((await alipay.signed()).body)
    form.set('sign', sign('RSA-SHA256', Buffer.from('anything'), stranger).toString('base64'))
    const answer = await post({ ...(await alipay.signed()), body: form.toString() })
    t.match(answer, { status: 401, text: 'failure' })
    await untouched(t, alipay)
  })

  t.test('2 a signature that is missing, incomplete, doubled or odd is refused', async (t) => {
    const wechat = await untold()
    for (const name of signedHeaders) {
      const request = await wechat.signed()
      const headers = lower(request.headers)
      const { [name]: value, ...without } = headers
      t.equal((await post({ ...request, headers: without })).status, 401, `without ${name}`)
      t.equal(await postRaw(request, { ...headers, [name]: [value!, value!] }), 401, `${name} twice`)
    }
    const request = await wechat.signed()
    const odd = {
      'wechatpay-signature': [`${lower(request.headers)['wechatpay-signature']}, x`, '', '====', 'ü'.repeat(50)],
      'wechatpay-serial': ['__proto__', 'constructor', ''],
      'wechatpay-timestamp': ['-1', '1e9', 'NaN', '99999999999999'],
      'wechatpay-signature-type': ['WECHATPAY2-SM2-WITH-SM3', 'none'],
    }
    for (const [name, values] of Object.entries(odd))
      for (const value of values) {
        const headers = { ...lower(request.headers), [name]: Buffer.from(value, 'utf8').toString('latin1') }
        t.equal(await postRaw(request, headers), 401, `${name}: ${value}`)
      }
    await untouched(t, wechat)

    const alipay = await untold('alipay_qr')
    const unsigned = new URLSearchParams((await alipay.signed()).body)
    unsigned.delete('sign')
    t.match(await post({ ...(await alipay.signed()), body: unsigned.toString() }), { status: 401, text: 'failure' })
    const twice = `${(await alipay.signed()).body}&out_trade_no=other`
    t.match(await post({ ...(await alipay.signed()), body: twice }), { status: 401, text: 'failure' })
    await untouched(t, alipay)
  })

  t.test('3 a genuine notice of more than five minutes ago is refused', async (t) => {
    const wechat = await untold()
    // Far enough beyond the five minutes for a busy machine; the very second is held by a test of its own.
    for (const seconds of [-330, 330]) {
      await control.clock({ wireOffsetMs: seconds * 1000 })
      t.equal((await post(await wechat.signed())).status, 401, `${seconds} s`)
    }
    await untouched(t, wechat)
    await control.clock({ wireOffsetMs: -240_000 })
    t.equal((await post(await wechat.signed())).status, 204, 'one of less is taken')
  })

  t.test('4 the same notice many times at once has one effect', async (t) => {
    for (const channel of ['wechat_native', 'alipay_qr'] as const) {
      const { signed, trade, order, buyer, providerTxn } = await untold(channel)
      const request = await signed()
      const answers = await Promise.all(Array.from({ length: 60 }, () => post(request)))
      const accepted = channel === 'alipay_qr' ? { status: 200, text: 'success' } : { status: 204, text: '' }
      t.ok(answers.every(({ status, text }) => status === accepted.status && text === accepted.text))
      t.match(await till.row(order.id), { status: 'paid', version: 2 })
      t.equal((await till.rights(buyer.id)).length, 1)
      t.equal(await scene.booked(paymentReference(trade.provider, providerTxn)), 1)
      t.equal(await till.db.$count(providerEvents, eq(providerEvents.outTradeNo, trade.outTradeNo)), 1)
    }
  })

  t.test('5 a body that is one byte off, or written anew, is refused', async (t) => {
    const wechat = await untold()
    const request = await wechat.signed()
    const bodies = [
      `${request.body} `,
      request.body.replace('支付成功', '支付失败'),
      JSON.stringify(JSON.parse(request.body), null, 1),
      request.body.slice(0, -1),
    ]
    for (const body of bodies) t.equal((await post({ ...request, body })).status, 401)
    await untouched(t, wechat)
    const alipay = await untold('alipay_qr')
    const form = await alipay.signed()
    t.match(await post({ ...form, body: form.body.replace('total_amount=199.00', 'total_amount=1.00') }), {
      status: 401,
    })
    await untouched(t, alipay)
  })

  t.test('6 what is sealed opens only as it was sealed, bit by bit; the library would take it changed', async (t) => {
    const { key, plain, resource } = sealed()
    const refused = new NoticeRefused('cipher')
    t.equal(openResource(resource, key), plain)
    const bytes = Buffer.from(resource.ciphertext, 'base64')
    for (let index = 0; index < bytes.length; index++) {
      const flipped = Buffer.from(bytes)
      flipped[index]! ^= 1
      t.throws(() => openResource({ ...resource, ciphertext: flipped.toString('base64') }, key), refused)
    }
    const wrong = [
      { ...resource, associated_data: 'refund' },
      { ...resource, nonce: `x${resource.nonce.slice(1)}` },
      { ...resource, nonce: 'short' },
      { ...resource, algorithm: 'AEAD_AES_128_GCM' },
      { ...resource, ciphertext: bytes.subarray(0, 8).toString('base64') },
    ]
    for (const each of wrong) t.throws(() => openResource(each, key), refused)
    t.throws(() => openResource(resource, 'k'.repeat(32)), refused)

    const library = new Pay({
      appid: 'wx',
      mchid: '1',
      serial_no: 'A',
      publicKey: Buffer.from('-'),
      privateKey: Buffer.from('-'),
    })
    const forged = Buffer.from(bytes)
    forged[forged.length - 1]! ^= 1
    const taken = library.decipher_gcm(forged.toString('base64'), 'wrong', resource.nonce, key)
    t.strictSame(taken, JSON.parse(plain), 'which is why it is not asked to')

    const { order, buyer, trade } = await till.checkout()
    const resourceForOther = scene.transaction(trade.outTradeNo)
    const foreign = { event: 'TRANSACTION.SUCCESS', resource: resourceForOther, sealedFor: 'foreign' as const }
    t.equal((await post(await scene.raw({ provider: 'wechat', ...foreign }))).status, 401, 'sealed with another key')
    await untouched(t, { order, buyer, trade })
  })

  t.test('7 a flood of unknown serial numbers is refused, and nobody is asked about them', async (t) => {
    const wechat = await untold()
    const request = await wechat.signed()
    await control.clearRequests()
    const flood = Array.from({ length: 50 }, (_, index) =>
      post(request, { 'Wechatpay-Serial': `5157F09EFDC096DE15EBE81A47057A7232F1${index}` }),
    )
    for (const { status } of await Promise.all(flood)) t.ok(status === 401 || status === 429)
    t.strictSame(await control.requests(), [], 'the provider heard nothing')
    t.equal((await post(await wechat.signed())).status, 204, 'and what is right is taken meanwhile')
  })

  t.test('8 a probe with a wrong signature is refused, and the right one after it is taken', async (t) => {
    const { trade, order } = await till.checkout()
    await control.fault({ name: 'signTestProbe', on: 'notice' })
    await control.pay(trade)
    await control.noticesSettled(trade.outTradeNo)
    const [notice] = await control.notices(trade.outTradeNo)
    t.strictSame(
      notice!.attempts.map(({ status }) => status),
      [401, 204],
    )
    t.match(await till.row(order.id), { status: 'paid' })

    const second = await till.checkout()
    await control.fault({ name: 'signTestProbe', on: 'answer', api: 'query' })
    await t.rejects(till.wechatPay.query(second.trade.outTradeNo), { name: 'OutcomeUnknown' })
    t.match(await till.wechatPay.query(second.trade.outTradeNo), { status: 'unpaid' })
  })
}
