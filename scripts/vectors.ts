/** `npm run vectors -- FOLDER…`: holds our signing, verifying and opening against what the providers publish in their own libraries. */
import { strict as assert } from 'node:assert'
import { createPrivateKey, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AlipaySdk } from 'alipay-sdk'
import Pay from 'wechatpay-node-v3'
import { signedText, verifyRsa2 } from '../sandbox/alipay/signing.ts'
import { Authorization } from '../sandbox/wechat/authorization.ts'
import { signedHeaders } from '../sandbox/wechat/signing.ts'
import type { World } from '../sandbox/world.ts'
import { readAlipayNotice } from '../src/adapters/alipay/notice.ts'
import { checkSignature, openResource } from '../src/adapters/wechat-pay/verify.ts'
import { NoticeRefused } from '../src/payments/provider.ts'

const files = process.argv
  .slice(2)
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((file) => join(folder, String(file))))
const read = (...end: string[]): string => {
  const found = files.find((file) => file.endsWith(join(...end)))
  if (!found)
    throw new Error(`there is no ${end.join('/')} in the folders that were named; docs/sandbox.md says where to get it`)
  return readFileSync(found, 'utf8')
}
/** Their keys have 16 characters, and are no keys of AES-256. */
const SHORT_CIPHER = 'aes-128-gcm'

const vectors: Record<string, () => void> = {
  'WeChat Pay, a notification: verified, and only within its five minutes': verifiedNotice,
  'WeChat Pay, a notification: opened': openedNotice,
  'WeChat Pay, AES-GCM: opened, and nothing that was changed': openedText,
  'WeChat Pay, a signature: the same, to the bit': signature,
  'WeChat Pay, the published keys in the sandbox: what it signs we verify, what we sign it takes': sandboxWithTheirKeys,
  'Alipay, a notification: read by us and verified by the sandbox, and none that was changed': alipayNotice,
}
let failed = 0
for (const [name, run] of Object.entries(vectors))
  try {
    run()
    console.log(`ok      ${name}`)
  } catch (error) {
    failed++
    console.log(`FAILED  ${name}: ${(error as Error).message}`)
  }
process.exitCode = failed > 0 ? 1 : 0

/** The longest value of this name in a Go file: texts in parts, or raw ones. */
function go(text: string, name: string): string {
  const parts = new RegExp(`\\b${name}"?\\s*(?::=|=|:)\\s*((?:"(?:[^"\\\\]|\\\\.)*"\\s*\\+?\\s*)+)`, 'g')
  const joined = [...text.matchAll(parts)].map(([, value]) =>
    [...value!.matchAll(/"(?:[^"\\]|\\.)*"/g)].map(([part]) => JSON.parse(part) as string).join(''),
  )
  const raw = [...text.matchAll(new RegExp(`\\b${name}\\s*:?=\\s*\`([^\`]*)\``, 'g'))].map(([, value]) => value!)
  const [longest] = [...joined, ...raw].sort((a, b) => b.length - a.length)
  assert.ok(longest, `there is no ${name}`)
  return longest
}

function notice() {
  const text = read('core', 'notify', 'notify_test.go')
  const names = ['Wechatpay-Nonce', 'Wechatpay-Timestamp', 'Wechatpay-Serial', 'Wechatpay-Signature']
  const headers = Object.fromEntries(names.map((name) => [name.toLowerCase(), go(text, name)]))
  return { headers, body: go(text, 'body'), certificate: new X509Certificate(go(text, 'wechatPayCertificate')), text }
}

function verifiedNotice() {
  const { headers, body, certificate } = notice()
  const find = (id: string) => (id === certificate.serialNumber ? certificate.publicKey : undefined)
  const at = Number(headers['wechatpay-timestamp']) * 1000
  const check = (change: object, now = at, content = body) =>
    checkSignature({ headers: { ...headers, ...change }, body: Buffer.from(content) }, find, now)
  check({})
  check({}, at + 299_000)
  assert.throws(() => check({}, at + 300_000), new NoticeRefused('timestamp'))
  assert.throws(() => check({}, at, `${body} `), new NoticeRefused('signature'))
  assert.throws(() => check({ 'wechatpay-nonce': 'another' }), new NoticeRefused('signature'))
}

function openedNotice() {
  const { body, text } = notice()
  const { resource } = JSON.parse(body)
  assert.equal(openResource(resource, go(text, 'mchAPIv3Key'), SHORT_CIPHER), go(text, 'data'))
}

function openedText() {
  const text = read('utils', 'aes_test.go')
  const named = (name: string) => go(text, `testAESUtil${name}`)
  const [key, ciphertext] = [named('APIV3Key').padEnd(16, '0'), named('Ciphertext')]
  const sealed = {
    algorithm: 'AEAD_AES_256_GCM',
    nonce: named('Nonce'),
    associated_data: named('AssociatedData'),
    ciphertext,
  }
  assert.equal(openResource(sealed, key, SHORT_CIPHER), named('Plaintext'))
  for (const wrong of ['invalid cipher', 'SGVsbG8gV29ybGQK'])
    assert.throws(() => openResource({ ...sealed, ciphertext: wrong }, key, SHORT_CIPHER), new NoticeRefused('cipher'))
  assert.throws(() => openResource(sealed, 'testAPIv3Key1111', SHORT_CIPHER), new NoticeRefused('cipher'))
}

