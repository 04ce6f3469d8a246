import { randomUUID } from 'node:crypto'
import { Registry } from 'prom-client'
import t from 'tap'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { signTicket } from '../../signaling/ticket.ts'
import { paymentMetrics } from '../../src/metrics/payments.ts'
import { TestClient } from '../support/client.ts'
import { openTestDatabase } from '../support/database.ts'
import { h264Parameters } from '../support/rtp.ts'
import { makeAccount, openServer, SECRET } from '../support/server.ts'
import { createStore } from '../support/store.ts'

const TOKEN = 'a token for tests that is long enough'
const server = await openServer({ METRICS_TOKEN: TOKEN, BROADCAST: 'false' })
t.teardown(() => server.close())

const read = (authorization?: string) =>
  fetch(`${server.url}/metrics`, { headers: authorization ? { authorization } : {} })

/** All samples, by name and labels as they are written. */
async function samples(): Promise<Map<string, number>> {
  const lines = (await (await read(`Bearer ${TOKEN}`)).text())
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

t.test('only who has the token reads them', async (t) => {
  t.equal((await read()).status, 401)
  t.equal((await read('Bearer a token for tests that is long enougH')).status, 401)
  const answer = await read(`Bearer ${TOKEN}`)
  t.equal(answer.status, 200)
  t.match(answer.headers.get('content-type'), 'text/plain')
  const closed = await openServer({ BROADCAST: 'false' })
  t.teardown(() => closed.close())
  const other = await fetch(`${closed.url}/metrics`, { headers: { authorization: 'Bearer undefined' } })
  t.not(other.headers.get('content-type')?.includes('version=0.0.4'), true, 'without a token there are none')
  t.notMatch(await other.text(), 'jiangtang_')
})

t.test('workers, rooms and what is published are counted as they are now', async (t) => {
  const room = await server.media.openRoom('lesson', new Proxy({} as never, { get: () => () => {} }))
  const { id: transportId } = await room.createTransport('teacher', 'send', 1_000_000)
  await room.produce('teacher', { transportId, source: 'camera', rtpParameters: h264Parameters() })
  await room.createTransport('student', 'recv', 0)
  const open = await samples()
  t.equal(open.get('jiangtang_worker_rooms{worker="0"}'), 1)
  t.equal(open.get('jiangtang_worker_viewers{worker="0"}'), 1)
  t.equal(open.get('jiangtang_worker_consumers_limit{worker="0"}'), 500)
  t.equal(open.get('jiangtang_transports{direction="send",protocol="none"}'), 1)
  t.equal(open.get('jiangtang_transports{direction="recv",protocol="none"}'), 1)
  t.equal(open.get('jiangtang_transports{direction="recv",protocol="udp"}'), 0)
  t.ok(open.has('jiangtang_key_frame_requests_total'))
  room.close()
  const closed = await samples()
  t.equal(closed.get('jiangtang_worker_rooms{worker="0"}'), 0)
  t.equal(closed.get('jiangtang_transports{direction="send",protocol="none"}'), 0)
})

t.test('who comes into a room is timed, and what is said there is counted', async (t) => {
  const teacher = await makeAccount(server, 'teacher', 'Teacher', 'teacher')
  const lesson = await server.lessons.create(teacher, { title: 'Lamps', startsAt: Date.now() + 60_000 })
  const person = { peerId: teacher.id, displayName: 'Teacher', role: 'teacher' } as const
  const key = new TextEncoder().encode(SECRET)
  const ticket = signTicket(
    { roomId: lesson.id, sessionId: randomUUID(), tier: 'interactive', person },
    key,
    60,
    Date.now(),
  )
  const address = `${server.url.replace('http', 'ws')}/signaling/${lesson.id}?ticket=${ticket}`
  const client = new TestClient(new WebSocket(address, SUBPROTOCOL))
  await client.notified('welcome')
  t.equal((await samples()).get('jiangtang_sockets'), 1)
  await client.join()
  await client.request('sendMessage', { text: 'Good morning' })
  const joined = await samples()
  t.equal(joined.get('jiangtang_join_seconds_count{phase="joined"}'), 1)
  t.notOk(joined.has('jiangtang_join_seconds_count{phase="playing"}'))
  t.equal(joined.get('jiangtang_rooms'), 1)
  t.equal(joined.get('jiangtang_people'), 1)
  t.equal(joined.get('jiangtang_room_events_total{type="messageSent"}'), 1)
  t.equal(joined.get('jiangtang_room_log_backlog'), 0)
  client.socket.close()
})

t.test('answers are timed by their pattern, not by their address', async (t) => {
  await fetch(`${server.url}/api/lessons/11111111-1111-4111-8111-111111111111`)
  const after = await samples()
  t.equal(after.get('jiangtang_http_request_seconds_count{method="GET",route="/api/lessons/:id",status="4xx"}'), 1)
  t.notOk([...after.keys()].some((name) => name.includes('11111111')))
})

t.test('payments of the last hour are counted by how they stand', async (t) => {
  const store = await createStore(await openTestDatabase(t))
  const registry = new Registry()
  paymentMetrics(registry, { db: store.deps.db, now: store.now })
  const buyer = await store.person()
  const order = await store.order(buyer, (await store.course()).id)
  await store.orders.pay({ id: buyer.id, ip: '' }, order.id, 'wechat_native')
  t.match(await registry.metrics(), 'jiangtang_payment_attempts{provider="wechat",status="pending"} 1')
  store.pass(3_600_001)
  t.notMatch(await registry.metrics(), 'jiangtang_payment_attempts{')
})
