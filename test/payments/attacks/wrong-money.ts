/** Genuine words about money that is not what it seems. */
import { createSign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AlipaySdk } from 'alipay-sdk'
import type { Test } from 'tap'
import type { Keys } from '../../../sandbox/keys.ts'
import type { Headers, Scene } from './scene.ts'

export function wrongMoney(t: Test, scene: Scene) {
  const { till, control, untold, post, raw, untouched } = scene
  t.afterEach(() => control.reset())
  const paid = (resource: object) => raw({ provider: 'wechat', event: 'TRANSACTION.SUCCESS', resource })

  t.test('9 a genuine notice for another merchant or application is refused, and an alarm', async (t) => {
    const wechat = await till.checkout()
    const { foreign } = till.sandbox
    const before = till.alarmed().length
    for (const change of [{ appid: foreign.WECHAT_PAY_APP_ID }, { mchid: foreign.WECHAT_PAY_MERCHANT_ID }])
      t.equal((await post(await paid(scene.transaction(wechat.trade.outTradeNo, change)))).status, 401)
    await untouched(t, wechat)
    const alipay = await till.checkout('alipay_qr')
    for (const change of [{ app_id: foreign.ALIPAY_APP_ID }, { seller_id: foreign.ALIPAY_SELLER_ID }]) {
      const answer = await post(await raw({ provider: 'alipay', fields: scene.trade(alipay.trade.outTradeNo, change) }))
      t.match(answer, { status: 401, text: 'failure' })
    }
    await untouched(t, alipay)
    t.equal(till.alarmed().length, before + 4)
  })

  t.test('10 one fen for an order of 199 yuan opens nothing, and waits for a person', async (t) => {
    for (const channel of ['wechat_native', 'alipay_qr'] as const) {
      const { trade, order, buyer } = await till.checkout(channel)
      await control.fault({ name: 'amountTamper', on: 'notice', value: 1 })
      await control.pay(trade)
      await control.noticesSettled(trade.outTradeNo)
      t.match(await till.row(order.id), { status: 'paying' })
      t.strictSame(await till.rights(buyer.id), [])
      t.match(await till.refundsOf(order.id), [{ cause: 'amount_mismatch', status: 'requested', amountFen: 1 }])
      t.match(await till.attempts(order.id), [{ status: 'succeeded', role: 'surplus' }])
      await till.jobs.runDue()
      t.match(await till.refundsOf(order.id), [{ status: 'requested' }], 'nothing goes back by itself')
      t.match(till.alarmed().at(-1), { outcome: 'amount_mismatch', outTradeNo: trade.outTradeNo })
    }
    const { refunds } = await till.orders.operator.refunds({ filter: 'waiting' })
    t.match(refunds[0], { cause: 'amount_mismatch' })
    await t.rejects(till.orders.operator.reject(await till.person('operator'), refunds[0]!.id, 'no'), {
      code: 'conflict',
    })
  })

  t.test('11 a coupon of the provider makes the payer pay less, and the order is paid whole', async (t) => {
    for (const channel of ['wechat_native', 'alipay_qr'] as const) {
      const { trade, order, buyer } = await till.checkout(channel)
      await control.pay({ ...trade, couponFen: 5_000 })
      t.match(await till.row(order.id), { status: 'paid' })
      t.equal((await till.rights(buyer.id)).length, 1)
    }
  })

  t.test('12 Alipay’s old SHA-1 signatures are refused, though the library takes them', async (t) => {
    const { signed, ...rest } = await untold('alipay_qr')
    const request = await signed()
    const downgraded = resigned(request.body, 'RSA', 'RSA-SHA1', alipayKey(till.sandbox.folder))
    t.match(await post({ ...request, body: new URLSearchParams(downgraded).toString() }), {
      status: 401,
      text: 'failure',
    })
    await untouched(t, rest)
    const { settings } = till.sandbox
    const library = new AlipaySdk({
      appId: settings.ALIPAY_APP_ID,
      privateKey: readFileSync(settings.ALIPAY_APP_KEY_FILE, 'utf8'),
      alipayPublicKey: readFileSync(settings.ALIPAY_PUBLIC_KEY_FILE, 'utf8'),
      keyType: 'PKCS8',
    })
    t.ok(library.checkNotifySignV2(downgraded))
  })

  t.test('13 algorithms of nonsense are refused without a fault of ours', async (t) => {
    const { signed, ...rest } = await untold('alipay_qr')
    for (const type of ['MD5', '', 'toString', '__proto__', 'RSA2 ']) {
      const request = await signed()
      const form = new URLSearchParams(request.body)
      form.set('sign_type', type)
      t.match(await post({ ...request, body: form.toString() }), { status: 401, text: 'failure' }, type)
    }
    await untouched(t, rest)
  })

  t.test('14 a refund of a part, told as TRADE_SUCCESS, is a refund and no payment', async (t) => {
    const { trade, order, buyer } = await till.checkout('alipay_qr')
    await control.pay(trade)
    const operator = await till.person('operator')
    // The answer to the refund is lost, and nobody asks: only the notice tells that it succeeded.
    await control.fault({ name: 'dropAfterApply', api: 'alipay.trade.refund' })
    await control.fault({ name: 'dropAfterApply', api: 'alipay.trade.fastpay.refund.query' })
    await till.orders.operator.refund(operator, order.id, { amountFen: 5_000, reason: 'sorry' })
    await till.jobs.runDue()
    await scene.until(order.id, { status: 'partially_refunded', refundedFen: 5_000 })
    t.match(await till.refundsOf(order.id), [{ status: 'succeeded', amountFen: 5_000 }])
    t.equal((await till.rights(buyer.id)).length, 1)
    const events = await scene.eventsOf(trade.outTradeNo)
    t.strictSame(events.map(({ kind, source }) => `${kind} by ${source}`).sort(), [
      'payment by notice',
      'refund by notice',
    ])
  })

  t.test('15 a late word of success after a refund changes nothing', async (t) => {
    for (const channel of ['wechat_native', 'alipay_qr'] as const) {
      const { signed, order, buyer } = await untold(channel)
      t.match(await till.orders.check(buyer, order.id), { status: 'paid' })
      const operator = await till.person('operator')
      await till.orders.operator.refund(operator, order.id, { amountFen: 19_900, reason: 'sorry' })
      await till.jobs.runDue()
      await scene.until(order.id, { status: 'refunded' })
      const { status } = await post(await signed())
      t.ok(status === 200 || status === 204)
      t.match(await till.row(order.id), { status: 'refunded' })
      t.strictSame(await till.rights(buyer.id), [])
    }
  })

  t.test('18 another transaction under a number that is paid is refused, and an alarm', async (t) => {
    const { trade, order } = await till.checkout()
    await control.pay(trade)
    const other = scene.transaction(trade.outTradeNo, { transaction_id: '4200009999' })
    t.match(await post(await paid(other)), { status: 409 })
    t.match(till.alarmed().at(-1), { outcome: 'other_transaction' })
    t.equal(await scene.booked('wechat:4200009999'), 0)
    t.match(await till.row(order.id), { status: 'paid' })
    const { alarms } = await till.payments.alarms({ filter: 'open' })
    t.match(alarms[0], { outTradeNo: trade.outTradeNo, providerTxn: '4200009999', outcome: 'other_transaction' })
  })

  t.test('19 money of no order of ours is kept, accepted, and an alarm', async (t) => {
    const number = `P${'0'.repeat(23)}f`
    t.equal((await post(await paid(scene.transaction(number)))).status, 204)
    const form = await raw({ provider: 'alipay', fields: scene.trade(number) })
    t.match(await post(form), { status: 200, text: 'success' })
    t.match(await scene.eventsOf(number), [
      { outcome: 'orphan', amountFen: 19_900, alarm: true },
      { outcome: 'orphan', amountFen: 19_900, alarm: true },
    ])
    t.match(till.alarmed().at(-1), { outcome: 'orphan', outTradeNo: number })
  })
}

/** The key of the provider itself, which no attacker has: what it signs is genuine. */
const alipayKey = (folder: string): string =>
  (JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8')) as Keys).alipay.privateKey

function resigned(body: string, type: string, algorithm: string, key: string): Headers {
  const { sign: _, sign_type: __, ...fields } = Object.fromEntries(new URLSearchParams(body))
  const text = Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}`)
    .join('&')
  return { ...fields, sign_type: type, sign: createSign(algorithm).update(text, 'utf8').sign(key, 'base64') }
}
