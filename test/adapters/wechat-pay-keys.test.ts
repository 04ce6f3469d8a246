/** The keys that WeChat Pay signs with: certificates that come and go while the server runs, and the public key without any. */
import { createPublicKey } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createKeys } from '../../src/adapters/wechat-pay/keys.ts'
import { DAY_MS } from '../../src/payments/money.ts'
import { standingClock } from '../support/business.ts'
import { certify, newKey, publicPem } from '../support/wechat-signer.ts'

const [first, second] = [newKey(), newKey()]
const SERIALS = ['0A1B2C3D', '5E6F7081'] as const
const PUBLIC_KEY_ID = 'PUB_KEY_ID_0100000000000000000000000000000001'

async function open(t: Test) {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-keys-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const clock = standingClock()
  const put = (name: string, pem: string) => writeFile(join(folder, name), pem)
  await put('first.pem', await certify(first, SERIALS[0], clock.now(), [-10, 10]))
  const keys = createKeys({ platformCertificates: [folder], publicKey: undefined }, clock.now)
  return { folder, put, keys, ...clock }
}
const same = (key: ReturnType<typeof createPublicKey> | undefined, private_: typeof first) =>
  key?.equals(createPublicKey(private_)) === true

t.test('a certificate is found by its serial number, with the zero that it begins with', async (t) => {
  const { keys } = await open(t)
  t.ok(same(keys.find('0A1B2C3D'), first))
  t.equal(keys.find('A1B2C3D'), undefined)
  t.equal(keys.count(), 1)
})

t.test('a certificate that is added while the server runs counts with its first signature', async (t) => {
  const { keys, put, now, pass } = await open(t)
  await put('second.pem', await certify(second, SERIALS[1], now(), [-1, 100]))
  await put('notes.txt', 'not a certificate')
  pass(31_000)
  t.ok(same(keys.find(SERIALS[1]), second))
  t.ok(same(keys.find(SERIALS[0]), first), 'and the old one stays, while both are in use')
})

t.test('unknown serial numbers make the files be read every half a minute at the most', async (t) => {
  const { keys, put, now, pass } = await open(t)
  pass(31_000)
  t.equal(keys.find('FFFFFFFF'), undefined)
  await put('second.pem', await certify(second, SERIALS[1], now(), [-1, 100]))
  t.equal(keys.find(SERIALS[1]), undefined, 'they were read just now')
  pass(30_000)
  t.ok(same(keys.find(SERIALS[1]), second))
})

t.test('a file that is half written takes nothing away', async (t) => {
  const { keys, put, pass } = await open(t)
  await put('second.pem', '-----BEGIN CERTIFICATE-----\nMIIC')
  pass(31_000)
  t.equal(keys.find(SERIALS[1]), undefined)
  t.ok(same(keys.find(SERIALS[0]), first))
})

t.test('a certificate counts from its first day to its last', async (t) => {
  const { keys, put, now, pass } = await open(t)
  await put('second.pem', await certify(second, SERIALS[1], now(), [5, 100]))
  keys.reload()
  t.equal(keys.find(SERIALS[1]), undefined, 'one that has not begun')
  pass(6 * DAY_MS)
  t.ok(same(keys.find(SERIALS[1]), second))
  t.equal(keys.count(), 2)
  pass(5 * DAY_MS)
  t.equal(keys.find(SERIALS[0]), undefined, 'one that has ended')
  t.equal(keys.count(), 1)
})

t.test('with the public key alone no certificate is needed', async (t) => {
  const { folder, put, now } = await open(t)
  await put('public-key.txt', publicPem(second))
  const publicKey = { id: PUBLIC_KEY_ID, file: join(folder, 'public-key.txt') }
  const keys = createKeys({ platformCertificates: [], publicKey }, now)
  t.ok(same(keys.find(PUBLIC_KEY_ID), second))
  t.equal(keys.find(SERIALS[0]), undefined)
  t.equal(keys.count(), 1)
})