function signer() {
  const text = read('core', 'auth', 'signers', 'sha256withrsa_signer_test.go')
  const privateKey = go(text, 'testPrivateKeyStr').replaceAll('TESTING KEY', 'PRIVATE KEY')
  const [message, expected] = [go(text, 'testMessage'), go(text, 'testExpectedSignature')]
  return { privateKey, message, expected }
}
/** The client library, as it signs for us. */
function clientOf(privateKey: string, serial_no: string) {
  class Client extends Pay {
    signed = (text: string) => this.sign(text)
  }
  const none = Buffer.from('-')
  return new Client({
    appid: 'wx',
    mchid: '1900000001',
    serial_no,
    publicKey: none,
    privateKey: Buffer.from(privateKey),
  })
}

function signature() {
  const { privateKey, message, expected } = signer()
  assert.equal(clientOf(privateKey, 'A1').signed(message), expected)
  const publicKey = createPublicKey(createPrivateKey(privateKey))
  assert.ok(verify('RSA-SHA256', Buffer.from(message), publicKey, Buffer.from(expected, 'base64')))
}

function sandboxWithTheirKeys() {
  const { privateKey } = signer()
  const { certificate } = notice()
  const { serialNumber: serial, publicKey } = certificate
  const now = Math.floor(Date.now() / 1000)
  const wechat = { mchid: '1900000001', serial, certificate: certificate.toString() }
  const world = {
    options: { wechatMode: 'cert' },
    faults: { take: () => undefined },
    clock: { wireSeconds: () => now },
    keys: { wechat: { platform: { serial, privateKey }, publicKey: {} }, merchants: { main: { wechat } } },
  } as unknown as World
  const place = { provider: 'wechat', on: 'notice', api: 'x' } as const
  checkSignature({ headers: signedHeaders(world, '{}', place), body: Buffer.from('{}') }, () => publicKey, now * 1000)

  const [url, nonce] = ['/v3/pay/transactions/id/1?mchid=1900000001', 'nonce']
  const signed = clientOf(privateKey, serial).getSignature('GET', nonce, String(now), url, '')
  const fields = { mchid: wechat.mchid, nonce_str: nonce, timestamp: now, serial_no: serial, signature: signed }
  const list = Object.entries(fields).map(([name, value]) => `${name}="${value}"`)
  const authorization = `WECHATPAY2-SHA256-RSA2048 ${list.join(',')}`
  assert.equal(new Authorization(world).check({ method: 'GET', url, authorization, body: '' }), wechat)
}

/** As it travels: the list in it is a text. */
function alipayFields(text: string): Record<string, string> {
  const [, block] = /const postData = \{([\s\S]*?)\n\s*\};/.exec(text) ?? []
  assert.ok(block, 'there is no notification')
  const simple = [...block.matchAll(/^\s*(\w+):\s*'([^']*)',/gm)].map(([, name, value]) => [name!, value!])
  const lists = [...block.matchAll(/^\s*(\w+): (\[.*\]),/gm)].map(([, name, value]) => [
    name!,
    JSON.stringify(JSON.parse(value!.replaceAll("'", '"').replace(/(\w+):/g, '"$1":'))),
  ])
  return Object.fromEntries([...simple, ...lists])
}

function alipayNotice() {
  const text = read('test', 'alipay.test.ts')
  const [, key] = /notifyAlipayPublicKeyV1 = '([^']+)'/.exec(text) ?? []
  const fields = alipayFields(text)
  const { privateKey } = signer()
  const sdk = new AlipaySdk({ appId: fields.app_id!, privateKey, keyType: 'PKCS8', alipayPublicKey: key! })
  const take = (change: Record<string, string> = {}) => {
    const body = Buffer.from(new URLSearchParams({ ...fields, ...change }).toString())
    return readAlipayNotice({ headers: {}, body }, { appId: fields.app_id!, sellerId: fields.seller_id! }, sdk)
  }
  const taken = take()
  assert.ok(taken.kind === 'payment' && taken.providerTxn === fields.trade_no && taken.paidFen === 10)
  for (const change of [{ total_amount: '0.11' }, { out_trade_no: 'P1' }, { subject: `${fields.subject} ` }])
    assert.throws(() => take(change), new NoticeRefused('signature'))
  assert.throws(() => take({ sign_type: 'RSA' }), new NoticeRefused('header'))
  const pem = `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----`
  assert.ok(verifyRsa2(signedText(fields, ['sign', 'sign_type']), pem, fields.sign!))
  assert.ok(!verifyRsa2(signedText({ ...fields, total_amount: '0.11' }, ['sign', 'sign_type']), pem, fields.sign!))
}
