import t, { type Test } from 'tap'
import { type ClassroomOptions, openClassroom, until } from '../support/classroom.ts'

const rtpParameters = {
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 2 }],
}

async function open(t: Test, options: ClassroomOptions = {}) {
  const room = await openClassroom(t, options)
  const [teacher, student] = [await room.enter('teacher', 'teacher'), await room.enter('student')]
  await teacher.request('startClass', {})
  const media = [...room.media.rooms.values()][0]!
  return { ...room, teacher, student, media }
}

t.test('with the hand up devices stand by: connected, and offered to nobody', async (t) => {
  const { teacher, student, media } = await open(t)
  await teacher.request('createTransport', { direction: 'recv' })
  await t.rejects(student.request('createTransport', { direction: 'send' }), { code: 'forbidden' })
  await student.request('raiseHand', {})
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  const microphone = { transportId, source: 'microphone', kind: 'audio', rtpParameters } as const
  await student.request('produce', microphone)
  await t.rejects(student.request('produce', microphone), { code: 'conflict' })
  await t.rejects(student.request('produce', { ...microphone, source: 'screen', kind: 'video' }), { code: 'forbidden' })
  t.strictSame(media.publications(), [])
  t.equal(media.standby('student').length, 1)
  await teacher.request('giveFloor', { peerId: 'student' })
  const offered = await teacher.notified('newConsumer')
  t.match(offered, { peerId: 'student', source: 'microphone' })
  t.strictSame(media.standby('student'), [])
})

t.test('with the hand goes what stood by', async (t) => {
  const { teacher, student, media } = await open(t)
  const standBy = async () => {
    await student.request('raiseHand', {})
    const { id: transportId } = await student.request('createTransport', { direction: 'send' })
    return student.request('produce', { transportId, source: 'camera', kind: 'video', rtpParameters })
  }
  await standBy()
  await student.request('lowerHand', {})
  t.strictSame(media.standby('student'), [])
  await standBy()
  await teacher.request('lowerAllHands', {})
  t.strictSame(media.standby('student'), [])
  await t.rejects(student.request('createTransport', { direction: 'send' }), { code: 'forbidden' })
})

t.test('a muted student stands by without sound', async (t) => {
  const { teacher, student, media } = await open(t)
  await student.request('raiseHand', {})
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  const microphone = { transportId, source: 'microphone', kind: 'audio', rtpParameters } as const
  await student.request('produce', microphone)
  await teacher.request('mutePeer', { peerId: 'student' })
  t.strictSame(media.standby('student'), [])
  await t.rejects(student.request('produce', microphone), { code: 'forbidden' })
  await student.request('produce', { ...microphone, source: 'camera', kind: 'video' })
})

t.test('only the first hands stand by, however many are up', async (t) => {
  const { enter, student } = await open(t)
  for (let number = 0; number < 16; number++) await (await enter(`early-${number}`)).request('raiseHand', {})
  await student.request('raiseHand', {})
  await t.rejects(student.request('createTransport', { direction: 'send' }), { code: 'forbidden' })
  const first = await enter('early-0')
  await first.request('lowerHand', {})
  await student.request('createTransport', { direction: 'send' })
})

t.test('a raised hand in the broadcast tier stands by as well, without a seat', async (t) => {
  const { enter, media, teacher } = await open(t, { broadcast: true })
  const viewer = await enter('viewer', 'student', 'lesson', 'broadcast')
  await viewer.request('raiseHand', {})
  await t.rejects(viewer.request('createTransport', { direction: 'recv' }), { code: 'conflict' })
  const { id: transportId } = await viewer.request('createTransport', { direction: 'send' })
  await viewer.request('produce', { transportId, source: 'microphone', kind: 'audio', rtpParameters })
  await teacher.request('giveFloor', { peerId: 'viewer' })
  t.match(await viewer.notified('tierChanged'), { tier: 'interactive' })
  await until(() => media.publications().some(({ peerId }) => peerId === 'viewer'))
})
