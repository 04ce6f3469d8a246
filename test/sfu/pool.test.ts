import { once } from 'node:events'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { WorkerPool } from '../../sfu/pool.ts'
import { until } from '../support/classroom.ts'
import { silentLog } from '../support/silent-log.ts'

async function open(t: Test, options: { port?: number; gatherMs?: number } = {}) {
  const addresses = [{ ip: '127.0.0.1' }]
  const pool = await WorkerPool.start({ count: 2, port: 0, addresses, log: silentLog, gatherMs: 10_000, ...options })
  t.teardown(() => pool.close())
  const killAll = async () => {
    const died = pool.workers.map(({ worker }) => once(worker, 'died'))
    for (const { worker } of pool.workers) process.kill(worker.pid, 'SIGKILL')
    await Promise.all(died)
  }
  const openRooms = (count: number) => Promise.all(Array.from({ length: count }, () => pool.createRouter()))
  const loads = () => pool.workers.map(({ routers }) => routers)
  return { pool, killAll, openRooms, loads }
}

t.test('rooms that wait where all workers have died spread over those that come back', async (t) => {
  const { killAll, openRooms, loads } = await open(t)
  await killAll()
  await openRooms(6)
  t.strictSame(loads(), [3, 3])
})

t.test('so do rooms that come when only the first worker is back', async (t) => {
  const { pool, killAll, openRooms, loads } = await open(t)
  await killAll()
  await until(() => pool.workers.length > 0)
  await openRooms(6)
  t.strictSame(loads(), [3, 3])
})

t.test('once the workers are back nobody waits', async (t) => {
  const { pool, killAll, openRooms, loads } = await open(t)
  await killAll()
  await until(() => pool.workers.length === 2)
  await openRooms(2)
  process.kill(pool.workers[0]!.worker.pid, 'SIGKILL')
  await once(pool.workers[0]!.worker, 'died')
  await openRooms(2)
  t.ok(loads().includes(3), 'on the worker that is left')
})

t.test('rooms do not wait for a worker that cannot be replaced', async (t) => {
  const port = await twoFreePorts()
  const { pool, killAll, openRooms, loads } = await open(t, { port, gatherMs: 50 })
  await killAll()
  const intruder = createServer().listen(port + 1, '127.0.0.1')
  await once(intruder, 'listening')
  t.teardown(() => intruder.close())
  await openRooms(3)
  t.strictSame(loads(), [3])
  t.match(pool.workers, [{ index: 0 }])
})

async function twoFreePorts(): Promise<number> {
  for (;;) {
    const first = createServer().listen(0, '127.0.0.1')
    await once(first, 'listening')
    const { port } = first.address() as { port: number }
    const second = createServer().listen(port + 1, '127.0.0.1')
    const free = await once(second, 'listening').then(
      () => true,
      () => false,
    )
    await Promise.all([first, second].map((server) => new Promise((resolve) => server.close(resolve))))
    if (free) return port
  }
}

t.test('the pool is tuned while classes go on', async (t) => {
  const pool = await WorkerPool.start({ count: 2, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
  t.teardown(() => pool.close())
  const tune = (count: number, consumersPerWorker = 500) => pool.tune({ count, consumersPerWorker })

  t.test('more workers run when it is done, with the new limit', async (t) => {
    await tune(3, 200)
    t.strictSame(
      pool.workers.map(({ index, limit }) => [index, limit]),
      [
        [0, 200],
        [1, 200],
        [2, 200],
      ],
    )
  })

  t.test('one that is too many takes no more classes, and goes with its last', async (t) => {
    const places = await Promise.all([pool.createRouter(), pool.createRouter(), pool.createRouter()])
    const held = places.find(({ slot }) => slot.index === 2)!
    await tune(1)
    t.strictSame(
      pool.workers.filter(({ retiring }) => retiring).map(({ index }) => index),
      [1, 2],
    )
    t.equal((await pool.createRouter()).slot.index, 0)
    held.router.close()
    t.strictSame(pool.workers.map(({ index }) => index).sort(), [0, 1])
    await once(held.slot.worker, 'subprocessclose')
    await new Promise((resolve) => setTimeout(resolve, 300))
    t.strictSame(pool.workers.map(({ index }) => index).sort(), [0, 1], 'and is not replaced')
  })

  t.test(
    'one that was to go stays when it is wanted again, and one that went comes back on its own port',
    async (t) => {
      const staying = pool.workers.find(({ index }) => index === 1)!
      await tune(3)
      t.notOk(staying.retiring)
      t.ok(pool.workers.includes(staying))
      t.equal(pool.workers.length, 3)
    },
  )
})
