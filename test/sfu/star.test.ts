import { once } from 'node:events'
import type { types as mediasoup } from 'mediasoup'
import t, { type Test } from 'tap'
import { MediaRoom } from '../../sfu/media-room.ts'
import { WorkerPool, type WorkerSlot } from '../../sfu/pool.ts'
import type { MediaListener } from '../../signaling/ports.ts'
import { teach } from '../support/loopback-teacher.ts'
import { makePictures } from '../support/made-up-sender.ts'
import { silentLog } from '../support/silent-log.ts'

const RETIRE_MS = 200
/** So many viewers a worker of `LIMIT` consumers takes before it counts as crowded. */
const LIMIT = 8
const FIRST_VIEWERS = 3
const pictures = await makePictures('320x180', 300, 30)

/** A class with a teacher who sends real RTP, on two workers that are soon crowded. */
async function openClass(t: Test, workers = 2) {
  const pool = await WorkerPool.start({
    count: workers,
    port: 0,
    addresses: [{ ip: '127.0.0.1' }],
    log: silentLog,
    consumersPerWorker: LIMIT,
  })
  t.teardown(() => pool.close())
  const pipes = watchPipes(pool)
  const resets: (string[] | undefined)[] = []
  const listener = new Proxy({} as MediaListener, {
    get: (_, event) => (event === 'mediaReset' ? (peerIds?: string[]) => resets.push(peerIds) : () => {}),
  })
  const room = await MediaRoom.open('lesson', pool, listener, undefined, RETIRE_MS)
  t.teardown(() => room.close())
  await teach(t, room, { pictures })
  const enter = async (peerId: string) => {
    const before = new Map(pool.workers.map((slot) => [slot, slot.viewers]))
    await room.createTransport(peerId, 'recv', 0)
    const slot = pool.workers.find((slot) => slot.viewers > (before.get(slot) ?? 0))!
    const offers = room
      .publications()
      .map(({ producerId }) => room.consume(peerId, producerId, pool.rtpCapabilities, 1))
    return { peerId, slot, consumers: (await Promise.all(offers)).map((consumer) => consumer!) }
  }
  const enterMany = async (count: number, from = 0) => {
    const entered = []
    for (let each = 0; each < count; each++) entered.push(await enter(`viewer-${from + each}`))
    return entered
  }
  return { pool, pipes, room, resets, enter, enterMany }
}

type Pipe = { slot: WorkerSlot; producers: Set<mediasoup.Producer> }

/** The pipes between the workers as they are now, and what comes out of them. */
function watchPipes(pool: WorkerPool) {
  const pipes = new Set<Pipe>()
  for (const slot of pool.workers)
    slot.worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) => {
        if (transport.type !== 'pipe') return
        const pipe: Pipe = { slot, producers: new Set() }
        pipes.add(pipe)
        transport.observer.on('close', () => pipes.delete(pipe))
        transport.observer.on('newproducer', (producer) => {
          pipe.producers.add(producer)
          producer.observer.on('close', () => pipe.producers.delete(producer))
        })
      }),
    )
  return (slot: WorkerSlot) => [...pipes].filter((pipe) => pipe.slot === slot)
}

async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await happened())) await new Promise((resolve) => setTimeout(resolve, 20))
}

t.test('one room over two workers', async (t) => {
  const { pool, pipes, room, enterMany } = await openClass(t)
  const first = await enterMany(FIRST_VIEWERS)
  const home = first[0]!.slot
  t.ok(
    first.every(({ slot }) => slot === home),
    'the first viewers are at home',
  )
  t.equal(
    pool.workers.reduce((sum, { routers }) => sum + routers, 0),
    1,
    'where the whole room is',
  )

  const further = await enterMany(2, FIRST_VIEWERS)
  const branch = further[0]!.slot
  t.ok(
    further.every(({ slot }) => slot === branch && slot !== home),
    'who comes when home is crowded is on the other',
  )
  t.strictSame(
    further[0]!.consumers.map(({ kind }) => kind).sort(),
    ['audio', 'video'],
    'and receives picture and sound',
  )

  const [pipe] = pipes(branch)
  t.equal(pipes(branch).length, 1, 'through one pipe')
  t.equal(pipe!.producers.size, 2, 'which carries each stream once, for both viewers')
  await until(async () => {
    const stats = await Promise.all([...pipe!.producers].map((producer) => producer.getStats()))
    return stats.every(([stream]) => (stream?.packetCount ?? 0) > 10)
  })
  t.pass('and what the teacher sends arrives there')

  for (const { peerId } of further) room.closePeer(peerId)
  await until(() => branch.routers === 0)
  t.equal(branch.viewers, 0, 'a branch that nobody watches is given up')
  t.equal(pipes(home).length, 0, 'with its pipe')
  const again = await enterMany(1, 10)
  t.equal(again[0]!.slot, branch, 'and opened again for the next')
})

t.test('a crowd that comes at once does not go to one worker', async (t) => {
  const { pool, room } = await openClass(t)
  await Promise.all(Array.from({ length: 8 }, (_, each) => room.createTransport(`viewer-${each}`, 'recv', 0)))
  t.strictSame(pool.workers.map(({ viewers }) => viewers).sort(), [4, 4])
})

t.test('a pipe that nobody needs any more is given up while its branch goes on', async (t) => {
  const { pipes, room, enter, enterMany } = await openClass(t)
  await enterMany(FIRST_VIEWERS)
  const viewer = await enter('listener')
  const [pipe] = pipes(viewer.slot)
  const picture = viewer.consumers.find(({ kind }) => kind === 'video')!
  room.closeConsumer(viewer.peerId, picture.id)
  await until(() => pipe!.producers.size === 1)
  t.equal([...pipe!.producers][0]!.kind, 'audio')
  t.ok(
    await room.consume(viewer.peerId, picture.producerId, room.router.rtpCapabilities, 1),
    'and laid again when asked for',
  )
  t.equal(pipe!.producers.size, 2)
})

t.test('the worker of a branch dies: its viewers begin anew, and nobody else notices', async (t) => {
  const { pool, room, resets, enter, enterMany } = await openClass(t)
  const first = await enterMany(FIRST_VIEWERS)
  const far = await enter('far')
  process.kill(far.slot.worker.pid, 'SIGKILL')
  await once(far.slot.worker, 'died')
  await until(() => resets.length > 0)
  t.strictSame(resets, [['far']])
  t.equal(room.publications().length, 2, 'the teacher goes on')
  for (const { peerId, consumers } of first) t.equal(room.standingOf(peerId).consumers.length, consumers.length)
  await until(() => pool.workers.length === 2)
  const back = await enter('far')
  t.equal(back.consumers.length, 2)
})

t.test('the home worker dies: the whole room is reset, and its branches are gone', async (t) => {
  const { pool, room, resets, enter, enterMany } = await openClass(t)
  const [first] = await enterMany(FIRST_VIEWERS)
  await enter('far')
  process.kill(first!.slot.worker.pid, 'SIGKILL')
  await until(() => resets.length > 0)
  t.strictSame(resets, [undefined])
  t.strictSame(room.standingOf('far'), { transports: false, producers: [], consumers: [] })
  t.equal(
    pool.workers.reduce((sum, { routers }) => sum + routers, 0),
    1,
    'one router is left: the new home',
  )
  t.ok(await room.createTransport('far', 'recv', 0))
})
