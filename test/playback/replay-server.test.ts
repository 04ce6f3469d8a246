import { randomUUID } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { openIngest } from '../../sfu/ingest.ts'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { TestClient } from '../support/client.ts'
import { makePictures, RtpStream } from '../support/made-up-sender.ts'
import { makeAccount, openServer, type TestServer } from '../support/server.ts'

const READY_WITHIN_MS = 10_000

/** What a teacher's browser would send to this room, over loopback. */
async function film(t: Test, server: TestServer, lessonId: string, peerId: string) {
  const pictures = await makePictures('320x180', 300, 30)
  const ingest = await openIngest(server.media.room(lessonId)!, peerId)
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const [video, audio] = [new RtpStream(ingest.video.ssrc, 90_000), new RtpStream(ingest.audio.ssrc, 48_000)]
  let sent = 0
  const sending = setInterval(() => {
    for (const packet of video.picture(performance.now(), pictures[sent++ % pictures.length]!)) {
      packet[1] = (packet[1]! & 0x80) | ingest.video.payloadType
      socket.send(packet, ingest.video.port, ingest.host)
    }
  }, 33)
  const speaking = setInterval(() => {
    const packet = audio.packet(performance.now(), Buffer.from([0xf8, 0xff, 0xfe]), false)
    packet[1] = ingest.audio.payloadType
    socket.send(packet, ingest.audio.port, ingest.host)
  }, 20)
  t.teardown(() => {
    clearInterval(sending)
    clearInterval(speaking)
    socket.close()
    ingest.close()
  })
}

t.test('the replay of a class is there within ten seconds of its end, with what was said in it', async (t) => {
  const server = await openServer()
  t.teardown(() => server.close())
  const { id, displayName, password } = await makeAccount(server, 'teacher', 'Ms Wu', 'teacher')
  const lesson = await server.lessons.create({ id, role: 'teacher' }, { title: 'Lamps', startsAt: Date.now() })
  const signedIn = await server.users.signIn({ username: 'teacher', password }, 'a test')
  const headers = { authorization: `Bearer ${signedIn.signedIn.accessToken}` }
  const user = { id, displayName, role: 'teacher' as const, sessionId: randomUUID() }
  const { url, ticket } = await server.entitlements.ticketFor(user, lesson.id)
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${url}?ticket=${ticket}`, SUBPROTOCOL)
  await once(socket, 'open')
  const teacher = new TestClient(socket)
  await teacher.join()
  await teacher.request('startClass', {})
  await film(t, server, lesson.id, id)
  await teacher.request('sendMessage', { text: 'Good morning' })
  const live = server.media.liveBroadcast(lesson.id)!
  while (((await live.playlist('v0', {})).text.match(/EXTINF/g)?.length ?? 0) < 2)
    await new Promise((resolve) => setTimeout(resolve, 200))

  await teacher.request('endClass', {})
  const endedAt = performance.now()
  const play = () =>
    server.app.inject({
      ...{ method: 'POST', url: `/api/lessons/${lesson.id}/play`, headers },
      payload: { playerId: randomUUID(), takeOver: true },
    })
  let answer = await play()
  while (answer.statusCode !== 200 && performance.now() - endedAt < 2 * READY_WITHIN_MS) {
    t.equal(answer.json().error.code, 'no_replay')
    await new Promise((resolve) => setTimeout(resolve, 100))
    answer = await play()
  }
  const took = Math.round(performance.now() - endedAt)
  t.comment(`ready after ${took} ms`)
  t.ok(took < READY_WITHIN_MS, `after ${took} ms`)
  const replay = answer.json()
  t.match(replay, { kind: 'replay' })
  t.ok(replay.durationMs > 3500, `${replay.durationMs} ms`)
  const at = (path: string) => server.app.inject({ url: replay.url.replace('index.m3u8', path) })
  const playlist = (await at('v0/index.m3u8')).body
  t.match(playlist, /#EXT-X-ENDLIST/)
  for (const [name] of playlist.matchAll(/^\d+\.m4s$/gm)) t.equal((await at(`v0/${name}`)).statusCode, 200)
  const { events } = (await at('events')).json()
  t.match(
    events.filter(({ type }: { type: string }) => type === 'messageSent'),
    [{ data: { text: 'Good morning' }, by: { displayName: 'Ms Wu' } }],
  )
})
