import { setTimeout as wait } from 'node:timers/promises'
import t from 'tap'
import type { TicketAnswer } from '../../src/entitlements/schema.ts'
import { Connection, type ConnectionOptions, socketUrl } from '../../web/src/classroom/connection.ts'
import { silentLog } from '../../web/src/classroom/log.ts'
import { FakeSocket, handlers } from '../support/fake-socket.ts'

const ticket: TicketAnswer = {
  url: '/signaling',
  ticket: 'a.b.c',
  expiresInSeconds: 60,
  iceServers: [],
  tier: 'interactive',
  trial: null,
  watermark: null,
}

function connect(options: Partial<ConnectionOptions> = {}) {
  const sockets: FakeSocket[] = []
  const connection = new Connection({
    getTicket: async () => ticket,
    handlers,
    enter: async () => {},
    onServerTime: () => {},
    openSocket: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    log: silentLog,
    ...options,
  })
  connection.start()
  return { connection, sockets }
}

const welcome = { topic: 'welcome', data: { rtpCapabilities: {}, now: 0 } }

/** The same, with the first welcome behind it. */
async function inside(options: Partial<ConnectionOptions> = {}) {
  const opened = connect(options)
  await wait(5)
  opened.sockets[0]!.receive(welcome)
  await wait(5)
  return opened
}

t.test('the address of the socket carries the ticket, over ws or wss like the page', async (t) => {
  t.equal(socketUrl(ticket, 'http://a.example/lessons/1'), 'ws://a.example/signaling?ticket=a.b.c')
  t.equal(socketUrl(ticket, 'https://a.example/'), 'wss://a.example/signaling?ticket=a.b.c')
  t.equal(socketUrl({ ...ticket, url: 'wss://b.example/s' }, 'https://a.example/'), 'wss://b.example/s?ticket=a.b.c')
})

t.test('one is inside once the room was joined after the welcome', async (t) => {
  const { connection, sockets } = connect()
  await wait(5)
  t.equal(connection.view.get().phase, 'connecting')
  sockets[0]!.receive(welcome)
  await wait(5)
  t.match(connection.view.get(), { phase: 'connected', entered: true })
  connection.close()
})

t.test('a lost socket is followed by another with a new ticket', async (t) => {
  let tickets = 0
  const { connection, sockets } = connect({
    getTicket: async () => {
      tickets += 1
      return ticket
    },
  })
  await wait(5)
  sockets[0]!.receive(welcome)
  await wait(5)
  sockets[0]!.end()
  t.match(connection.view.get(), { phase: 'reconnecting', attempt: 1 })
  await wait(20)
  sockets[1]!.receive(welcome)
  await wait(5)
  t.equal(tickets, 2)
  t.match(connection.view.get(), { phase: 'connected', attempt: 0 })
  connection.close()
})

t.test('who was removed stays out', async (t) => {
  const { connection, sockets } = connect()
  await wait(5)
  sockets[0]!.receive(welcome)
  await wait(5)
  sockets[0]!.end(4403)
  await wait(20)
  t.match(connection.view.get(), { phase: 'out', reason: 'removed' })
  t.equal(sockets.length, 1)
})

t.test('a server that goes away is told apart from a lost network', async (t) => {
  const { connection, sockets } = connect()
  await wait(5)
  sockets[0]!.receive(welcome)
  await wait(5)
  sockets[0]!.end(4503)
  t.match(connection.view.get(), { phase: 'reconnecting', draining: true })
  connection.close()
})

t.test('a refused ticket ends it with its code, an unreachable server does not', async (t) => {
  const refused = connect({ getTicket: () => Promise.reject(Object.assign(new Error(), { code: 'room_full' })) })
  const unreachable = connect({ getTicket: () => Promise.reject(Object.assign(new Error(), { code: 'offline' })) })
  await wait(5)
  t.match(refused.connection.view.get(), { phase: 'out', reason: 'room_full' })
  t.match(unreachable.connection.view.get(), { phase: 'reconnecting' })
  unreachable.connection.close()
})

