import t from 'tap'
import { openClassroom, until } from '../support/classroom.ts'

t.test('the teacher starts and ends the class, and everyone is told', async (t) => {
  const { enter, roomLog } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  t.equal(student.joined.snapshot.status, 'lobby')
  await teacher.request('startClass', {})
  t.match(await student.event('classStarted'), { by: { peerId: 'teacher' }, mediaMs: Number })
  await teacher.request('endClass', {})
  await student.event('classEnded')
  t.match(await student.closed, { code: 4410 })
  t.match(
    roomLog.eventsOf('lesson').map(({ type }) => type),
    ['peerJoined', 'peerJoined', 'classStarted', 'classEnded'],
  )
})

t.test('a student cannot start a class, nor do what staff does', async (t) => {
  const { enter } = await openClassroom(t)
  await enter('teacher', 'teacher')
  const student = await enter('student')
  await t.rejects(student.request('startClass', {}), { code: 'forbidden' })
  await t.rejects(student.request('endClass', {}), { code: 'forbidden' })
  await t.rejects(student.request('giveFloor', { peerId: 'student' }), { code: 'forbidden' })
  await t.rejects(student.request('mutePeer', { peerId: 'teacher' }), { code: 'forbidden' })
  await t.rejects(student.request('removePeer', { peerId: 'teacher' }), { code: 'forbidden' })
  await t.rejects(student.request('openPoll', { question: 'q', options: ['a', 'b'], multiple: false }), {
    code: 'forbidden',
  })
})

t.test('a class cannot end before it has started', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await t.rejects(teacher.request('endClass', {}), { code: 'conflict' })
})

t.test('a lesson that has ended lets nobody in', async (t) => {
  const { connect, ticketFor, lessons } = await openClassroom(t)
  lessons.set('lesson', 'ended')
  const client = await connect(await ticketFor('student', 'student'))
  await t.rejects(client.join(), { code: 'lesson_ended' })
})

t.test('messages come in one order for all, with one sequence per room', async (t) => {
  const { enter, roomLog } = await openClassroom(t)
  const clients = await Promise.all(['a', 'b', 'c'].map((name) => enter(name)))
  const sent = clients.flatMap((client) =>
    [1, 2, 3].map((n) => client.request('sendMessage', { text: `message ${n}` })),
  )
  const answers = await Promise.all(sent)
  const stored = roomLog.eventsOf('lesson').filter(({ type }) => type === 'messageSent')
  t.equal(stored.length, 9)
  t.strictSame(new Set(answers.map(({ seq }) => seq)), new Set(stored.map(({ seq }) => seq)))
  const all = roomLog.eventsOf('lesson').map(({ seq }) => seq)
  t.strictSame(
    all,
    Array.from({ length: all.length }, (_, index) => index + 1),
  )
  for (const client of clients) {
    await until(() => client.events.length === 9)
    t.strictSame(
      client.events.map(({ seq }) => seq),
      stored.map(({ seq }) => seq),
    )
  }
})

t.test('a message is answered only when it is stored, and the next request does not wait for that', async (t) => {
  const { enter, roomLog } = await openClassroom(t)
  const student = await enter('student')
  roomLog.failing = true
  let answered = false
  const sent = student.request('sendMessage', { text: 'patience' }).then(() => {
    answered = true
  })
  await student.request('ping', {})
  await student.event('messageSent')
  t.notOk(answered)
  roomLog.failing = false
  await sent
  t.ok(roomLog.eventsOf('lesson').some(({ type }) => type === 'messageSent'))
})

t.test('a late joiner is given the last messages without the deleted ones', async (t) => {
  const { enter } = await openClassroom(t)
  const assistant = await enter('assistant', 'assistant')
  for (let n = 1; n <= 12; n++) await assistant.request('sendMessage', { text: `message ${n}` })
  const late = await enter('late')
  const { seq } = late.joined.snapshot.messages[3]!
  await assistant.request('deleteMessage', { messageSeq: seq })
  await late.event('messageDeleted')
  const later = await enter('later')
  t.equal(later.joined.snapshot.messages.length, 11)
  t.notOk(later.joined.snapshot.messages.some((message) => message.seq === seq))
  const { events } = await later.request('listEvents', { beforeSeq: later.joined.snapshot.seq })
  t.notOk(events.some((event) => event.seq === seq))
})

