import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { RobotPeer } from '../../src/demo/robot-peer.ts'
import { makeAccount, openServer } from '../support/server.ts'
import { type ForeignPeer, startAiortc } from '../support/webrtc-peer.ts'

const server = await openServer({ BROADCAST: 'false', ROOM_SEATS: '3' })
t.teardown(() => server.close())
const teacher = { ...(await makeAccount(server, 'teacher', 'Ms Lamp', 'teacher')), sessionId: 'test' }
const student = { ...(await makeAccount(server, 'student', 'Wick')), sessionId: 'test' }
const lesson = await server.lessons.create(teacher, { title: 'Lamps', startsAt: Date.now() + 60_000 })
const whip = `${server.url}/whip/${lesson.id}`
const whep = `${server.url}/whep/${lesson.id}`
const { key } = await server.streaming.makeKey(teacher, lesson.id)

const ticketOf = async (user: typeof teacher) => (await server.entitlements.ticketFor(user, lesson.id)).ticket
const socketOf = async (user: typeof teacher) => {
  const { url, ticket } = await server.entitlements.ticketFor(user, lesson.id)
  const peer = new RobotPeer(`${server.url.replace('http', 'ws')}${url}?ticket=${ticket}`)
  t.teardown(() => peer.close())
  await peer.joined
  return peer
}
const post = (ticket: string, body = 'v=0\r\n') =>
  fetch(whep, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp', authorization: `Bearer ${ticket}` },
    body,
  })
async function until(look: () => boolean) {
  for (let tries = 0; tries < 600; tries++) {
    if (look()) return
    await pause(50)
  }
  throw new Error(`never came true: ${look}`)
}

const page = await socketOf(teacher)

t.test('a player is told to come again while nothing is shown, and its ticket is used up', async (t) => {
  const ticket = await ticketOf(student)
  const answer = await post(ticket)
  t.equal(answer.status, 409)
  t.equal(answer.headers.get('retry-after'), '5')
  t.equal((await answer.json()).error.code, 'not_live')
  t.equal((await post(ticket)).status, 401, 'a ticket is good for one session')
  t.equal((await post('made-up')).status, 401)
  t.equal((await post(key)).status, 401, 'a stream key is no ticket')
  t.equal((await post(await ticketOf(teacher))).status, 403, 'teachers watch on their page')
})

let encoder: ForeignPeer

t.test('a player whose WebRTC is not ours sees and hears the class', async (sub) => {
  await page.request('startClass', {})
  encoder = startAiortc(t, 'whip', whip, key)
  await encoder.hear('state', ({ state }) => state === 'connected')
  const player = startAiortc(sub, 'whep', whep, await ticketOf(student))
  const { location, sdp } = await player.hear('answered')
  sub.match(location, new RegExp(`^${whep}/[0-9a-f-]{36}$`))
  sub.match(sdp, /a=sendonly/)
  const [picture] = await Promise.all([
    player.hear('media', ({ kind, frames }) => kind === 'video' && frames === 25),
    player.hear('media', ({ kind, frames }) => kind === 'audio' && frames === 25),
  ])
  sub.equal(picture.width, 320)
  sub.equal(server.rooms.onlineIn(lesson.id), 2, 'it has a place in the room')
  player.stop()
  sub.equal((await player.hear('deleted')).status, 200)
  await until(() => server.rooms.onlineIn(lesson.id) === 1)
})

t.test('two kinds of players, each with numbers of its own, are served beside pages', async (t) => {
  const other = { ...(await makeAccount(server, 'other', 'Flint')), sessionId: 'test' }
  const [one, two] = [
    startAiortc(t, 'whep', whep, await ticketOf(student)),
    startAiortc(t, 'whep', whep, await ticketOf(other)),
  ]
  for (const player of [one, two]) await player.hear('media', ({ kind, frames }) => kind === 'video' && frames === 25)
  await until(() => server.rooms.onlineIn(lesson.id) === 3)
  const late = { ...(await makeAccount(server, 'late', 'Soot')), sessionId: 'test' }
  const full = await post(await ticketOf(late))
  t.equal(full.status, 409)
  t.equal((await full.json()).error.code, 'room_full', 'the seats are the room’s')
  for (const player of [one, two]) player.stop()
  await Promise.all([one.exited, two.exited])
  await until(() => server.rooms.onlineIn(lesson.id) === 1)
})

t.test('a player is closed when its right ends', async (t) => {
  const guest = { ...(await makeAccount(server, 'guest', 'Tinder')), sessionId: 'test' }
  const player = startAiortc(t, 'whep', whep, await ticketOf(guest))
  await player.hear('media', ({ kind }) => kind === 'video')
  const operator = await makeAccount(server, 'operator', 'Op', 'operator')
  await server.users.ban({ ...operator, sessionId: 'test' }, guest.id, 'noise')
  await until(() => server.rooms.onlineIn(lesson.id) === 1)
  player.stop()
  t.equal((await player.hear('deleted')).status, 404, 'its session is over')
})

t.test('whoever opens the class on a page has it on no player', async (t) => {
  const player = startAiortc(t, 'whep', whep, await ticketOf(student))
  await player.hear('media', ({ kind }) => kind === 'video')
  const onPage = await socketOf(student)
  player.stop()
  t.equal((await player.hear('deleted')).status, 404)
  t.equal(server.rooms.onlineIn(lesson.id), 2)
  onPage.close()
  await onPage.closed
})

t.test('a player is closed when the teacher shows something else, and asks anew', async (t) => {
  const player = startAiortc(t, 'whep', whep, await ticketOf(student))
  await player.hear('media', ({ kind }) => kind === 'video')
  encoder.stop()
  await encoder.exited
  await until(() => server.media.room(lesson.id)!.publications().length === 0)
  player.stop()
  t.equal((await player.hear('deleted')).status, 404)
  t.equal((await post(await ticketOf(student))).status, 409)
})
