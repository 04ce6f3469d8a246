import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { opsRoutes, type ReadinessChecks } from '../../src/http/ops.ts'

async function open(t: Test, checks: ReadinessChecks) {
  const app = Fastify()
  await app.register(opsRoutes, { checks })
  t.teardown(() => app.close())
  return app
}
const fine = async () => {}
const broken = async () => {
  throw new Error('postgres://user:secret@host is gone')
}

t.test('a process that answers is alive, even when it cannot serve', async (t) => {
  const app = await open(t, { database: broken })
  t.equal((await app.inject('/healthz')).statusCode, 200)
})

t.test('a node is ready when all it needs is', async (t) => {
  const answer = await (await open(t, { database: fine, workers: fine })).inject('/readyz')
  t.equal(answer.statusCode, 200)
  t.strictSame(answer.json(), { status: 'ready', checks: { database: 'ok', workers: 'ok' } })
})

t.test('a node that is not ready says which part is failing, and no more', async (t) => {
  const answer = await (await open(t, { database: broken, workers: fine })).inject('/readyz')
  t.equal(answer.statusCode, 503)
  t.strictSame(answer.json(), { status: 'not_ready', checks: { database: 'failing', workers: 'ok' } })
})

t.test('a part that does not answer is failing', async (t) => {
  const answer = await (await open(t, { database: () => new Promise(() => {}) })).inject('/readyz')
  t.equal(answer.statusCode, 503)
})
