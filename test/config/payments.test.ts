/** The settings of the payment providers: all of one, or none, and every mistake by its name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings, SettingsError } from '../../config/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'jiangtang-settings-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))
const file = (name: string) => {
  writeFileSync(join(folder, name), 'x')
  return join(folder, name)
}
const base = { SECRET: 'a secret of at least thirty-two characters' }
const API_KEY = 'ThirtyTwoCharactersOfAnApiV3Key1'
const wechat = {
  WECHAT_PAY_APP_ID: 'wx0123456789abcdef',
  WECHAT_PAY_MERCHANT_ID: '1900000001',
  WECHAT_PAY_MERCHANT_CERTIFICATE_FILE: file('certificate.pem'),
  WECHAT_PAY_MERCHANT_KEY_FILE: file('key.pem'),
  WECHAT_PAY_API_V3_KEY: API_KEY,
}
const publicKey = {
  WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_0100000000000000000000000000000001',
  WECHAT_PAY_PUBLIC_KEY_FILE: file('public.pem'),
}
const alipay = {
  ALIPAY_APP_ID: '2021000000000001',
  ALIPAY_SELLER_ID: '2088000000000001',
  ALIPAY_APP_KEY_FILE: file('app.pem'),
  ALIPAY_PUBLIC_KEY_FILE: file('alipay.pem'),
}

function problemsOf(env: Record<string, string>): string[] {
  try {
    loadSettings({ ...base, ...env })
    return []
  } catch (error) {
    if (error instanceof SettingsError) return error.problems
    throw error
  }
}
const namesIn = (problems: string[]) => problems.map((problem) => problem.split(':')[0]!).sort()
const without = (env: Record<string, string>, name: string) => {
  const { [name]: _, ...rest } = env
  return rest
}

t.test('without settings there is no provider; with all of one there is that one', async (t) => {
  t.match(loadSettings(base), { wechatPay: undefined, alipay: undefined })
  const settings = loadSettings({ ...base, ...wechat, ...publicKey })
  t.equal(settings.alipay, undefined)
  t.match(settings.wechatPay, {
    url: 'https://api.mch.weixin.qq.com',
    merchantId: '1900000001',
    merchantSerial: undefined,
    platformCertificateFiles: [],
    publicKey: { id: publicKey.WECHAT_PAY_PUBLIC_KEY_ID, file: publicKey.WECHAT_PAY_PUBLIC_KEY_FILE },
    channels: ['wechat_native', 'wechat_jsapi', 'wechat_h5'],
  })
  t.match(loadSettings({ ...base, ...alipay }), {
    wechatPay: undefined,
    alipay: { gateway: 'https://openapi.alipay.com/gateway.do', channels: ['alipay_page', 'alipay_wap', 'alipay_qr'] },
  })
})

t.test('half a provider is a mistake, and what is missing is named', async (t) => {
  for (const name of Object.keys(wechat))
    t.strictSame(namesIn(problemsOf({ ...without(wechat, name), ...publicKey })), [name])
  for (const name of Object.keys(alipay)) t.strictSame(namesIn(problemsOf(without(alipay, name))), [name])
  t.strictSame(namesIn(problemsOf(publicKey)), Object.keys(wechat).sort(), 'a public key alone')
  t.strictSame(namesIn(problemsOf({ WECHAT_PAY_MERCHANT_SERIAL: '5A010203' })), Object.keys(wechat).sort())
})

t.test('every mistake is reported at once, and no key is repeated', async (t) => {
  const wrong = {
    PAYMENT_CHANNELS: 'wechat_native,cash',
    WECHAT_PAY_URL: 'nowhere',
    WECHAT_PAY_APP_ID: 'wx1',
    WECHAT_PAY_MERCHANT_ID: '19x',
    WECHAT_PAY_MERCHANT_SERIAL: '5a0102',
    WECHAT_PAY_MERCHANT_CERTIFICATE_FILE: join(folder, 'not-there.pem'),
    WECHAT_PAY_MERCHANT_KEY_FILE: join(folder, 'not-there-either.pem'),
    WECHAT_PAY_API_V3_KEY: API_KEY.slice(1),
    WECHAT_PAY_PLATFORM_CERTIFICATE_FILES: `${wechat.WECHAT_PAY_MERCHANT_KEY_FILE},${join(folder, 'gone')}`,
    WECHAT_PAY_PUBLIC_KEY_ID: '5157F09EFDC096DE15EBE81A47057A72',
    WECHAT_PAY_PUBLIC_KEY_FILE: join(folder, 'no-public-key.pem'),
    ALIPAY_GATEWAY: 'ftp://openapi.alipay.com',
    ALIPAY_APP_ID: '2021',
    ALIPAY_SELLER_ID: '1088000000000001',
    ALIPAY_APP_KEY_FILE: join(folder, 'no-app-key.pem'),
    ALIPAY_PUBLIC_KEY_FILE: join(folder, 'no-alipay-key.pem'),
  }
  const problems = problemsOf(wrong)
  t.strictSame(namesIn(problems), Object.keys(wrong).sort())
  t.notOk(problems.join('\n').includes(API_KEY.slice(1)))
})

t.test('something must be there to verify with, and a public key has its id', async (t) => {
  t.match(problemsOf(wechat), [/^WECHAT_PAY_PUBLIC_KEY_FILE: .*nothing could be verified/])
  for (const name of Object.keys(publicKey))
    t.ok(namesIn(problemsOf({ ...wechat, ...without(publicKey, name) })).includes('WECHAT_PAY_PUBLIC_KEY_FILE'), name)
  t.strictSame(problemsOf({ ...wechat, WECHAT_PAY_PLATFORM_CERTIFICATE_FILES: folder }), [], 'a folder of certificates')
})

t.test('only the channels that are offered are there', async (t) => {
  const PAYMENT_CHANNELS = 'alipay_qr, wechat_h5'
  t.match(loadSettings({ ...base, ...wechat, ...publicKey, ...alipay, PAYMENT_CHANNELS }), {
    wechatPay: { channels: ['wechat_h5'] },
    alipay: { channels: ['alipay_qr'] },
  })
})

t.test('money that is not real opens nothing in production, but in the demo', async (t) => {
  const fake = { WECHAT_PAY_URL: 'http://127.0.0.1:3001', ALIPAY_GATEWAY: 'http://127.0.0.1:3001/gateway.do' }
  const all = { ...wechat, ...publicKey, ...alipay, ...fake }
  t.strictSame(problemsOf(all), [])
  t.strictSame(namesIn(problemsOf({ ...all, NODE_ENV: 'production' })), Object.keys(fake).sort())
  t.strictSame(problemsOf({ ...all, NODE_ENV: 'production', DEMO: 'true' }), [])
  const earnest = { ...wechat, ...publicKey, ...alipay, NODE_ENV: 'production' }
  t.strictSame(problemsOf(earnest), [])
})
