import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { RobotPeer } from '../../src/demo/robot-peer.ts'
import { makeAccount, openServer } from '../support/server.ts'
import { startAiortc } from '../support/webrtc-peer.ts'

const server = await openServer({ BROADCAST: 'true' })
t.teardown(() => server.close())
const teacher = { ...(await makeAccount(server, 'teacher', 'Ms Lamp', 'teacher')), sessionId: 'test' }
const student = { ...(await makeAccount(server, 'student', 'Wick')), sessionId: 'test' }
/** Three layers, as Chromium offers them. */
const SIMULCAST = readFileSync(new URL('../support/chromium-simulcast-offer.sdp', import.meta.url), 'utf8')

async function newLesson() {
  const lesson = await server.lessons.create(teacher, { title: 'Lamps', startsAt: Date.now() + 60_000 })
  const { key } = await server.streaming.makeKey(teacher, lesson.id)
  const url = `${server.url}/whip/${lesson.id}`
  return { lesson, key, url }
}

const post = (url: string, key: string | null, body: string, type = 'application/sdp') =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': type, ...(key !== null && { authorization: `Bearer ${key}` }) },
    body,
  })

async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await look()
    if (found) return found
    await pause(50)
  }
  throw new Error(`never came true: ${look}`)
}

const pathOf = async (user: typeof teacher, lessonId: string) => {
  const { url, ticket } = await server.entitlements.ticketFor(user, lessonId)
  return `${server.url.replace('http', 'ws')}${url}?ticket=${ticket}`
}

t.test('an encoder with the key of a lesson is its teacher’s camera and microphone', async (t) => {
  const { lesson, key, url } = await newLesson()
  const peer = startAiortc(t, 'whip', url, key)
  const { location, sdp } = await peer.hear('answered')
  t.match(location, new RegExp(`^${url}/[0-9a-f-]{36}$`))
  t.match(sdp, /a=recvonly/)
  t.match(sdp, /H264/)
  t.notMatch(sdp, /VP8/)
  await peer.hear('state', ({ state }) => state === 'connected')
  const room = await until(() => server.media.room(lesson.id))
  t.strictSame(
    room
      .publications()
      .map(({ peerId, source }) => [peerId, source])
      .sort(),
    [
      [teacher.id, 'camera'],
      [teacher.id, 'microphone'],
    ],
  )

  const onPage = new RobotPeer(await pathOf(teacher, lesson.id))
  t.teardown(() => onPage.close())
  const { standing, snapshot } = await onPage.joined
  t.strictSame(standing.producers, [], 'the page is not told that it publishes')
  t.equal(snapshot.status, 'lobby')
  await onPage.request('startClass', {})
  const live = await until(() => server.media.liveBroadcast(lesson.id))
  await until(async () => (await live.multivariant()).includes('RESOLUTION=320x240'))

  onPage.close()
  await onPage.closed
  await pause(100)
  t.equal(server.rooms.onlineIn(lesson.id), 1, 'the encoder holds the place when the page is closed')
  peer.stop()
  t.equal((await peer.hear('deleted')).status, 200)
  await until(() => room.publications().length === 0)
  await until(() => server.rooms.onlineIn(lesson.id) === 0)
})

t.test('a key that is reset closes what came in with it, and opens nothing more', async (t) => {
  const { lesson, key, url } = await newLesson()
  const peer = startAiortc(t, 'whip', url, key)
  await peer.hear('state', ({ state }) => state === 'connected')
  const room = await until(() => server.media.room(lesson.id))
  await server.streaming.makeKey(teacher, lesson.id)
  await until(() => room.publications().length === 0)
  t.equal((await post(url, key, SIMULCAST)).status, 401)
})

t.test('a teacher who is banned is closed as an encoder, too', async (t) => {
  const other = { ...(await makeAccount(server, 'other', 'Mr Wax', 'teacher')), sessionId: 'test' }
  const lesson = await server.lessons.create(other, { title: 'Wax', startsAt: Date.now() + 60_000 })
  const { key } = await server.streaming.makeKey(other, lesson.id)
  const url = `${server.url}/whip/${lesson.id}`
  const peer = startAiortc(t, 'whip', url, key)
  await peer.hear('state', ({ state }) => state === 'connected')
  const room = await until(() => server.media.room(lesson.id))
  const operator = await makeAccount(server, 'operator', 'Op', 'operator')
  await server.users.ban({ ...operator, sessionId: 'test' }, other.id, 'trial by fire')
  await until(() => room.publications().length === 0)
  t.equal((await post(url, key, SIMULCAST)).status, 401)
})

