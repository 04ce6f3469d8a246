import { createDecipheriv } from 'node:crypto'
import t from 'tap'
import { broadcastKey, encryptSegment, keyLine, keyPeriodOf, SEGMENTS_PER_KEY } from '../../src/playback/keys.ts'

const secret = new TextEncoder().encode('a secret for tests that is long enough')

t.test('a key is the same everywhere, and another one for all that it is not for', async (t) => {
  const key = broadcastKey(secret, 'lesson', 'v0', 3)
  t.equal(key.length, 16)
  t.same(broadcastKey(secret, 'lesson', 'v0', 3), key)
  const others = [
    broadcastKey(new TextEncoder().encode('another secret that is long enough'), 'lesson', 'v0', 3),
    broadcastKey(secret, 'another', 'v0', 3),
    broadcastKey(secret, 'lesson', 'v1', 3),
    broadcastKey(secret, 'lesson', 'v0', 4),
  ]
  t.equal(new Set([key, ...others].map(String)).size, 5)
})

t.test('keys rotate', async (t) => {
  t.equal(keyPeriodOf(SEGMENTS_PER_KEY - 1), 0)
  t.equal(keyPeriodOf(SEGMENTS_PER_KEY), 1)
  t.equal(keyLine(SEGMENTS_PER_KEY), '#EXT-X-KEY:METHOD=AES-128,URI="1.key"')
})

t.test('a segment opens with the key of its period and its own number', async (t) => {
  const msn = SEGMENTS_PER_KEY + 7
  const sealed = encryptSegment(secret, 'lesson', 'v0', msn, Buffer.from('a segment'))
  const iv = Buffer.from(msn.toString(16).padStart(32, '0'), 'hex')
  const decipher = createDecipheriv('aes-128-cbc', broadcastKey(secret, 'lesson', 'v0', 1), iv)
  t.equal(String(Buffer.concat([decipher.update(sealed), decipher.final()])), 'a segment')
})
