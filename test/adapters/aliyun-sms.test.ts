import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import t, { type Test } from 'tap'
import { createAliyunSms, queryOf, signedHeaders } from '../../src/adapters/aliyun-sms.ts'
import type { Phone } from '../../src/users/phones.ts'
import { type Answered, type Asked, openHttpDouble } from '../support/http-double.ts'

const ACCESS_KEY = { id: 'LTAI5tTestTestTestTest', secret: 'the secret of the access key' }
const TOLERANCE_MS = 15 * 60_000

t.test('the example of Aliyun’s own documentation is signed as it says', async (t) => {
  const headers = signedHeaders({
    accessKeyId: 'YourAccessKeyId',
    accessKeySecret: 'YourAccessKeySecret',
    host: 'ecs.cn-shanghai.aliyuncs.com',
    action: 'RunInstances',
    version: '2014-05-26',
    query: queryOf({ RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' }),
    nonce: '3156853299f313e23d1673dc12e1703d',
    at: Date.UTC(2023, 9, 26, 10, 22, 32),
  })
  t.equal(
    headers.authorization,
    'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  )
})

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** Aliyun's side of the protocol: checks a request as it came over the wire, and names what is wrong with it. */
function gateway(t: Test, answer: (query: URLSearchParams) => Answered | undefined) {
  const nonces = new Set<unknown>()
  return openHttpDouble(t, (asked) => {
    const fault = faultOf(asked, nonces)
    if (fault) return { status: 400, body: { Code: fault, Message: fault, RequestId: 'R', HostId: 'h' } }
    return answer(asked.url.searchParams)
  })
}

function faultOf({ method, url, headers, body }: Asked, nonces: Set<unknown>): string | undefined {
  const pattern = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/
  const [, id, names = '', signature = ''] = pattern.exec(String(headers.authorization)) ?? []
  if (id !== ACCESS_KEY.id) return 'InvalidAccessKeyId.NotFound'
  const signed = names.split(';')
  for (const name of [
    'host',
    'x-acs-action',
    'x-acs-content-sha256',
    'x-acs-date',
    'x-acs-signature-nonce',
    'x-acs-version',
  ])
    if (!signed.includes(name)) return 'MissingSignedHeader'
  if (Math.abs(Date.now() - Date.parse(String(headers['x-acs-date']))) > TOLERANCE_MS) return 'InvalidTimeStamp.Expired'
  if (nonces.has(headers['x-acs-signature-nonce'])) return 'SignatureNonceUsed'
  nonces.add(headers['x-acs-signature-nonce'])
  if (headers['x-acs-content-sha256'] !== sha256(body)) return 'ContentSHA256Mismatch'
  const lines = signed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('')
  const canonical = [method, url.pathname, canonicalQuery(url), lines, names, sha256(body)].join('\n')
  const right = createHmac('sha256', ACCESS_KEY.secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest()
  if (!timingSafeEqual(right, Buffer.from(signature, 'hex'))) return 'SignatureDoesNotMatch'
  if (headers['x-acs-action'] !== 'SendSms' || headers['x-acs-version'] !== '2017-05-25')
    return 'InvalidAction.NotFound'
  return undefined
}

/** From the decoded values, so that a wrong encoding on the wire is a wrong signature here. */
function canonicalQuery(url: URL): string {
  const encode = (text: string) =>
    [...Buffer.from(text)]
      .map((byte) => {
        const letter = String.fromCharCode(byte)
        return /[A-Za-z0-9\-_.~]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      })
      .join('')
  return [...url.searchParams]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&')
}

function sender(url: string, given: { secret?: string; templateCodeAbroad?: string } = {}) {
  const logged: object[] = []
  const note = (details: object) => void logged.push(details)
  const sms = createAliyunSms(
    {
      url,
      accessKeyId: ACCESS_KEY.id,
      accessKeySecret: given.secret ?? ACCESS_KEY.secret,
      signName: "讲堂 (Jiangtang)*'!",
      templateCode: 'SMS_1234',
      templateCodeAbroad: given.templateCodeAbroad,
    },
    { error: note, warn: note },
  )
  const send = (phone: Phone = '+8613800138000') => sms.sendCode({ phone, code: '012345', minutes: 5 })
  return { send, logged }
}

const ok = { body: { Code: 'OK', Message: 'OK', BizId: '900619746936498440^0', RequestId: 'F655A8D5' } }

t.test('a code is handed over in a request whose signature holds', async (t) => {
  const { url, asked } = await gateway(t, () => ok)
  const { send, logged } = sender(url)
  await send()
  await send()
  t.equal(asked.length, 2)
  t.equal(asked[0]!.method, 'POST')
  t.strictSame(Object.fromEntries(asked[0]!.url.searchParams), {
    PhoneNumbers: '13800138000',
    SignName: "讲堂 (Jiangtang)*'!",
    TemplateCode: 'SMS_1234',
    TemplateParam: '{"code":"012345"}',
  })
  t.strictSame(logged, [])
})

t.test('a number abroad goes by the template for abroad, or nowhere', async (t) => {
  const { url, asked } = await gateway(t, () => ok)
  await sender(url, { templateCodeAbroad: 'SMS_5678' }).send('+85291234567')
  t.match(Object.fromEntries(asked[0]!.url.searchParams), { PhoneNumbers: '85291234567', TemplateCode: 'SMS_5678' })
  await t.rejects(sender(url).send('+85291234567'), { code: 'phone_unsupported' })
  t.equal(asked.length, 1)
})

t.test('a wrong secret is refused, and the operator is told', async (t) => {
  const { url } = await gateway(t, () => ok)
  const { send, logged } = sender(url, { secret: 'another' })
  await t.rejects(send(), { code: 'sms_failed' })
  t.match(logged, [{ code: 'SignatureDoesNotMatch' }])
})

t.test('what Aliyun refuses is said in our words, and its own never reach the log', async (t) => {
  let code = ''
  const { url } = await gateway(t, () => ({ body: { Code: code, Message: 'for 13800138000', RequestId: 'R' } }))
  const { send, logged } = sender(url)
  for (const [given, expected] of [
    ['isv.MOBILE_NUMBER_ILLEGAL', 'phone_unsupported'],
    ['isv.BUSINESS_LIMIT_CONTROL', 'sms_failed'],
    ['isv.AMOUNT_NOT_ENOUGH', 'sms_failed'],
    ['isp.SYSTEM_ERROR', 'sms_failed'],
  ] as const) {
    code = given
    await t.rejects(send(), { code: expected }, given)
  }
  t.equal(logged.length, 3)
  t.notMatch(JSON.stringify(logged), '13800138000')
})

t.test('no answer, or nonsense, is a message that may not have gone; it is not sent twice', async (t) => {
  for (const answer of [
    undefined,
    { status: 502, body: '<html>' },
    { body: 'null' },
    { body: {} },
    { status: 302, headers: { location: 'http://127.0.0.1:9/' } },
  ]) {
    const { url, asked } = await gateway(t, () => answer)
    const { send, logged } = sender(url)
    await t.rejects(send(), { code: 'sms_failed' }, JSON.stringify(answer))
    t.equal(asked.length, 1)
    t.equal(logged.length, 1)
    t.notMatch(JSON.stringify(logged), '13800138000')
  }
  await t.rejects(sender('http://127.0.0.1:9').send(), { code: 'sms_failed' })
})
