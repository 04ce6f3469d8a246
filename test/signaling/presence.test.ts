import t from 'tap'
import { openClassroom, until } from '../support/classroom.ts'
import { opusParameters } from '../support/rtp.ts'

const microphone = { source: 'microphone', kind: 'audio', rtpParameters: opusParameters() } as const

t.test('a lost socket comes back into its place with its transports', async (t) => {
  const { enter, connect, ticketFor, roomLog } = await openClassroom(t, { timing: { resumeGraceMs: 5000 } })
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
  const { enter, connect, ticketFor } = await openClassroom(t, { timing: { resumeGraceMs: 5000 } })
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
  const { enter } = await openClassroom(t, { timing: { offerTimeoutMs: 400 } })
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

t.test('a client that no longer answers is taken for gone', async (t) => {
  const { enter } = await openClassroom(t, { limits: { heartbeatMs: 200 }, timing: { resumeGraceMs: 10_000 } })
  const [assistant, silent] = [await enter('assistant', 'assistant'), await enter('silent')]
  silent.socket.removeAllListeners('ping')
  const state = async () => (await assistant.request('listPeers', { search: 'silent' })).peers[0]
  t.match(await state(), { online: true })
  await silent.closed
  t.match(await state(), { online: false }, 'its place waits')
})

t.test('another person’s resume token opens nothing', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t, { timing: { resumeGraceMs: 5000 } })
  const victim = await enter('victim')
  await victim.request('createTransport', { direction: 'recv' })
  const thief = await connect(await ticketFor('thief', 'student'))
  t.match(await thief.join(victim.joined.resumeToken), { resumed: false, self: { peerId: 'thief' } })
})

t.test('after the grace period the place is given up, with hand and floor', async (t) => {
  const { enter, roomLog } = await openClassroom(t, { timing: { resumeGraceMs: 100 } })
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
  const { enter } = await openClassroom(t, { timing: { resumeGraceMs: 10_000 } })
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  await teacher.request('startClass', {})
  teacher.socket.terminate()
  await student.event('classPaused')
  await enter('teacher', 'teacher')
  await student.event('classResumed')
})

t.test('a short loss of the teacher’s socket pauses nothing', async (t) => {
  const { enter } = await openClassroom(t, { timing: { resumeGraceMs: 10_000, teacherGoneMs: 2000 } })
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  await teacher.request('startClass', {})
  teacher.socket.terminate()
  await teacher.closed
  await enter('teacher', 'teacher')
  await new Promise((resolve) => setTimeout(resolve, 2500))
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

t.test('who is banned is out of the room at once, and told so', async (t) => {
  const { enter, bus } = await openClassroom(t)
  const student = await enter('student')
  await bus.publish('accessRevoked', { userId: 'student', reason: 'banned' })
  t.match(await student.closed, { code: 4405 })
})

t.test('a media reset is told to everyone in the room', async (t) => {
  const { enter, media } = await openClassroom(t)
  const student = await enter('student')
  media.rooms.get('lesson')!.reset()
  await student.notified('mediaReset')
})

t.test('a room is closed when nobody is left, or nobody was let in, and can be opened again', async (t) => {
  const { enter, connect, ticketFor, rooms } = await openClassroom(t, { seats: 0, timing: { emptyRoomMs: 100 } })
  const refused = await connect(await ticketFor('student', 'student'))
  await t.rejects(refused.join(), { code: 'room_full' })
  t.equal(rooms.size, 1)
  await until(() => rooms.size === 0)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('leave', {})
  t.match(await teacher.closed, { code: 1000 })
  await until(() => rooms.size === 0)
  t.match((await enter('teacher', 'teacher')).joined, { self: { peerId: 'teacher' } })
})

t.test('who has left can do nothing more on that socket', async (t) => {
  const { enter, roomLog } = await openClassroom(t)
  const student = await enter('student')
  const leaving = student.request('leave', {})
  const after = student.request('raiseHand', {}).catch(() => undefined)
  await leaving
  await after
  await student.closed
  const types = () => roomLog.eventsOf('lesson').map(({ type }) => type)
  await until(() => types().includes('peerLeft'))
  t.equal(
    types().filter((type) => type === 'handRaised').length,
    types().filter((type) => type === 'handLowered').length,
  )
})

t.test('a ticket from before its right was revoked lets nobody in', async (t) => {
  const { bus, connect, ticketFor } = await openClassroom(t)
  const [held, elsewhere] = [await ticketFor('a', 'student'), await ticketFor('b', 'student')]
  const waiting = await connect(await ticketFor('a', 'student'))
  await new Promise((resolve) => setTimeout(resolve, 5))
  await bus.publish('accessRevoked', { userId: 'a', reason: 'role_changed' })
  await t.rejects((await connect(held)).join(), { code: 'unauthorized' })
  await t.rejects(waiting.join(), { code: 'unauthorized' })
  await t.resolves((await connect(elsewhere)).join())
  await t.resolves((await connect(await ticketFor('a', 'student'))).join(), 'a new one does')
})

t.test('a class that the sweep took for abandoned goes on where its teacher is', async (t) => {
  const { enter, lessons } = await openClassroom(t, { timing: { reconcileMs: 50 } })
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  lessons.set('lesson', 'paused')
  await teacher.event('classPaused')
  await teacher.event('classResumed')
  t.equal((await lessons.stateOf('lesson')).status, 'live')
})

t.test('a class that was ended elsewhere sends its people home', async (t) => {
  const { enter, lessons } = await openClassroom(t, { timing: { reconcileMs: 50 } })
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  lessons.set('lesson', 'ended')
  await teacher.event('classEnded')
  t.match(await teacher.closed, { code: 4410 })
})

t.test('a lesson that is cancelled closes its lobby', async (t) => {
  const { enter, lessons } = await openClassroom(t, { timing: { reconcileMs: 50 } })
  const student = await enter('student')
  lessons.cancel('lesson')
  t.match(await student.closed, { code: 4410 })
})

t.test('hands and the floor of people who never came back are given up', async (t) => {
  const first = await openClassroom(t)
  const teacher = await first.enter('teacher', 'teacher')
  const [hand, floor] = [await first.enter('hand'), await first.enter('floor')]
  await hand.request('raiseHand', {})
  await teacher.request('giveFloor', { peerId: floor.joined.self.peerId })
  await first.rooms.close()
  const { enter } = await openClassroom(t, { roomLog: first.roomLog, lessons: first.lessons })
  const back = await enter('teacher', 'teacher')
  t.match(back.joined.snapshot, { hands: [{ peerId: 'hand' }], floor: [{ peerId: 'floor' }] })
  await back.event('handLowered')
  await back.event('floorTaken')
})

t.test('a node that drains tells its clients to come back', async (t) => {
  const { enter, rooms, connect, ticketFor } = await openClassroom(t)
  const student = await enter('student')
  await rooms.close()
  t.match(await student.closed, { code: 4503 })
  const late = await connect(await ticketFor('late', 'student'))
  t.match(await late.closed, { code: 4503 })
  t.equal(rooms.size, 0)
})
