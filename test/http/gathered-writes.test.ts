import { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import t from 'tap'
import { gatherWrites } from '../../src/http/gathered-writes.ts'

/** A stream that counts how often it is written to, and with what. */
function recorder() {
  const writes: string[] = []
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => done(void writes.push(chunk)),
    writev: (chunks, done) => done(void writes.push(chunks.map(({ chunk }) => chunk).join(''))),
  })
  const send = (text: string) => {
    gatherWrites(stream)
    stream.write(text)
  }
  return { stream, writes, send }
}

t.test('what is sent in one turn leaves in one write, in its order', async (t) => {
  const [one, other] = [recorder(), recorder()]
  one.send('a')
  other.send('x')
  one.send('b')
  await Promise.resolve().then(() => one.send('c'))
  t.strictSame(one.writes, [])
  await turn()
  t.strictSame(one.writes, ['abc'])
  t.strictSame(other.writes, ['x'])
})

t.test('what is sent in the next turn waits for nothing else', async (t) => {
  const { writes, send } = recorder()
  send('a')
  await turn()
  send('b')
  await turn()
  t.strictSame(writes, ['a', 'b'])
})

t.test('a stream that ends in the same turn has sent all of it', async (t) => {
  const { stream, writes, send } = recorder()
  send('a')
  stream.end('b')
  await turn()
  t.strictSame(writes.join(''), 'ab')
})

t.test('a stream that was destroyed meanwhile harms no other', async (t) => {
  const [gone, other] = [recorder(), recorder()]
  gone.send('a')
  other.send('x')
  gone.stream.destroy()
  await turn()
  t.strictSame([gone.writes, other.writes], [[], ['x']])
})

t.test('a crowd is written to over several turns, so that others come in between', async (t) => {
  const crowd = Array.from({ length: 2500 }, recorder)
  for (const { send } of crowd) send('a')
  const written = () => crowd.filter(({ writes }) => writes.length > 0).length
  await turn()
  t.equal(written(), 1000)
  crowd[0]!.send('b')
  await turn()
  t.equal(written(), 2000)
  await turn()
  t.equal(written(), 2500)
  t.strictSame(crowd[0]!.writes, ['a', 'b'], 'who is written to again keeps the order')
})
