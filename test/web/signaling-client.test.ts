import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { CloseReason } from '../../signaling/protocol/errors.ts'
import { SignalingClient } from '../../web/src/classroom/signaling-client.ts'
import { FakeSocket, handlers } from '../support/fake-socket.ts'

function open(t: { teardown(end: () => void): void }, pingIntervalMs = 60_000) {
  const socket = new FakeSocket().open()
  const closes: (CloseReason | null)[] = []
  const topics: string[] = []
  const client = new SignalingClient(socket, {
    handlers: new Proxy(handlers, { get: (_, topic: string) => () => topics.push(topic) }),
    onClose: (reason) => closes.push(reason),
    pingIntervalMs,
  })
  t.teardown(() => client.close())
  return { socket, client, closes, topics }
}

t.test('answers find their requests in any order', async (t) => {
  const { socket, client } = open(t)
  const first = client.request('raiseHand', {})
  const second = client.request('sendMessage', { text: 'hello' })
  socket.receive({ id: 2, result: { seq: 8 } })
  socket.receive({ id: 1, result: { seq: 7 } })
  t.same([await first, await second], [{ seq: 7 }, { seq: 8 }])
})

t.test('a refusal carries its code', async (t) => {
  const { socket, client } = open(t)
  const refused = client.request('sendMessage', { text: 'hello' })
  socket.receive({ id: 1, error: { code: 'muted', message: 'no' } })
  await t.rejects(refused, { code: 'muted' })
})

t.test('notifications reach their handlers, unknown ones are let go', async (t) => {
  const socket = new FakeSocket()
  const seen: unknown[] = []
  const client = new SignalingClient(socket, {
    handlers: { audience: (data: unknown) => seen.push(data) } as never,
    onClose: () => {},
  })
  socket.receive({ topic: 'audience', data: { online: 3, hands: 1 } })
  socket.receive({ topic: 'somethingNewer', data: {} })
  t.same(seen, [{ online: 3, hands: 1 }])
  client.close()
})

t.test('a closed socket fails what waits, and what is asked later', async (t) => {
  const { socket, client, closes } = open(t)
  const waiting = client.request('raiseHand', {})
  socket.end(4409)
  await t.rejects(waiting, { code: 'disconnected' })
  await t.rejects(client.request('raiseHand', {}), { code: 'disconnected' })
  t.same(closes, ['opened_elsewhere'])
})

t.test('a silent server is given up after two intervals', async (t) => {
  const { socket, closes } = open(t, 20)
  await wait(30)
  t.same(socket.methods(), ['ping'])
  await wait(60)
  t.ok(socket.closed)
  t.same(closes, [null])
})

t.test('a server that answers is kept', async (t) => {
  const { socket, client, closes } = open(t, 20)
  const answering = setInterval(() => socket.receive({ topic: 'audience', data: {} }), 10)
  await wait(120)
  clearInterval(answering)
  t.notOk(client.closed)
  t.same(closes, [])
})

t.test('whoever is told something all the time seldom asks', async (t) => {
  const { socket, client } = open(t, 20)
  const telling = setInterval(() => socket.receive({ topic: 'audience', data: {} }), 2)
  await wait(100)
  clearInterval(telling)
  t.notOk(client.closed)
  t.same(socket.methods(), ['ping'], 'for the time, at the first beat')
})

t.test('on a socket that is not open yet a request fails, and nothing is thrown', async (t) => {
  const socket = new FakeSocket()
  const client = new SignalingClient(socket, { handlers, onClose: () => {}, pingIntervalMs: 10 })
  t.teardown(() => client.close())
  await t.rejects(client.request('leave', {}), { code: 'disconnected' })
  await wait(15)
  t.same(socket.sent, [])
})
