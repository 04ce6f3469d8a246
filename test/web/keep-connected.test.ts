import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { keepConnected, recovery } from '../../web/src/classroom/keep-connected.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { RequestFailed } from '../../web/src/classroom/signaling-client.ts'
import { FakeServer, FakeTransport } from './fake-media.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

function watch(t: Test) {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  const server = new FakeServer()
  const transport = new FakeTransport('recv', 'recv')
  let rebuilt = 0
  const rebuild = () => {
    rebuilt += 1
  }
  const mend = keepConnected(transport.as(), { request: server.request, log: silentLog, rebuild })
  const pass = async (ms: number) => {
    mock.timers.tick(ms)
    await turn()
    mock.timers.tick(0)
    await turn()
  }
  return { server, transport, mend, pass, rebuilt: () => rebuilt }
}

t.test('a path that stays broken is given new credentials, and then a new transport', async (t) => {
  const { server, transport, pass, rebuilt } = watch(t)
  transport.change('disconnected')
  await pass(recovery.patienceMs)
  t.same(server.take(), ['restartIce'])
  t.equal(transport.restarts, 1)
  await pass(recovery.restartMs)
  t.equal(rebuilt(), 1)
})

t.test('a path that comes back is left alone', async (t) => {
  const { server, transport, pass, rebuilt } = watch(t)
  transport.change('disconnected')
  transport.change('connected')
  await pass(recovery.patienceMs + recovery.restartMs)
  t.same(server.take(), [])
  t.equal(rebuilt(), 0)
})

t.test('while signaling is down the transport is kept, and is mended once signaling is back', async (t) => {
  const { server, transport, mend, pass, rebuilt } = watch(t)
  server.away = true
  transport.change('disconnected')
  await pass(recovery.patienceMs)
  transport.change('failed')
  await pass(recovery.restartMs)
  t.equal(rebuilt(), 0)
  server.away = false
  mend()
  await pass(0)
  t.same(server.take(), ['restartIce'])
  transport.change('connected')
  await pass(recovery.restartMs)
  t.equal(rebuilt(), 0)
})

t.test('signaling that goes while new credentials are tried out costs no transport either', async (t) => {
  const { server, transport, mend, pass, rebuilt } = watch(t)
  transport.change('failed')
  await pass(0)
  server.away = true
  await pass(recovery.restartMs)
  t.equal(rebuilt(), 0)
  server.away = false
  server.take()
  mend()
  await pass(0)
  t.same(server.take(), ['restartIce'])
})

t.test('a server that does not know the transport any more is asked for a new one', async (t) => {
  const { server, transport, pass, rebuilt } = watch(t)
  server.answers.restartIce = () => {
    throw new RequestFailed('not_found')
  }
  transport.change('failed')
  await pass(0)
  t.equal(rebuilt(), 1)
})
