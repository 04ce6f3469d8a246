import t from 'tap'
import { openClassroom, until } from '../support/classroom.ts'
import { opusParameters } from '../support/rtp.ts'

const microphone = { source: 'microphone', kind: 'audio', rtpParameters: opusParameters() } as const

t.test('a lost socket comes back into its place with its transports', async (t) => {
  const { enter, connect, ticketFor, roomLog } = await openClassroom(t, { resumeGraceMs: 5000 })
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  await teacher.request('startClass', {})
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  const { producerId } = await teacher.request('produce', { transportId, ...microphone })
  await student.request('createTransport', { direction: 'recv' })
  const { id: consumerId } = await student.notified('newConsumer')
  await student.request('resumeConsumer', { consumerId })
  student.socket.terminate()
  await student.closed
  const back = await connect(await ticketFor('student', 'student'))
  const answer = await back.join(student.joined.resumeToken)
  t.match(answer, { resumed: true, standing: { consumers: [{ consumerId }], producers: [] } })
  t.not(answer.resumeToken, student.joined.resumeToken, 'a resume token is good once')
  t.equal(
    roomLog.eventsOf('lesson').filter(({ by, type }) => type === 'peerJoined' && by?.peerId === 'student').length,
    1,
  )
  t.ok(producerId)
})

t.test('a consumer that was never resumed is offered again to one who comes back', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t, { resumeGraceMs: 5000 })
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  await teacher.request('startClass', {})
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  await teacher.request('produce', { transportId, ...microphone })
  await student.request('createTransport', { direction: 'recv' })
  const { id: lost } = await student.notified('newConsumer')
  student.socket.terminate()
  await student.closed
  const back = await connect(await ticketFor('student', 'student'))
  t.strictSame((await back.join(student.joined.resumeToken)).standing.consumers, [])
  t.not((await back.notified('newConsumer')).id, lost)
})

t.test('a consumer that is not resumed in time is closed and offered again, three times at most', async (t) => {
  const { enter } = await openClassroom(t, { offerTimeoutMs: 50 })
  const teacher = await enter('teacher', 'teacher')
  const [student, quick] = [await enter('student'), await enter('quick')]
  await teacher.request('startClass', {})
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  await teacher.request('produce', { transportId, ...microphone })
  for (const viewer of [student, quick]) await viewer.request('createTransport', { direction: 'recv' })
  const { id: consumerId } = await quick.notified('newConsumer')
  await quick.request('resumeConsumer', { consumerId })
  const offered = (client: typeof student) => client.notifications.filter(({ topic }) => topic === 'newConsumer').length
  const closed = () => student.notifications.filter(({ topic }) => topic === 'consumerClosed').length
  await until(() => closed() === 3)
  await new Promise((resolve) => setTimeout(resolve, 150))
  t.equal(offered(student), 3)
  t.equal(offered(quick), 1)
})

t.test('another person’s resume token opens nothing', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t, { resumeGraceMs: 5000 })
  const victim = await enter('victim')
  await victim.request('createTransport', { direction: 'recv' })
  const thief = await connect(await ticketFor('thief', 'student'))
  t.match(await thief.join(victim.joined.resumeToken), { resumed: false, self: { peerId: 'thief' } })
})

t.test('after the grace period the place is given up, with hand and floor', async (t) => {
  const { enter, roomLog } = await openClassroom(t, { resumeGraceMs: 100 })
  const teacher = await enter('teacher', 'teacher')
  const [a, b] = [await enter('a'), await enter('b')]
  await a.request('raiseHand', {})
  await teacher.request('giveFloor', { peerId: 'b' })
  for (const client of [a, b]) client.socket.terminate()
  await teacher.event('handLowered')
  await teacher.event('floorTaken')
  await until(() => roomLog.eventsOf('lesson').filter(({ type }) => type === 'peerLeft').length === 2)
  t.match((await teacher.request('listPeers', {})).peers, [{ peerId: 'teacher' }])
})

t.test('who opens the class elsewhere takes the place over, with hand and floor', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const first = await enter('student')
  await teacher.request('giveFloor', { peerId: 'student' })
  const second = await enter('student')
  t.match(await first.closed, { code: 4409, reason: 'opened_elsewhere' })
  t.match(second.joined, { resumed: false, snapshot: { floor: [{ peerId: 'student' }] } })
  await second.request('createTransport', { direction: 'send' })
})

t.test('of two teachers at once the later one teaches', async (t) => {
  const { enter, media } = await openClassroom(t)
  const first = await enter('teacher', 'teacher')
  await first.request('startClass', {})
  const { id: transportId } = await first.request('createTransport', { direction: 'send' })
  await first.request('produce', { transportId, ...microphone })
  const second = await enter('teacher', 'teacher')
  t.match(await first.closed, { code: 4409 })
  t.strictSame(media.rooms.get('lesson')!.publications(), [], 'what the first one published is closed')
  t.equal(second.joined.snapshot.status, 'live')
})

t.test('the class pauses while the teacher is gone and goes on when the teacher is back', async (t) => {
  const { enter } = await openClassroom(t, { resumeGraceMs: 10_000 })
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  await teacher.request('startClass', {})
  teacher.socket.terminate()
  await student.event('classPaused')
  await enter('teacher', 'teacher')
  await student.event('classResumed')
})

t.test('a short loss of the teacher’s socket pauses nothing', async (t) => {
  const { enter } = await openClassroom(t, { resumeGraceMs: 10_000 })
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  await teacher.request('startClass', {})
  teacher.socket.terminate()
  await teacher.closed
  await enter('teacher', 'teacher')
  await new Promise((resolve) => setTimeout(resolve, 3500))
  t.notOk(student.events.some(({ type }) => type === 'classPaused'))
})

t.test('losing access closes the place at once, and only of the sign-in it is about', async (t) => {
  const { enter, bus, media } = await openClassroom(t)
  const student = await enter('student')
  await student.request('createTransport', { direction: 'recv' })
  await bus.publish('accessRevoked', { userId: 'student', sessionId: 'another', reason: 'signed_out' })
  await student.request('ping', {})
  await bus.publish('accessRevoked', { userId: 'student', sessionId: 'session-student', reason: 'signed_out' })
  t.match(await student.closed, { code: 4401 })
  t.equal(media.rooms.get('lesson')!.standingOf('student').transports, false)
})

t.test('a media reset is told to everyone in the room', async (t) => {
  const { enter, media } = await openClassroom(t)
  const student = await enter('student')
  media.rooms.get('lesson')!.reset()
  await student.notified('mediaReset')
})

t.test('an empty room is closed after a while', async (t) => {
  const { enter, rooms } = await openClassroom(t, { resumeGraceMs: 10 })
  const student = await enter('student')
  await student.request('leave', {})
  await until(() => rooms.onlineIn('lesson') === 0)
  t.equal(rooms.onlineIn('lesson'), 0)
})

t.test('a node that drains tells its clients to come back', async (t) => {
  const { enter, rooms, connect, ticketFor } = await openClassroom(t)
  const student = await enter('student')
  await rooms.close()
  t.match(await student.closed, { code: 4503 })
  const late = await connect(await ticketFor('late', 'student'))
  t.match(await late.closed, { code: 4503 })
})
