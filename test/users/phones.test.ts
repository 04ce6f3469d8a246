import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createPhones, maskPhone, type Phone, readPhone } from '../../src/users/phones.ts'

const key = (text: string) => new TextEncoder().encode(text.padEnd(32, '.'))
const phones = createPhones({ current: key('one') })
const phone: Phone = '+8613800138000'

t.test('a number is read however it is written', async (t) => {
  for (const text of [
    '13800138000',
    '138 0013 8000',
    '138-0013-8000',
    '+86 138 0013 8000',
    '008613800138000',
    '(+86)13800138000',
    '１３８００１３８０００',
    '\u00a013800138000 ',
  ])
    t.equal(readPhone(text), phone, text)
  t.equal(readPhone('+852 9123 4567'), '+85291234567')
  t.equal(readPhone('+1 (415) 555-0123'), '+14155550123')
})

t.test('what is no number is not taken for one', async (t) => {
  for (const text of [
    '',
    '12345678901',
    '1380013800',
    '138001380000',
    '+8612345678901',
    '+861380013800',
    '8613800138000',
    '+0123456789',
    '+1234567890123456',
    '138001380OO',
    '13800138000;13900139000',
    "13800138000' or 1=1",
    '+86138001380\u0000',
  ])
    t.equal(readPhone(text), undefined, text)
})

t.test('a number is shown with a gap in the middle', async (t) => {
  t.equal(maskPhone(phone), '138****8000')
  t.equal(maskPhone('+85291234567'), '+8529****4567')
  t.equal(maskPhone('+2901234'), '+2****34')
})

t.test('a sealed number opens for its own user only', async (t) => {
  const [owner, other] = [randomUUID(), randomUUID()]
  const sealed = phones.seal(phone, owner)
  t.notMatch(Buffer.from(sealed.split('.')[2]!, 'base64url').toString('latin1'), '13800138000')
  t.equal(phones.open(sealed, owner), phone)
  t.throws(() => phones.open(sealed, other))
  t.not(phones.seal(phone, owner), sealed, 'no two look alike')
})

t.test('a sealed number that was tampered with does not open', async (t) => {
  const owner = randomUUID()
  const [version, id, content] = phones.seal(phone, owner).split('.') as [string, string, string]
  const bytes = Buffer.from(content, 'base64url')
  for (const index of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes)
    changed[index]! ^= 1
    t.throws(() => phones.open(`${version}.${id}.${changed.toString('base64url')}`, owner), `byte ${index}`)
  }
  t.throws(() => phones.open(`${version}.${id}.${bytes.subarray(0, 20).toString('base64url')}`, owner))
  t.throws(() => phones.open(`2.${id}.${content}`, owner))
})

t.test('another key neither opens nor finds', async (t) => {
  const owner = randomUUID()
  const others = createPhones({ current: key('two') })
  t.throws(() => others.open(phones.seal(phone, owner), owner), { message: /data key/ })
  t.not(others.indexOf(phone), phones.indexOf(phone))
  t.not(others.hashCode(['a']), phones.hashCode(['a']))
})

t.test('a previous key still opens, and the current one seals', async (t) => {
  const owner = randomUUID()
  const both = createPhones({ current: key('two'), previous: key('one') })
  t.equal(both.open(phones.seal(phone, owner), owner), phone)
  t.ok(both.seal(phone, owner).startsWith(both.sealedPrefix))
  t.throws(() => phones.open(both.seal(phone, owner), owner))
})