t.test('after one has left, a late welcome changes nothing', async (t) => {
  const { connection, sockets } = connect()
  await wait(5)
  connection.close('left')
  sockets[0]!.receive(welcome)
  await wait(5)
  t.match(connection.view.get(), { phase: 'out', reason: 'left' })
  t.ok(sockets[0]!.closed)
})

t.test('nothing is asked before the welcome: it fails at once, and the caller goes on', async (t) => {
  const { connection, sockets } = connect()
  await wait(5)
  sockets[0]!.open()
  await t.rejects(connection.request('leave', {}), { code: 'disconnected' })
  t.same(sockets[0]!.sent, [])
  sockets[0]!.receive(welcome)
  const left = connection.request('leave', {})
  sockets[0]!.answer('leave', {})
  t.same(await left, {})
  connection.close()
})

t.test('while a lost socket is being replaced, asking fails as on a lost one', async (t) => {
  const { connection, sockets } = connect()
  await wait(5)
  sockets[0]!.receive(welcome)
  await wait(5)
  sockets[0]!.end()
  await wait(20)
  t.equal(sockets.length, 2)
  await t.rejects(connection.request('sendMessage', { text: 'hello' }), { code: 'disconnected' })
  connection.close()
})

t.test(
  'what was bought is entered with a new ticket, while the socket of before serves until the welcome',
  async (t) => {
    const { connection, sockets } = await inside()
    const renewed = connection.renew()
    await wait(5)
    t.match(connection.view.get(), { phase: 'connected' })
    t.notOk(sockets[0]!.closed)
    const asked = connection.request('sendMessage', { text: 'still here' })
    sockets[0]!.answer('sendMessage', { seq: 1 })
    t.same(await asked, { seq: 1 })
    sockets[1]!.receive(welcome)
    await renewed
    t.ok(sockets[0]!.closed)
    t.match(connection.view.get(), { phase: 'connected', attempt: 0 })
    connection.close()
  },
)

t.test('a new ticket that never comes leaves one where one is', async (t) => {
  let tickets = 0
  const { connection, sockets } = await inside({
    getTicket: async () => {
      tickets += 1
      if (tickets > 1) throw Object.assign(new Error('no'), { code: 'trial_ended' })
      return ticket
    },
  })
  await connection.renew()
  t.match(connection.view.get(), { phase: 'connected' })
  t.equal(sockets.length, 1)
  connection.close()
})

t.test('a trial that ends while the new ticket is used does not put one out', async (t) => {
  const { connection, sockets } = await inside()
  const renewed = connection.renew()
  await wait(5)
  sockets[0]!.end(4406)
  sockets[1]!.receive(welcome)
  await renewed
  t.match(connection.view.get(), { phase: 'connected', reason: null })
  connection.close()
})

t.test('a socket that is lost while the new ticket is used is replaced', async (t) => {
  const { connection, sockets } = await inside()
  const renewed = connection.renew()
  await wait(5)
  sockets[1]!.end()
  await renewed
  await wait(20)
  t.ok(sockets[0]!.closed)
  sockets[2]!.receive(welcome)
  await wait(5)
  t.match(connection.view.get(), { phase: 'connected' })
  connection.close()
})

t.test(
  'whose trial is over or whose right is gone is let in again by a new ticket, whoever was removed is not',
  async (t) => {
    for (const code of [4406, 4402]) {
      const { connection, sockets } = await inside()
      sockets[0]!.end(code)
      await connection.renew()
      await wait(5)
      sockets[1]!.receive(welcome)
      await wait(5)
      t.match(connection.view.get(), { phase: 'connected', reason: null, entered: true })
      connection.close()
    }
    const { connection, sockets } = await inside()
    sockets[0]!.end(4403)
    await connection.renew()
    await wait(5)
    t.equal(sockets.length, 1)
    t.match(connection.view.get(), { phase: 'out', reason: 'removed' })
  },
)

t.test('who has left meanwhile stays away', async (t) => {
  const { connection, sockets } = await inside()
  const renewed = connection.renew()
  connection.close('left')
  await renewed
  t.equal(sockets.length, 1)
  t.match(connection.view.get(), { phase: 'out', reason: 'left' })
})
