import 'alipay-sdk' // It brings the library that throws where one error ends two sockets.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { createNodes } from '../../src/http/nodes.ts'
import { freePort } from '../support/processes.ts'

const secret = new TextEncoder().encode('a secret for tests that is long enough')
const LESSON = '0f0e0d0c-0b0a-4908-8706-050403020100'

type Given = {
  elsewhere?: () => string | null
  has?: boolean
  now?: () => number
  secret?: Uint8Array
  behindProxy?: boolean
}

/** A node that says what it was asked, by whom, and that it served it. */
async function openNode(t: Test, name: string, given: Given = {}) {
  const { elsewhere = () => null, has = false, now = Date.now, behindProxy = false } = given
  const app: FastifyInstance = Fastify({
    forceCloseConnections: true,
    trustProxy: (_address, hop) => behindProxy && hop < 1,
  })
  const find = async () => elsewhere()
  createNodes({ secret: given.secret ?? secret, now, find, has: () => has }).serve(app)
  const lessonOf = ({ params }: { params: unknown }) => (params as { id: string }).id
  app.all('/of/:id', { config: { lessonOf } }, async (request) => ({
    name,
    ip: request.ip,
    url: request.url,
    body: request.body ?? null,
    told: request.headers['x-told'] ?? null,
  }))
  app.get('/plain', async () => ({ name }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { app, url }
}

const ask = async (url: string, path = `/of/${LESSON}`, init: RequestInit = {}) => {
  const answer = await fetch(url + path, init)
  return { status: answer.status, ...((await answer.json()) as Record<string, unknown>) }
}

t.test('a request goes on to the node that has the room, as it was and in the name of who asked', async (t) => {
  const owner = await openNode(t, 'owner', { has: true })
  const other = await openNode(t, 'other', { elsewhere: () => owner.url, behindProxy: true })
  const headers = { 'x-forwarded-for': '203.0.113.7', 'x-told': 'something', 'content-type': 'application/json' }
  t.match(await ask(other.url, `/of/${LESSON}?a=1&b=%2F`, { headers }), {
    status: 200,
    name: 'owner',
    ip: '203.0.113.7',
    url: `/of/${LESSON}?a=1&b=%2F`,
    told: 'something',
  })
  const body = JSON.stringify({ text: 'as it was' })
  t.match(await ask(other.url, undefined, { method: 'POST', headers, body }), { body: { text: 'as it was' } })
})

t.test('what needs no room, or one that is here or nowhere, is served where it comes to', async (t) => {
  const owner = await openNode(t, 'owner', { has: true })
  t.match(await ask(owner.url), { name: 'owner' })
  const other = await openNode(t, 'other', { elsewhere: () => owner.url })
  t.match(await ask(other.url, '/plain'), { name: 'other' })
  t.match(await ask(other.url, '/of/no-lesson'), { name: 'other' })
  t.match(await ask((await openNode(t, 'single')).url), { name: 'single' })
})

t.test('a request is passed on once: two nodes that name each other go round in no circle', async (t) => {
  let first = ''
  let asked = 0
  const b = await openNode(t, 'b', {
    elsewhere: () => {
      asked += 1
      return first
    },
  })
  const tried = Date.now()
  const a = await openNode(t, 'a', { elsewhere: () => (Date.now() - tried < 1000 ? b.url : null) })
  first = a.url
  t.match(await ask(a.url), { status: 200, name: 'a' })
  t.equal(asked, 0)
})

t.test('a node that is gone is waited for until another has the room', async (t) => {
  const owner = await openNode(t, 'new owner', { has: true })
  const gone = `http://127.0.0.1:${await freePort()}`
  const tried = Date.now()
  const other = await openNode(t, 'other', { elsewhere: () => (Date.now() - tried < 800 ? gone : owner.url) })
  t.match(await ask(other.url), { name: 'new owner' })
})

t.test('a node that stands still is given up as soon as another has the room', async (t) => {
  const still = createServer(() => {}).listen(0, '127.0.0.1')
  await once(still, 'listening')
  t.teardown(() => still.close())
  const owner = await openNode(t, 'new owner', { has: true })
  const tried = Date.now()
  const { port } = still.address() as { port: number }
  const other = await openNode(t, 'other', {
    elsewhere: () => (Date.now() - tried < 800 ? `http://127.0.0.1:${port}` : owner.url),
  })
  t.match(await ask(other.url), { name: 'new owner' })
})

t.test('nobody but a node is believed for whom it asks', async (t) => {
  const forged = [
    `${Date.now()};198.51.100.1;AAAA`,
    `${Date.now()};198.51.100.1;`,
    'nonsense',
    `${Date.now()};198.51.100.1;${Buffer.alloc(32).toString('base64url')}`,
  ]
  const owner = await openNode(t, 'owner', { has: true })
  for (const header of forged)
    t.match(await ask(owner.url, undefined, { headers: { 'x-passed-on': header } }), { status: 200, ip: '127.0.0.1' })
  const stranger = new TextEncoder().encode('another secret that is long enough, too')
  const foreign = await openNode(t, 'foreign', { elsewhere: () => owner.url, behindProxy: true, secret: stranger })
  const headers = { 'x-forwarded-for': '203.0.113.7' }
  t.match(await ask(foreign.url, undefined, { headers }), { ip: '127.0.0.1' }, 'of another installation')
  const now = () => Date.now() - 120_000
  const late = await openNode(t, 'late', { elsewhere: () => owner.url, behindProxy: true, now })
  t.match(await ask(late.url, undefined, { headers }), { ip: '127.0.0.1' }, 'long ago')
})

t.test('a body that is too large to be kept is not passed on', async (t) => {
  const owner = await openNode(t, 'owner', { has: true })
  const other = await openNode(t, 'other', { elsewhere: () => owner.url })
  const answer = await ask(other.url, undefined, { method: 'POST', body: 'x'.repeat(100_000) })
  t.equal(answer.status, 413)
})

t.test('who goes away in the middle is waited for by no node', async (t) => {
  const still = createServer().listen(0, '127.0.0.1')
  await once(still, 'listening')
  t.teardown(() => still.close())
  const { port } = still.address() as { port: number }
  const other = await openNode(t, 'other', { elsewhere: () => `http://127.0.0.1:${port}` })
  const client = connect(Number(new URL(other.url).port), '127.0.0.1')
  client.write(`GET /of/${LESSON} HTTP/1.1\r\nhost: x\r\n\r\n`)
  const [far] = await once(still, 'connection')
  far.resume()
  client.destroy()
  await once(far, 'close')
  t.pass('the other end was told')
})

t.test('a body that is not passed on is not announced either: it would take the next request with it', async (t) => {
  const owner = await openNode(t, 'owner', { has: true })
  const other = await openNode(t, 'other', { elsewhere: () => owner.url })
  const hidden = `GET /plain HTTP/1.1\r\nhost: x\r\n\r\n`
  for (const framing of [`content-length: ${hidden.length}\r\n\r\n`, 'transfer-encoding: chunked\r\n\r\n0\r\n\r\n']) {
    const client = connect(Number(new URL(other.url).port), '127.0.0.1')
    t.teardown(() => client.destroy())
    client.write(`GET /of/${LESSON} HTTP/1.1\r\nhost: x\r\n${framing}`)
    await once(client, 'data')
    t.match(await ask(other.url, `/of/${LESSON}?next`), { status: 200, url: `/of/${LESSON}?next` })
  }
})

t.test('a connection between nodes that breaks takes nothing down but what went over it', async (t) => {
  const breaking = createServer((socket) => {
    socket.once('data', (bytes) => {
      const upgrade = /upgrade: x/i.test(String(bytes))
      socket.write(
        upgrade
          ? 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nfirst words'
          : 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nfirst words',
      )
      socket.once('data', () => socket.resetAndDestroy())
      setTimeout(() => socket.resetAndDestroy(), 200)
    })
  }).listen(0, '127.0.0.1')
  await once(breaking, 'listening')
  t.teardown(() => breaking.close())
  const { port } = breaking.address() as { port: number }
  const other = await openNode(t, 'other', { elsewhere: () => `http://127.0.0.1:${port}` })
  for (const header of ['', 'connection: upgrade\r\nupgrade: x\r\n']) {
    const client = connect(Number(new URL(other.url).port), '127.0.0.1')
    client.on('error', () => {})
    client.write(`GET /of/${LESSON} HTTP/1.1\r\nhost: x\r\n${header}\r\n`)
    let heard = ''
    client.on('data', (bytes) => {
      heard += bytes
    })
    await once(client, 'close')
    t.match(heard, /first words/)
  }
  t.match(await ask(other.url, '/plain'), { name: 'other' })
})
