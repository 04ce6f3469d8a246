/** How long a signature of WeChat Pay counts, and with which keys: to the second, by a clock that stands still. */
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import { checkSignature } from '../../src/adapters/wechat-pay/verify.ts'
import { NoticeRefused } from '../../src/payments/provider.ts'

const signer = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
const publicKey = createPublicKey(signer)
const SIGNED_AT = 1_900_000_000
const body = Buffer.from('{"id":"1"}')
const findKey = (id: string) => (id === 'PUB_KEY_ID_1' ? publicKey : undefined)

function signed(change: Record<string, string> = {}) {
  const signature = sign('sha256', Buffer.from(`${SIGNED_AT}\nnonce\n${body}\n`), signer).toString('base64')
  return {
    body,
    headers: {
      'wechatpay-timestamp': String(SIGNED_AT),
      'wechatpay-nonce': 'nonce',
      'wechatpay-serial': 'PUB_KEY_ID_1',
      'wechatpay-signature': signature,
      ...change,
    },
  }
}
const check =
  (seconds: number, change: Record<string, string> = {}) =>
  () =>
    checkSignature(signed(change), findKey, (SIGNED_AT + seconds) * 1000)

t.test('a signature counts for less than three hundred seconds, before and after', async (t) => {
  for (const seconds of [0, 299.999, -299.999]) t.doesNotThrow(check(seconds), `${seconds} s`)
  for (const seconds of [300, -300, 301, -301, 1e6])
    t.throws(check(seconds), new NoticeRefused('timestamp'), `${seconds} s`)
})

t.test('the time, the nonce and the body are all signed', async (t) => {
  t.throws(check(0, { 'wechatpay-timestamp': String(SIGNED_AT + 1) }), new NoticeRefused('signature'))
  t.throws(check(0, { 'wechatpay-nonce': 'another' }), new NoticeRefused('signature'))
  const other = { ...signed(), body: Buffer.from('{"id":"2"}') }
  t.throws(() => checkSignature(other, findKey, SIGNED_AT * 1000), new NoticeRefused('signature'))
})

t.test('the key is the one that the serial number names, and no other', async (t) => {
  t.throws(check(0, { 'wechatpay-serial': 'PUB_KEY_ID_2' }), new NoticeRefused('serial'))
})