t.test('an encoder takes over from another with the same key, and from the page', async (t) => {
  const { lesson, key, url } = await newLesson()
  const first = await post(url, key, SIMULCAST)
  const second = await post(url, key, SIMULCAST)
  t.strictSame([first.status, second.status], [201, 201])
  const room = await until(() => server.media.room(lesson.id))
  t.equal(room.publications().length, 2)
  const gone = await fetch(new URL(first.headers.get('location')!, url), {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}` },
  })
  t.equal(gone.status, 404, 'the first session is over')
})

t.test('layers that are offered are taken, the lowest first', async (t) => {
  const { lesson, key, url } = await newLesson()
  const answer = await post(url, key, SIMULCAST)
  t.equal(answer.status, 201)
  const sdp = await answer.text()
  t.match(sdp, /a=simulcast:recv f;h;q/)
  const room = await until(() => server.media.room(lesson.id))
  const camera = room.publications().find(({ source }) => source === 'camera')
  t.ok(camera)
})

t.test('whoever has no key, another one, or one of another lesson is told 401', async (t) => {
  const [one, other] = [await newLesson(), await newLesson()]
  const answers = await Promise.all([
    post(one.url, null, SIMULCAST),
    post(one.url, 'made-up', SIMULCAST),
    post(one.url, other.key, SIMULCAST),
  ])
  t.strictSame(
    answers.map(({ status, headers }) => [status, headers.get('www-authenticate')]),
    [1, 2, 3].map(() => [401, 'Bearer']),
  )
})

t.test('what is no offer, or none that can be taken whole, is refused by name', async (t) => {
  const { key, url } = await newLesson()
  const status = async (body: string, type?: string) => (await post(url, key, body, type)).status
  t.equal(await status('{}', 'application/json'), 415)
  t.equal(await status('nonsense'), 400)
  t.equal(await status('v=0\r\n'), 406, 'neither picture nor sound')
  t.equal(await status(SIMULCAST.replace(/a=fingerprint:.*\r\n/g, '')), 400)
  t.equal(await status(SIMULCAST.replaceAll('a=sendonly', 'a=recvonly')), 406)
  t.equal(await status(SIMULCAST.replaceAll(/opus/g, 'speex')), 406, 'half of it is not taken')
  t.equal(await status(SIMULCAST.replace(/a=group:BUNDLE.*\r\n/, '')), 406)
  t.equal(await status('x'.repeat(65 * 1024)), 413)
})

t.test('candidates and restarts of ICE come by PATCH under the name of its state', async (t) => {
  const { key, url } = await newLesson()
  const opened = await post(url, key, SIMULCAST)
  const session = new URL(opened.headers.get('location')!, url)
  const etag = opened.headers.get('etag')!
  t.match(etag, /^"[^"]+"$/)
  const patch = (ifMatch: string | null, body: string, type = 'application/trickle-ice-sdpfrag', secret = key) =>
    fetch(session, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${secret}`,
        'content-type': type,
        ...(ifMatch !== null && { 'if-match': ifMatch }),
      },
      body,
    })
  const candidate =
    'a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n'
  const restart = 'a=ice-ufrag:ysXw\r\na=ice-pwd:vw5LmwG4y/e6dPP/zAP9Gp5k\r\n'
  const taken = await patch(etag, candidate)
  t.equal(taken.status, 204)
  t.equal(taken.headers.get('etag'), null)
  t.equal((await patch(null, candidate)).status, 428)
  t.equal((await patch('"another"', candidate)).status, 412)
  t.equal((await patch(etag, candidate, 'application/sdp')).status, 415)
  t.equal((await patch(etag, 'nonsense')).status, 400)
  t.equal((await patch(etag, candidate, undefined, 'another-key')).status, 401)
  const restarted = await patch('*', restart)
  t.equal(restarted.status, 200)
  t.equal(restarted.headers.get('content-type'), 'application/trickle-ice-sdpfrag')
  t.match(await restarted.text(), /a=ice-ufrag:\S+\r\na=ice-pwd:\S+\r\n/)
  const renewed = restarted.headers.get('etag')!
  t.not(renewed, etag)
  t.equal((await patch(etag, candidate)).status, 412, 'the earlier state is over')
  t.equal((await patch(renewed, candidate)).status, 204)
})

t.test('other methods are refused, and OPTIONS tells what there is to pages of anywhere', async (t) => {
  const { url } = await newLesson()
  const asked = async (method: string) => {
    const { status, headers } = await fetch(url, { method })
    return [status, headers.get('allow')]
  }
  t.strictSame(await asked('GET'), [405, 'POST, OPTIONS'])
  t.strictSame(await asked('DELETE'), [405, 'POST, OPTIONS'])
  const { status, headers } = await fetch(url, { method: 'OPTIONS' })
  t.equal(status, 200)
  t.equal(headers.get('accept-post'), 'application/sdp')
  t.equal(headers.get('access-control-allow-origin'), '*')
})

t.test('only the teacher of a lesson makes keys for it', async (t) => {
  const { lesson } = await newLesson()
  await t.rejects(server.streaming.makeKey(student, lesson.id), { code: 'forbidden' })
  await t.rejects(server.streaming.access(student, lesson.id), { code: 'forbidden' })
  const { whipUrl, keyMadeAt } = await server.streaming.access(teacher, lesson.id)
  t.match(whipUrl, `/whip/${lesson.id}`)
  t.type(keyMadeAt, 'number')
  await server.streaming.removeKey(teacher, lesson.id)
  t.equal((await server.streaming.access(teacher, lesson.id)).keyMadeAt, null)
})