t.test('only staff delete what others said', async (t) => {
  const { enter } = await openClassroom(t)
  const [a, b] = [await enter('a'), await enter('b')]
  const { seq } = await a.request('sendMessage', { text: 'mine' })
  await t.rejects(b.request('deleteMessage', { messageSeq: seq }), { code: 'forbidden' })
  await t.rejects(a.request('deleteMessage', { messageSeq: 999 }), { code: 'not_found' })
  await a.request('deleteMessage', { messageSeq: seq })
  await t.rejects(a.request('deleteMessage', { messageSeq: seq }), { code: 'not_found' })
})

t.test('a student who writes too fast is held back', async (t) => {
  const { enter } = await openClassroom(t)
  const student = await enter('student')
  const sent = await Promise.allSettled(
    Array.from({ length: 10 }, () => student.request('sendMessage', { text: 'spam' })),
  )
  const accepted = sent.filter(({ status }) => status === 'fulfilled').length
  t.ok(accepted >= 5 && accepted < 10, `${accepted} of 10 were accepted`)
})

t.test('a raised hand is seen by staff and its owner only', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, student, other] = [await enter('teacher', 'teacher'), await enter('student'), await enter('other')]
  await student.request('raiseHand', {})
  await Promise.all([teacher.event('handRaised'), student.event('handRaised')])
  await other.request('ping', {})
  t.notOk(other.events.some(({ type }) => type === 'handRaised'))
  t.strictSame((await enter('third')).joined.snapshot.hands, [])
  await t.rejects(student.request('raiseHand', {}), { code: 'conflict' })
  await t.rejects(other.request('lowerHand', { peerId: 'student' }), { code: 'forbidden' })
  await teacher.request('lowerHand', { peerId: 'student' })
  await student.event('handLowered')
})

t.test('the floor lets a student publish, and taking it closes what is published', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, student, other] = [await enter('teacher', 'teacher'), await enter('student'), await enter('other')]
  await teacher.request('startClass', {})
  await other.request('createTransport', { direction: 'recv' })
  await t.rejects(student.request('createTransport', { direction: 'send' }), { code: 'forbidden' })
  await student.request('raiseHand', {})
  await teacher.request('giveFloor', { peerId: 'student' })
  await student.event('floorGiven')
  t.strictSame((await enter('late', 'assistant')).joined.snapshot.hands, [], 'the hand is down')
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  const camera = { transportId, source: 'camera', kind: 'video', rtpParameters: video } as const
  const { producerId } = await student.request('produce', camera)
  await t.rejects(student.request('produce', camera), { code: 'conflict' })
  await t.rejects(student.request('produce', { ...camera, source: 'screen' }), { code: 'forbidden' })
  t.match(await other.notified('newConsumer'), { peerId: 'student', source: 'camera' })
  await teacher.request('takeFloor', { peerId: 'student' })
  t.match(await student.notified('producerClosed'), { producerId })
  await other.notified('consumerClosed')
  await t.rejects(student.request('produce', camera), { code: 'forbidden' })
})

t.test('before the class begins only staff are offered the teacher’s picture', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const [assistant, student] = [await enter('assistant', 'assistant'), await enter('student')]
  for (const viewer of [assistant, student]) await viewer.request('createTransport', { direction: 'recv' })
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  await teacher.request('produce', { transportId, source: 'camera', kind: 'video', rtpParameters: video })
  await assistant.notified('newConsumer')
  await student.request('ping', {})
  t.notOk(student.notifications.some(({ topic }) => topic === 'newConsumer'))
  await teacher.request('startClass', {})
  await student.notified('newConsumer')
})

