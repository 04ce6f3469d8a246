import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { createRedisBus } from '../../src/adapters/redis-bus.ts'
import { untilItWorks } from '../support/processes.ts'
import { startRedis } from '../support/redis.ts'
import { busSuite, listen, revoked } from './bus-suite.ts'

const redis = await startRedis(t)
const open = (t: Test, warn = (_message: string) => {}) => {
  const log = { info: () => {}, warn: (_: object, message: string) => warn(message) }
  const bus = createRedisBus({ url: redis.url, log })
  t.teardown(bus.close)
  return bus
}
const warnings: string[] = []
const [here, elsewhere] = [open(t, (message) => warnings.push(message)), open(t)]

/** Repeats a message until the other node hears it. */
const connected = () =>
  untilItWorks(async () => {
    const ears = listen(elsewhere)
    await here.publish('accessRevoked', revoked())
    await new Promise((resolve) => setTimeout(resolve, 50))
    ears.stop()
    if (ears.heard.length === 0) throw new Error('not heard')
  })
await connected()

t.test('the bus over Redis', (t) => busSuite(t, here))

t.test('another node hears a message once', async (t) => {
  const ears = listen(elsewhere)
  const [first, second] = [revoked(), revoked()]
  await here.publish('accessRevoked', first)
  await here.publish('accessRevoked', second)
  t.strictSame([await ears.next(), await ears.next()], [first, second])
})

t.test('what one node claimed, no other gets', async (t) => {
  t.equal(await here.claim('a key', 60), true)
  t.equal(await elsewhere.claim('a key', 60), false)
})

t.test('a message that makes no sense is passed over with a warning', async (t) => {
  const ears = listen(here)
  const stranger = new Redis(redis.url)
  const nonsense = ['{', 'null', '{"from":"x"}', '{"from":"x","message":{"userId":7,"reason":"signed_out"}}']
  for (const text of nonsense) await stranger.publish('jiangtang:accessRevoked', text)
  stranger.disconnect()
  const message = revoked()
  await elsewhere.publish('accessRevoked', message)
  t.strictSame(await ears.next(), message)
  t.equal(warnings.filter((warning) => /makes no sense/.test(warning)).length, nonsense.length)
})

t.test('without Redis', async (t) => {
  await redis.stop()

  t.test('a claim is refused within a few seconds', async (t) => {
    const before = Date.now()
    await t.rejects(here.claim('another key', 60), { code: 'unavailable' })
    t.ok(Date.now() - before < 3000)
  })

  t.test('a message still reaches the listeners of its own node', async (t) => {
    const ears = listen(here)
    const message = revoked()
    await here.publish('accessRevoked', message)
    t.strictSame(await ears.next(), message)
  })

  t.test('closing does not wait', async (t) => {
    const bus = open(t)
    await t.resolves(bus.close())
  })
})

t.test('when Redis is back, claims and messages are too', async (t) => {
  await redis.start()
  await connected()
  t.equal(await here.claim('a third key', 60), true)
})

t.test('closing twice is no mistake', async (t) => {
  const bus = open(t)
  await bus.close()
  await t.resolves(bus.close())
})
