import t from 'tap'
import { openClassroom } from '../support/classroom.ts'
import { opusParameters } from '../support/rtp.ts'

const microphone = { source: 'microphone', kind: 'audio', rtpParameters: opusParameters() } as const

t.test('a full room gives the broadcast to those who come, who count as online and take no seat', async (t) => {
  const { enter } = await openClassroom(t, { seats: 1, broadcast: true })
  const first = await enter('first')
  t.match(first.joined, { tier: 'interactive', broadcast: true })
  for (const name of ['second', 'third']) t.equal((await enter(name)).joined.tier, 'broadcast')
  t.equal((await enter('teacher', 'teacher')).joined.tier, 'interactive')
  await first.notified('audience', ({ online }) => online === 4)
})

t.test('who wishes for the broadcast leaves the seat to another', async (t) => {
  const { enter } = await openClassroom(t, { seats: 1, broadcast: true })
  t.equal((await enter('modest', 'student', 'lesson', 'broadcast')).joined.tier, 'broadcast')
  t.equal((await enter('other')).joined.tier, 'interactive')
})

t.test('where a class is not broadcast the wish for it gets a seat', async (t) => {
  const { enter } = await openClassroom(t, { seats: 1 })
  const student = await enter('student', 'student', 'lesson', 'broadcast')
  t.match(student.joined, { tier: 'interactive', broadcast: false })
  t.strictSame(await student.request('changeTier', { tier: 'broadcast' }), { tier: 'interactive' })
})

t.test('a place of the broadcast tier opens no transports and is offered nothing', async (t) => {
  const { enter, media } = await openClassroom(t, { broadcast: true })
  const teacher = await enter('teacher', 'teacher')
  const [far, near] = [await enter('far', 'student', 'lesson', 'broadcast'), await enter('near')]
  await teacher.request('startClass', {})
  await t.rejects(far.request('createTransport', { direction: 'recv' }), { code: 'conflict' })
  await near.request('createTransport', { direction: 'recv' })
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  await teacher.request('produce', { transportId, ...microphone })
  await near.notified('newConsumer')
  t.strictSame(
    [...media.rooms.get('lesson')!.consumers.values()].map(({ peerId }) => peerId),
    ['near'],
  )
})

t.test('who moves down gives the seat up with its transports, and gets it back while it is free', async (t) => {
  const { enter, media } = await openClassroom(t, { seats: 1, broadcast: true })
  const student = await enter('student')
  await student.request('createTransport', { direction: 'recv' })
  t.strictSame(await student.request('changeTier', { tier: 'broadcast' }), { tier: 'broadcast' })
  t.equal(media.rooms.get('lesson')!.standingOf('student').transports, false)
  t.strictSame(await student.request('changeTier', { tier: 'interactive' }), { tier: 'interactive' })
  await student.request('createTransport', { direction: 'recv' })
  await student.request('changeTier', { tier: 'broadcast' })
  const quicker = await enter('quicker')
  t.equal(quicker.joined.tier, 'interactive')
  t.strictSame(await student.request('changeTier', { tier: 'interactive' }), { tier: 'broadcast' })
  await quicker.request('leave', {})
  await student.notified('audience', ({ online }) => online === 1)
  t.strictSame(await student.request('changeTier', { tier: 'interactive' }), { tier: 'interactive' })
})

t.test('who comes back as the viewer of a broadcast has no transports left to take up', async (t) => {
  const { enter, connect, ticketFor, media } = await openClassroom(t, { broadcast: true })
  const student = await enter('student')
  await student.request('createTransport', { direction: 'recv' })
  student.socket.terminate()
  await student.closed
  const back = await connect(await ticketFor('student', 'student'))
  t.match(await back.join(student.joined.resumeToken, 'broadcast'), { tier: 'broadcast', resumed: false })
  t.equal(media.rooms.get('lesson')!.standingOf('student').transports, false)
})

t.test('who is given the floor is moved up first, in a full room too, and may publish', async (t) => {
  const { enter } = await openClassroom(t, { seats: 1, broadcast: true })
  const teacher = await enter('teacher', 'teacher')
  await enter('seated')
  const student = await enter('student')
  t.equal(student.joined.tier, 'broadcast')
  await teacher.request('giveFloor', { peerId: 'student' })
  await student.event('floorGiven')
  const told = student.notifications.map(({ topic }) => topic)
  t.ok(told.indexOf('tierChanged') >= 0 && told.indexOf('tierChanged') < told.indexOf('events'))
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  t.ok((await student.request('produce', { transportId, ...microphone })).producerId)
})

t.test('who moves down gives the floor back', async (t) => {
  const { enter } = await openClassroom(t, { broadcast: true })
  const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
  await teacher.request('giveFloor', { peerId: 'student' })
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  await student.request('produce', { transportId, ...microphone })
  await student.request('changeTier', { tier: 'broadcast' })
  t.match(await teacher.event('floorTaken'), { by: { peerId: 'student' }, data: { peerId: 'student' } })
  await t.rejects(student.request('produce', { transportId, ...microphone }), { code: 'forbidden' })
})

t.test('a teacher stays where one can publish', async (t) => {
  const { enter } = await openClassroom(t, { broadcast: true })
  const teacher = await enter('teacher', 'teacher', 'lesson', 'broadcast')
  t.equal(teacher.joined.tier, 'interactive')
  t.strictSame(await teacher.request('changeTier', { tier: 'broadcast' }), { tier: 'interactive' })
})

t.test('those who fetch the broadcast are counted beside those in the room', async (t) => {
  const { enter, viewers } = await openClassroom(t, { broadcast: true })
  viewers.set('lesson', 7)
  viewers.set('another', 1)
  const student = await enter('student')
  t.match(student.joined.snapshot.audience, { online: 1, broadcastViewers: 7 })
  viewers.set('lesson', 8)
  await student.notified('audience', ({ online, broadcastViewers }) => online === 1 && broadcastViewers === 8)
})