t.test('all that can be seen is offered in one breath, as soon as all of it is ready', async (t) => {
  const { enter, media } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  await teacher.request('produce', { transportId, source: 'camera', kind: 'video', rtpParameters: video })
  await teacher.request('produce', { transportId, source: 'microphone', kind: 'audio', rtpParameters: audio })
  const room = media.rooms.get('lesson')!
  const { consume } = room
  const slow = Promise.withResolvers<void>()
  room.consume = async (...args) => {
    const consumer = await consume(...args)
    if (consumer?.kind === 'video') await slow.promise
    return consumer
  }
  const student = await enter('student')
  const offered = () => student.notifications.filter(({ topic }) => topic === 'newConsumer').length
  await student.request('createTransport', { direction: 'recv' })
  await until(() => room.consumers.size === 2)
  await student.request('ping', {})
  t.equal(offered(), 0)
  slow.resolve()
  await student.notified('newConsumer', ({ kind }) => kind === 'audio')
  await student.notified('newConsumer', ({ kind }) => kind === 'video')
  t.equal(offered(), 2)
})

t.test('what a media worker is asked for holds up no later request, and is answered when it is done', async (t) => {
  const { enter, media } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  const room = media.rooms.get('lesson')!
  const { connectTransport } = room
  const slow = Promise.withResolvers<void>()
  room.connectTransport = async (...args) => {
    await slow.promise
    return connectTransport(...args)
  }
  const dtlsParameters = { role: 'client' as const, fingerprints: [{ algorithm: 'sha-256' as const, value: 'AB:CD' }] }
  let answered = 0
  const count = () => {
    answered += 1
  }
  const connecting = teacher.request('connectTransport', { transportId, dtlsParameters }).then(count)
  const refused = t.rejects(
    teacher.request('connectTransport', { transportId: 'another', dtlsParameters }).finally(count),
    { code: 'not_found' },
  )
  await teacher.request('ping', {})
  t.equal(answered, 0)
  slow.resolve()
  await Promise.all([connecting, refused])
  t.equal(answered, 2)
})

t.test('a muted student can neither chat nor speak until unmuted', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
  await teacher.request('giveFloor', { peerId: 'student' })
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  const microphone = { transportId, source: 'microphone', kind: 'audio', rtpParameters: audio } as const
  await student.request('produce', microphone)
  await teacher.request('mutePeer', { peerId: 'student' })
  await student.notified('producerClosed')
  await t.rejects(student.request('sendMessage', { text: 'hey' }), { code: 'muted' })
  await t.rejects(student.request('produce', microphone), { code: 'forbidden' })
  await teacher.request('unmutePeer', { peerId: 'student' })
  await student.request('sendMessage', { text: 'thanks' })
  await student.request('produce', microphone)
})

t.test('a removed student is sent out, and no new ticket lets them back in', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t)
  const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
  await teacher.request('removePeer', { peerId: 'student' })
  t.match(await student.closed, { code: 4403 })
  const again = await connect(await ticketFor('student', 'student'))
  await t.rejects(again.join(), { code: 'removed' })
  await t.rejects(teacher.request('removePeer', { peerId: 'teacher' }), { code: 'forbidden' })
})

t.test('a poll counts one vote per person, and its result is shown to all', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
  const { seq: pollSeq } = await teacher.request('openPoll', {
    question: '1 + 1?',
    options: ['2', '3'],
    multiple: false,
  })
  await t.rejects(teacher.request('openPoll', { question: 'q', options: ['a', 'b'], multiple: true }), {
    code: 'conflict',
  })
  await a.request('vote', { pollSeq, choices: [1] })
  await a.request('vote', { pollSeq, choices: [0] })
  await b.request('vote', { pollSeq, choices: [0] })
  await t.rejects(b.request('vote', { pollSeq, choices: [0, 1] }), { code: 'bad_request' })
  await t.rejects(b.request('vote', { pollSeq, choices: [7] }), { code: 'bad_request' })
  await teacher.notified('pollResult', ({ votes, voters }) => votes?.join() === '2,0' && voters === 2)
  t.match((await enter('late')).joined.snapshot.poll, { votes: [2, 0], voters: 2, open: true })
  await teacher.request('closePoll', { pollSeq })
  await t.rejects(a.request('vote', { pollSeq, choices: [1] }), { code: 'conflict' })
  t.match((await enter('a')).joined.snapshot, { choices: [0], poll: { open: false } })
})

