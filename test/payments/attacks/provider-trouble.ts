/** Providers that lie, keep silent or send us elsewhere, and trouble of our own. */

import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Test } from 'tap'
import { createHttp } from '../../../src/adapters/wechat-pay/http.ts'
import { beijingDay, DAY_MS, newOutRefundNo, newOutTradeNo } from '../../../src/payments/money.ts'
import type { PaymentProvider } from '../../../src/payments/provider.ts'
import type { FaultOrder } from '../../support/sandbox.ts'
import type { Scene } from './scene.ts'

export function providerTrouble(t: Test, scene: Scene) {
  const { till, control, untold, post } = scene
  t.afterEach(() => control.reset())

  const providers = [
    { provider: till.wechatPay, channel: 'wechat_native', ask: 'query', offer: 'native', back: 'refund' },
    {
      provider: till.alipayPay,
      channel: 'alipay_qr',
      ask: 'alipay.trade.query',
      offer: 'alipay.trade.precreate',
      back: 'alipay.trade.refund',
    },
  ] as const
  const fault = (name: FaultOrder['name'], api: string, provider: PaymentProvider) =>
    control.fault({ name, api, provider: provider.name, on: 'answer' })

  t.test('26 an answer that is forged, unsigned or stale is no answer, and the next one counts', async (t) => {
    for (const { provider, channel, ask } of providers) {
      const { trade, order, buyer } = await untold(channel)
      const lies: FaultOrder['name'][] = ['badSignature', 'unsigned', 'http500']
      if (provider.name === 'wechat') lies.push('staleTimestamp')
      else lies.push('errorResponse')
      for (const name of lies) {
        await fault(name, ask, provider)
        await t.rejects(provider.query(trade.outTradeNo), { name: 'OutcomeUnknown' }, `${provider.name}: ${name}`)
      }
      await fault('badSignature', ask, provider)
      await t.rejects(till.orders.check(buyer, order.id), { code: 'unavailable' })
      t.match(await till.row(order.id), { status: 'paying' })
      till.pass(2000)
      t.match(await till.orders.check(buyer, order.id), { status: 'paid' })
    }
  })

  t.test(
    '27 a provider that falls silent, before or after it did what it was asked, is asked again under the same number',
    async (t) => {
      for (const { provider, channel, offer, back } of providers)
        for (const name of ['hang', 'dropBeforeApply', 'hangAfterApply', 'dropAfterApply'] as const) {
          const buyer = await till.person()
          const order = await till.order(buyer, (await till.course()).id)
          await fault(name, offer, provider)
          await t.rejects(till.pay(buyer, order.id, channel), { code: 'unavailable' })
          const { trade } = await till.pay(buyer, order.id, channel)
          t.equal((await till.attempts(order.id)).length, 1, `${provider.name}: ${name}`)
          await control.pay(trade)
          await fault(name, back, provider)
          await till.orders.operator.refund(await till.person('operator'), order.id, { amountFen: 19_900, reason: 'x' })
          await till.jobs.runDue()
          till.pass(31_000)
          await till.jobs.runDue()
          await control.noticesSettled(trade.outTradeNo)
          t.match(await till.row(order.id), { status: 'refunded' })
          t.match((await control.trade(trade.outTradeNo))!.refunds, [{ amountFen: 19_900 }], 'once')
          till.pass(-31_000)
        }
    },
  )

  t.test('28 nobody is followed elsewhere', async (t) => {
    for (const { provider, ask, offer, channel } of providers) {
      await fault('redirect', ask, provider)
      await t.rejects(provider.query(newOutTradeNo()), { name: 'OutcomeUnknown' })
      await fault('redirect', offer, provider)
      const buyer = await till.person()
      const order = await till.order(buyer, (await till.course()).id)
      await t.rejects(till.pay(buyer, order.id, channel), { code: 'unavailable' })
    }
    const http = createHttp({ url: till.sandbox.url, findKey: () => undefined, now: Date.now, publicKeyId: undefined })
    await control.clearRequests()
    for (const url of [
      'https://evil.example/v3/x',
      'http://api.mch.weixin.qq.com/v3/x',
      'https://api.mch.weixin.qq.com:444/v3',
    ])
      await t.rejects(http.get(url, {}), /not WeChat Pay’s/)
    t.strictSame(await control.requests(), [])
  })

  t.test('29 a number that is none of ours never reaches an address', async (t) => {
    await control.clearRequests()
    const numbers = ['X?mchid=evil', '../../certificates', 'P1', `P${'g'.repeat(24)}`, `P${'0'.repeat(24)}/close`, '']
    for (const { provider } of providers)
      for (const outTradeNo of numbers) {
        const refund = { outTradeNo, outRefundNo: newOutRefundNo(), amountFen: 1, paidFen: 1, reason: '' }
        await t.rejects(provider.query(outTradeNo), /not a number of ours/)
        await t.rejects(provider.close(outTradeNo), /not a number of ours/)
        await t.rejects(provider.refund(refund), /not a number of ours/)
        const swapped = { ...refund, outTradeNo: newOutTradeNo(), outRefundNo: outTradeNo }
        await t.rejects(provider.queryRefund(swapped), /not a number of ours/)
      }
    t.strictSame(await control.requests(), [])
  })

  t.test('30 a bill that was tampered with is not compared', async (t) => {
    const twoDays = 2 * DAY_MS
    await control.clock({ businessOffsetMs: -twoDays })
    const sold = [
      await till.checkout('wechat_native'),
      await till.checkout('alipay_qr'),
      await till.checkout('alipay_qr'),
    ]
    for (const { trade } of sold) await control.pay(trade)
    await control.clock({ businessOffsetMs: 0 })
    const day = beijingDay(till.now() - twoDays)
    await control.fault({ name: 'billTamper', provider: 'wechat' })
    await t.rejects(till.payments.reconcile('wechat', day), { code: 'unavailable' })
    await control.fault({ name: 'billDropRow', provider: 'alipay' })
    await till.payments.reconcile('alipay', day)
    const { reconciliations } = await till.payments.reconciliations({})
    const of = (name: string) => reconciliations.find(({ provider }) => provider === name)
    t.match(of('wechat'), { status: 'failed', failure: 'the bill is not the one that was announced' })
    t.match(of('alipay'), { status: 'differs' })
    const { differences } = await till.payments.differences({ filter: 'open' })
    const missing = differences.filter(({ kind }) => kind === 'missing_there')
    t.match(missing, [{ provider: 'alipay', about: 'payment', number: sold[2]!.trade.outTradeNo, oursFen: 19_900 }])
  })

  t.test('31 what is too large, packed, or of another type is refused unread', async (t) => {
    for (const [channel, type] of [
      ['wechat_native', 'application/json'],
      ['alipay_qr', 'application/x-www-form-urlencoded'],
    ] as const) {
      const { signed, ...rest } = await untold(channel)
      const request = await signed()
      const with_ = (headers: Record<string, string>, body: string | Buffer) =>
        fetch(request.url, { method: 'POST', headers: { ...request.headers, ...headers }, body: body as string })
      t.equal((await with_({}, ' '.repeat(64 * 1024 + 1))).status, 413, `${type}, too large`)
      t.equal((await with_({ 'content-encoding': 'gzip' }, gzipSync(request.body))).status, 415, `${type}, packed`)
      for (const other of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x'])
        t.equal((await with_({ 'content-type': other }, request.body)).status, 415, other)
      t.not((await with_({ 'content-type': type }, '')).status, 500, `${type}, empty`)
      await scene.untouched(t, rest)
    }
  })

  t.test('32 a notice that comes while the database is down comes again', async (t) => {
    for (const channel of ['wechat_native', 'alipay_qr'] as const) {
      const { trade, order } = await till.checkout(channel)
      till.breakDatabase()
      await control.pay(trade)
      await control.noticesSettled(trade.outTradeNo)
      const [notice] = await control.notices(trade.outTradeNo)
      const statuses = notice!.attempts.map(({ status }) => status)
      t.strictSame(statuses, channel === 'alipay_qr' ? [500, 200] : [500, 204])
      t.match(await till.row(order.id), { status: 'paid' })
    }
  })

  t.test('34 many notices out of time are an alarm about our clock', async (t) => {
    const { signed } = await untold()
    till.pass(11 * 60_000)
    const clockAlarms = () => till.alarmed().filter(({ msg }) => /clock/.test(msg)).length
    const before = clockAlarms()
    const request = await signed()
    for (let count = 0; count < 4; count++) await post(request)
    t.equal(clockAlarms(), before, 'a few are not')
    await post(request)
    t.equal(clockAlarms(), before + 1)
    till.pass(-11 * 60_000)
  })

  t.test('33 no key and no signature is in the log, whatever went wrong', async (t) => {
    const { settings } = till.sandbox
    const files = [
      settings.WECHAT_PAY_MERCHANT_KEY_FILE,
      settings.ALIPAY_APP_KEY_FILE,
      settings.ALIPAY_PUBLIC_KEY_FILE,
    ].map((file) => readFileSync(file, 'utf8').split('\n')[2]!)
    const logged = till.lines.join('\n')
    t.ok(till.lines.length > 100, `${till.lines.length} lines`)
    for (const secret of [settings.WECHAT_PAY_API_V3_KEY, ...files]) t.notOk(logged.includes(secret))
    t.notMatch(logged, /WECHATPAY2-SHA256|signature="|&sign=|sign_type=|BEGIN [A-Z ]*KEY|openid|buyer_logon_id/i)
  })
}
