/** What an operator meets on the way to real money: the self-test, keys that change, the mode without certificates, and a flood. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings } from '../../config/settings.ts'
import { paymentProviders } from '../../src/money-side.ts'
import type { Provider, SelfCheck } from '../../src/payments/schema.ts'
import { createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { type MerchantSettings, openSandbox } from '../support/sandbox.ts'
import { openTill } from '../support/till.ts'
import { createScene } from './attacks/scene.ts'

const sandbox = await openSandbox(t)
const { control } = sandbox
const db = await openTestDatabase(t)
t.afterEach(async () => {
  await control.options({ wechatMode: 'both' })
  await control.reset()
})

const settingsWith = (change: Partial<MerchantSettings>) => {
  const { WECHAT_PAY_PUBLIC_KEY_ID: _, WECHAT_PAY_PUBLIC_KEY_FILE: __, ...certificates } = sandbox.settings
  return { ...certificates, ...change } as MerchantSettings
}

async function failing(env: Partial<MerchantSettings>, now = Date.now, publicUrl = 'https://class.example.com') {
  const settings = loadSettings({ ...sandbox.settings, ...env, SECRET: 'x'.repeat(32) })
  const providers = paymentProviders({ ...settings, publicUrl, now, timeoutMs: 1000 })
  const checks = (await Promise.all(providers.map((provider) => provider.selfTest()))).flat()
  const failed = checks.filter(({ result }) => result === 'failed')
  return { all: checks.length, failed: failed.map(({ provider, check }) => `${provider} ${check}`).sort() }
}

t.test('the self-test tells operators what is wrong before real money comes, and nobody else', async (t) => {
  const till = await openTill(t, db, sandbox)
  const path = 'GET /api/operator/payments/self-test'
  t.equal((await send(till.app, path)).status, 401)
  t.equal((await send(till.app, path, undefined, await till.person())).status, 403)
  t.equal((await send(till.app, path, undefined, await till.person('teacher'))).status, 403)
  const { status, body } = await send(till.app, path, undefined, await till.person('operator'))
  t.equal(status, 200)
  const failed = (body.checks as SelfCheck[]).filter(({ result }) => result === 'failed')
  t.strictSame(
    failed.map(({ provider, check, detail }) => `${provider} ${check}: ${detail}`).sort(),
    ['alipay notice_url: it is not https', 'wechat notice_url: it is not https'],
    'this one takes notices on loopback',
  )
})

t.test('the self-test finds each mistake that is made with keys, clocks and addresses', async (t) => {
  const { foreign } = sandbox
  const right = await failing({})
  t.strictSame(right.failed, [])
  t.equal(right.all, 12)
  const wechatCases: [Partial<MerchantSettings>, string[]][] = [
    [{ WECHAT_PAY_MERCHANT_KEY_FILE: foreign.WECHAT_PAY_MERCHANT_KEY_FILE }, ['wechat key_pair', 'wechat reachable']],
    [{ WECHAT_PAY_MERCHANT_SERIAL: foreign.WECHAT_PAY_MERCHANT_SERIAL }, ['wechat reachable', 'wechat serial']],
    [{ WECHAT_PAY_MERCHANT_ID: '1999999999' }, ['wechat reachable']],
  ]
  for (const [env, expected] of wechatCases) t.strictSame((await failing(env)).failed, expected, Object.keys(env)[0]!)
  const own = { ALIPAY_PUBLIC_KEY_FILE: sandbox.settings.ALIPAY_APP_KEY_FILE }
  t.ok((await failing(own)).failed.includes('alipay provider_keys'), 'the application’s own key for Alipay’s')
  const stranger = { ALIPAY_APP_KEY_FILE: foreign.ALIPAY_APP_KEY_FILE }
  t.strictSame((await failing(stranger)).failed, ['alipay reachable'])

  const late = await failing({}, () => Date.now() - 10 * 60_000)
  t.strictSame(late.failed, ['alipay clock', 'wechat clock', 'wechat reachable'])
  for (const url of ['http://class.example.com', 'https://192.168.0.7', 'https://localhost'])
    t.strictSame((await failing({}, Date.now, url)).failed, ['alipay notice_url', 'wechat notice_url'], url)
  const silent = { WECHAT_PAY_URL: 'http://127.0.0.1:9', ALIPAY_GATEWAY: 'http://127.0.0.1:9/gateway.do' }
  t.strictSame((await failing(silent)).failed, ['alipay clock', 'alipay reachable', 'wechat clock', 'wechat reachable'])
})

t.test('a platform certificate that is put into the folder counts without a restart', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-platform-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'certificates'))
  const kept = join(folder, 'certificates')
  copyFileSync(sandbox.foreign.WECHAT_PAY_MERCHANT_CERTIFICATE_FILE, join(kept, 'old.pem'))
  await control.options({ wechatMode: 'cert' })
  const settings = settingsWith({ WECHAT_PAY_PLATFORM_CERTIFICATE_FILES: kept })
  const till = await openTill(t, db, { ...sandbox, settings })
  await t.rejects(till.checkout(), { code: 'unavailable' }, 'no answer can be verified')
  copyFileSync(sandbox.settings.WECHAT_PAY_PLATFORM_CERTIFICATE_FILES!, join(kept, 'new.pem'))
  till.pass(31_000)
  const { order, trade } = await till.checkout()
  await control.pay(trade)
  await control.noticesSettled(trade.outTradeNo)
  t.match(await till.row(order.id), { status: 'paid' })
  const [notice] = await control.notices(trade.outTradeNo)
  t.strictSame(
    notice!.attempts.map(({ status }) => status),
    [204],
  )
})

t.test('with WeChat Pay’s public key alone everything works, as for every new merchant', async (t) => {
  await control.options({ wechatMode: 'pubkey' })
  const { WECHAT_PAY_PLATFORM_CERTIFICATE_FILES: _, ...settings } = sandbox.settings
  const till = await openTill(t, db, { ...sandbox, settings })
  t.strictSame(till.settings.wechatPay!.platformCertificateFiles, [])
  const { buyer, order, trade } = await till.checkout()
  await control.pay(trade)
  await control.noticesSettled(trade.outTradeNo)
  t.match(await till.row(order.id), { status: 'paid' })
  t.equal((await till.rights(buyer.id)).length, 1)
  await till.orders.operator.refund(await till.person('operator'), order.id, { amountFen: 19_900, reason: 'sorry' })
  await till.jobs.runDue()
  await createScene(till).until(order.id, { status: 'refunded' })

  await control.options({ wechatMode: 'cert' })
  await t.rejects(till.wechatPay.query(trade.outTradeNo), { name: 'OutcomeUnknown' }, 'a certificate is not known')
})

t.test('wrong notices are limited for each address, and right ones are always taken', async (t) => {
  const till = await openTill(t, db, sandbox)
  const { untold } = createScene(till)
  const app = await createBusinessApp(till, { payments: till.payments, refusedPerMinute: 5 })
  t.teardown(() => app.close())
  const post = async (provider: Provider, headers: object, payload: string, remoteAddress = '203.0.113.1') => {
    const url = `/api/payments/${provider}/notice`
    return (
      await app.inject({ method: 'POST', url, headers: headers as Record<string, string>, payload, remoteAddress })
    ).statusCode
  }
  await floodOf('wechat', { 'content-type': 'application/json' }, '{}')
  await floodOf('alipay', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b')

  async function floodOf(provider: Provider, headers: object, payload: string) {
    const flood: number[] = []
    for (let count = 0; count < 8; count++) flood.push(await post(provider, headers, payload))
    t.strictSame(flood, [401, 401, 401, 401, 401, 429, 429, 429], provider)
    t.equal(await post(provider, headers, payload, '203.0.113.2'), 401, 'another address is not concerned')
    const { order, signed } = await untold(provider === 'wechat' ? 'wechat_native' : 'alipay_qr')
    const genuine = await signed()
    const status = await post(provider, genuine.headers, genuine.body)
    t.equal(status, provider === 'wechat' ? 204 : 200, 'what is right comes through the flood')
    t.match(await till.row(order.id), { status: 'paid' })
  }
})