t.test('a poll may allow several choices, and then none as well', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const poll = { question: 'What next?', options: ['light', 'lenses', 'colour'], multiple: true }
  const { seq: pollSeq } = await teacher.request('openPoll', poll)
  await a.request('vote', { pollSeq, choices: [0, 2] })
  await teacher.notified('pollResult', ({ votes, voters }) => votes?.join() === '1,0,1' && voters === 1)
  await a.request('vote', { pollSeq, choices: [] })
  await teacher.notified('pollResult', ({ votes }) => votes?.join() === '0,0,0')
})

t.test('who is here comes in pages, and is never pushed', async (t) => {
  const { enter } = await openClassroom(t)
  const names = Array.from({ length: 60 }, (_, index) => `student-${String(index).padStart(2, '0')}`)
  const clients = await Promise.all(names.map((name) => enter(name)))
  const first = await clients[0]!.request('listPeers', {})
  const second = await clients[0]!.request('listPeers', { after: first.next! })
  t.strictSame(
    [...first.peers, ...second.peers].map(({ displayName }) => displayName),
    names,
  )
  t.equal(second.next, null)
  t.match((await clients[0]!.request('listPeers', { search: '-07' })).peers, [{ displayName: 'student-07' }])
  await clients[0]!.notified('audience', ({ online }) => online === 60)
  t.notOk(clients[0]!.events.some(({ type }) => type === 'peerJoined'))
})

t.test('a full room refuses students, but not the teacher', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t, { seats: 1 })
  await enter('a')
  const b = await connect(await ticketFor('b', 'student'))
  await t.rejects(b.join(), { code: 'room_full' })
  await enter('teacher', 'teacher')
})

t.test('a room that was closed is rebuilt from its log', async (t) => {
  const first = await openClassroom(t)
  const teacher = await first.enter('teacher', 'teacher')
  await first.enter('bad')
  await teacher.request('startClass', {})
  await teacher.request('sendMessage', { text: 'remember' })
  await teacher.request('removePeer', { peerId: 'bad' })
  await first.rooms.close()
  const { enter, connect, ticketFor } = await openClassroom(t, { roomLog: first.roomLog, lessons: first.lessons })
  const { snapshot } = (await enter('student')).joined
  t.match(snapshot, { status: 'live', messages: [{ data: { text: 'remember' } }] })
  const bad = await connect(await ticketFor('bad', 'student'))
  await t.rejects(bad.join(), { code: 'removed' })
})

t.test(
  'a room whose log holds other events sends all out, and is rebuilt from the log for those who return',
  async (t) => {
    const { enter, roomLog } = await openClassroom(t)
    const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
    await teacher.request('startClass', {})
    const known = roomLog.eventsOf('lesson').at(-1)!
    const foreign = { ...known, seq: known.seq + 1, type: 'messageSent', data: { text: 'of another node' } } as const
    await roomLog.append('lesson', [foreign])
    await t.rejects(student.request('sendMessage', { text: 'lost' }), { code: 'unavailable' })
    t.match(await Promise.all([teacher.closed, student.closed]), [{ code: 4500 }, { code: 4500 }])
    const again = await enter('student')
    t.match(again.joined.snapshot, { status: 'live', messages: [{ data: { text: 'of another node' } }] })
    t.equal(again.joined.snapshot.messages.length, 1)
    await again.request('sendMessage', { text: 'said again' })
    t.match(roomLog.eventsOf('lesson').at(-1), { data: { text: 'said again' } })
  },
)

const video = {
  codecs: [{ mimeType: 'video/H264', payloadType: 102, clockRate: 90_000 }],
  encodings: [{ ssrc: 1 }],
}
const audio = {
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 2 }],
}

t.test('what hinders the broadcast is told to the teacher while the class is live', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  t.match(await teacher.notified('uplink'), { warnings: ['picture_not_h264'] })
})
