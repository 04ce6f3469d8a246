import t from 'tap'
import { firstSettings } from '../../signaling/protocol/constants.ts'
import { openClassroom, until } from '../support/classroom.ts'

t.test('a mute for a time ends by itself, and the student knows when', async (t) => {
  let ahead = 0
  const { enter } = await openClassroom(t, { now: () => Date.now() + ahead })
  const [teacher, student, other] = [await enter('teacher', 'teacher'), await enter('student'), await enter('other')]
  await teacher.request('mutePeer', { peerId: 'student', minutes: 10 })
  const { data } = await student.event('peerMuted')
  const mutedUntil = (data as { until: number }).until
  t.ok(Math.abs(mutedUntil - Date.now() - 600_000) < 60_000)
  await t.rejects(student.request('sendMessage', { text: 'hey' }), { code: 'muted' })
  t.match((await enter('student')).joined.snapshot, { muted: ['student'], mutedUntil })
  ahead = 600_000
  const again = await enter('student')
  await again.event('peerUnmuted')
  await again.request('sendMessage', { text: 'thanks' })
  t.equal((await enter('student')).joined.snapshot.mutedUntil, null)
  t.notOk(other.events.some(({ type }) => type === 'peerMuted' || type === 'peerUnmuted'))
})

t.test('a mute may be made longer, but the same one is not given twice', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await enter('student')
  await teacher.request('mutePeer', { peerId: 'student', minutes: 1 })
  await teacher.request('mutePeer', { peerId: 'student' })
  await t.rejects(teacher.request('mutePeer', { peerId: 'student' }), { code: 'conflict' })
  t.equal((await enter('student')).joined.snapshot.mutedUntil, null)
  await t.rejects(teacher.request('mutePeer', { peerId: 'teacher' }), { code: 'forbidden' })
  await t.rejects(teacher.request('mutePeer', { peerId: 'nobody' }), { code: 'not_found' })
})

t.test('while everyone is muted only staff write', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, assistant] = [await enter('teacher', 'teacher'), await enter('assistant', 'assistant')]
  const student = await enter('student')
  await assistant.request('changeSettings', { everyoneMuted: true })
  await student.event('settingsChanged')
  await t.rejects(student.request('sendMessage', { text: 'hey' }), { code: 'all_muted' })
  await t.rejects(student.request('askQuestion', { text: 'why?', anonymous: false }), { code: 'all_muted' })
  await teacher.request('sendMessage', { text: 'listen' })
  await assistant.request('sendMessage', { text: 'please' })
  await teacher.request('changeSettings', { everyoneMuted: false })
  await student.request('sendMessage', { text: 'thanks' })
})

t.test('in slow mode a student waits between two messages, also after coming in again; staff do not', async (t) => {
  let ahead = 0
  const { enter } = await openClassroom(t, { now: () => Date.now() + ahead })
  const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
  await teacher.request('changeSettings', { slowModeSeconds: 30 })
  await student.request('sendMessage', { text: 'one' })
  await t.rejects(student.request('sendMessage', { text: 'two' }), { code: 'slow_mode' })
  const again = await enter('student')
  await t.rejects(again.request('sendMessage', { text: 'two' }), { code: 'slow_mode' })
  await teacher.request('sendMessage', { text: 'one' })
  await teacher.request('sendMessage', { text: 'two' })
  ahead = 30_000
  await again.request('sendMessage', { text: 'two' })
})

t.test('no more students have the floor than the room allows', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await Promise.all(['a', 'b'].map((name) => enter(name)))
  await teacher.request('changeSettings', { speakers: 1 })
  await teacher.request('giveFloor', { peerId: 'a' })
  await t.rejects(teacher.request('giveFloor', { peerId: 'b' }), { code: 'floor_full' })
  await teacher.request('takeFloor', { peerId: 'a' })
  await teacher.request('giveFloor', { peerId: 'b' })
})

t.test('all hands go down at once, and everyone knows', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
  await t.rejects(teacher.request('lowerAllHands', {}), { code: 'conflict' })
  for (const student of [a, b]) await student.request('raiseHand', {})
  await teacher.request('lowerAllHands', {})
  await Promise.all([a.event('handsLowered'), b.event('handsLowered')])
  t.strictSame((await enter('late', 'assistant')).joined.snapshot.hands, [])
  await a.request('raiseHand', {})
})

t.test('staff see who was sent out, by whom, and may let them in again', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t)
  const [teacher, assistant] = [await enter('teacher', 'teacher'), await enter('assistant', 'assistant')]
  const [a, b] = [await enter('a'), await enter('b')]
  await teacher.request('removePeer', { peerId: 'a' })
  await assistant.request('removePeer', { peerId: 'b' })
  await Promise.all([a.closed, b.closed])
  t.match((await teacher.request('listRemoved', {})).removed, [
    { person: { peerId: 'b', displayName: 'b' }, by: { peerId: 'assistant' } },
    { person: { peerId: 'a' }, by: { peerId: 'teacher' } },
  ])
  await assistant.request('readmitPeer', { peerId: 'a' })
  await t.rejects(assistant.request('readmitPeer', { peerId: 'a' }), { code: 'conflict' })
  await enter('a')
  const still = await connect(ticketFor('b', 'student'))
  await t.rejects(still.join(), { code: 'removed' })
  t.match((await teacher.request('listRemoved', {})).removed, [{ person: { peerId: 'b' } }])
})

t.test('what is not given of the settings stays, and a room that is built again has them', async (t) => {
  const first = await openClassroom(t)
  const teacher = await first.enter('teacher', 'teacher')
  t.strictSame(teacher.joined.snapshot.settings, firstSettings)
  await teacher.request('changeSettings', { slowModeSeconds: 5 })
  await teacher.request('changeSettings', { speakers: 2 })
  await t.rejects(teacher.request('changeSettings', { slowModeSeconds: -1 }), { code: 'bad_request' })
  await t.rejects(teacher.request('changeSettings', { unknown: 1 } as never), { code: 'bad_request' })
  await first.rooms.close()
  const { enter } = await openClassroom(t, { roomLog: first.roomLog, lessons: first.lessons })
  t.strictSame((await enter('student')).joined.snapshot.settings, { ...firstSettings, slowModeSeconds: 5, speakers: 2 })
})

t.test('a mute that ended while nobody was there is lifted when the room is built again', async (t) => {
  let ahead = 0
  const now = () => Date.now() + ahead
  const first = await openClassroom(t, { now })
  const teacher = await first.enter('teacher', 'teacher')
  await first.enter('student')
  await teacher.request('mutePeer', { peerId: 'student', minutes: 1 })
  await first.rooms.close()
  ahead = 60_000
  const { enter, roomLog } = await openClassroom(t, { now, roomLog: first.roomLog, lessons: first.lessons })
  const student = await enter('student')
  await until(() => roomLog.eventsOf('lesson').at(-1)?.type === 'peerUnmuted')
  await student.request('sendMessage', { text: 'thanks' })
})
