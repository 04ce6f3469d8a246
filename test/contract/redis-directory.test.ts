import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import type { RoomDirectory } from '../../signaling/ports.ts'
import { createRedisDirectory } from '../../src/adapters/redis-directory.ts'
import { untilItWorks } from '../support/processes.ts'
import { startRedis } from '../support/redis.ts'
import { directorySuite } from './directory-suite.ts'

const redis = await startRedis(t)
const [A, B] = ['http://10.0.0.1:3000', 'http://10.0.0.2:3000']
const LEASE_MS = 3000

const open = (t: Pick<Test, 'teardown'>, nodeUrl: string, load = () => 0) => {
  const log = { info() {}, warn() {} }
  const directory = createRedisDirectory({ url: redis.url, nodeUrl, load, log })
  t.teardown(directory.close)
  return directory
}

/** Ends without a word, as a node that is killed: its client of Redis is cut off, and renews nothing. */
const kill = (directory: RoomDirectory) => directory.close()

const lostBy = (directory: RoomDirectory) => {
  const lost: string[] = []
  directory.onLost((roomId) => lost.push(roomId))
  return lost
}
const until = (condition: () => boolean) =>
  untilItWorks(async () => {
    if (!condition()) throw new Error(`not yet: ${condition}`)
  })

const [a, b] = [open(t, A), open(t, B)]
t.test('the directory over Redis', (t) => directorySuite(t, a))

t.test('of nodes that take a room at once one gets it, and the others are told which', async (t) => {
  const room = randomUUID()
  const answers = await Promise.all([a.take(room), b.take(room), a.take(room), b.take(room)])
  const [owner, other, address] = a.has(room) ? [a, b, A] : [b, a, B]
  t.strictSame(
    answers.filter((answer) => answer !== null),
    [address, address],
  )
  t.equal(await owner.find(room), null)
  t.equal(await other.find(room), address)
})

t.test('a room is kept beyond a lease, by who renews it', async (t) => {
  const room = randomUUID()
  await a.take(room)
  await pause(LEASE_MS + 500)
  t.equal(await b.take(room), A)
  t.equal(a.has(room), true)
})

t.test('a room that was given up is at once anybody’s', async (t) => {
  const room = randomUUID()
  await a.take(room)
  await a.release(room)
  t.equal(await b.take(room), null)
  await a.release(room)
  t.equal(await a.take(room), B, 'who does not have it cannot give it up')
})

t.test('the room of a node that died is free when its lease is over, and not before', async (t) => {
  const dead = open(t, 'http://10.0.0.3:3000')
  const room = randomUUID()
  await dead.take(room)
  await kill(dead)
  t.equal(await b.take(room), 'http://10.0.0.3:3000')
  const before = Date.now()
  await untilItWorks(async () => {
    if ((await b.take(room)) !== null) throw new Error('not free yet')
  })
  t.ok(Date.now() - before <= LEASE_MS + 1000)
})

t.test('a node that was started again at the address of one that died has its rooms at once', async (t) => {
  const address = 'http://10.0.0.4:3000'
  const dead = open(t, address)
  const room = randomUUID()
  await dead.take(room)
  await kill(dead)
  t.equal(await open(t, address).take(room), null)
})

t.test('a node whose room another one took while it was stopped is told so, and has it no more', async (t) => {
  const room = randomUUID()
  await a.take(room)
  const lost = lostBy(a)
  // What Redis holds once the lease of a node that stood still has run out, and another one has come.
  const stranger = new Redis(redis.url)
  await stranger.set(`jiangtang:room:${room}`, `another ${B}`, 'PX', 60_000)
  stranger.disconnect()
  await until(() => lost.length > 0)
  t.strictSame(lost, [room])
  t.equal(a.has(room), false)
  t.equal(await a.take(room), B)
})

t.test('new rooms go to the node that carries least, of those that take any', async (t) => {
  const at = (port: number) => `http://10.0.1.1:${port}`
  const [heavy, draining] = [open(t, at(1), () => 0.9), open(t, at(2), () => Number.POSITIVE_INFINITY)]
  const light = open(t, at(3), () => -1)
  await Promise.all([heavy, draining, light].map((each) => each.take(randomUUID())))
  t.equal(await a.roomiest(), at(3))
  await light.close()
  t.not(await a.roomiest(), at(3), 'one that has left is not named')
  t.not(await b.roomiest(), B, 'nor the one that asks')
})

t.test('without Redis', async (t) => {
  const [mine, theirs] = [randomUUID(), randomUUID()]
  await a.take(mine)
  await b.take(theirs)
  await a.take(theirs)
  const lost = [...lostBy(a), ...lostBy(b)]
  await redis.stop()
  await pause(LEASE_MS + 500)

  t.test('a node keeps its rooms', async (t) => {
    t.equal(await a.take(mine), null)
    t.equal(a.has(mine), true)
  })

  t.test('what was known of another’s is the best guess', async (t) => {
    t.equal(await a.take(theirs), B)
    t.equal(await a.find(theirs), B)
  })

  t.test('a room of which nothing is known is taken by nobody', async (t) => {
    await t.rejects(a.take(randomUUID()), { code: 'unavailable' })
  })

  t.test('when Redis is back and empty, nobody takes a room from who has it', async (t) => {
    await redis.start()
    const newcomer = open(t, 'http://10.0.0.5:3000')
    t.equal(await newcomer.take(mine), A)
    t.equal(await newcomer.take(theirs), B)
    t.strictSame(lost, [])
  })

  t.test('and rooms that nobody has can be taken soon', async (t) => {
    t.equal(await a.take(randomUUID()), null)
  })
})

t.test('closing twice is no mistake', async (t) => {
  const directory = open(t, 'http://10.0.0.6:3000')
  await directory.close()
  await t.resolves(directory.close())
})
