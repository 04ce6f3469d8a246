import { generateKeyPairSync } from 'node:crypto'
import { SignJWT, UnsecuredJWT } from 'jose'
import t from 'tap'
import { MAX_FRAME_BYTES } from '../../signaling/protocol/constants.ts'
import { signTicket } from '../../signaling/ticket.ts'
import { openClassroom, secret } from '../support/classroom.ts'

const person = { peerId: 'p', displayName: 'p', role: 'student' } as const
const ticket = { roomId: 'lesson', sessionId: 's', tier: 'interactive', person } as const

t.test('tickets that are not sound are a 401 before the upgrade', async (t) => {
  const { connect } = await openClassroom(t)
  const claims = { ticket, jti: 'id' }
  const expired = signTicket(ticket, secret, 60, Date.now() - 61_000)
  const forged = signTicket(ticket, new TextEncoder().encode('another secret of the same length'), 60, Date.now())
  const unsigned = new UnsecuredJWT(claims).setAudience('signaling').setExpirationTime('60s').encode()
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rs256 = new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256' })
    .setAudience('signaling')
    .setExpirationTime('60s')
  const hs512 = new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS512' })
    .setAudience('signaling')
    .setExpirationTime('60s')
  const session = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setAudience('api').setExpirationTime('60s')
  const eternal = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setAudience('signaling')
  const tokens = {
    nothing: '',
    nonsense: 'a.b.c',
    expired,
    forged,
    unsigned,
    'of another algorithm': await hs512.sign(new Uint8Array(64)),
    'of an asymmetric algorithm': await rs256.sign(privateKey),
    'made for the API': await session.sign(secret),
    'without an end': await eternal.sign(secret),
    altered: `${signTicket(ticket, secret, 60, Date.now()).slice(0, -4)}AAAA`,
  }
  for (const [name, token] of Object.entries(tokens)) await t.rejects(connect(token), /401/, name)
})

t.test('a ticket opens one socket, once', async (t) => {
  const { connect, ticketFor } = await openClassroom(t)
  const once = await ticketFor('student', 'student')
  await connect(once)
  await t.rejects(connect(once), /401/)
})

t.test('a socket without the subprotocol is refused', async (t) => {
  const { connect, ticketFor } = await openClassroom(t)
  await t.rejects(connect(await ticketFor('student', 'student'), 'jiangtang.v0'), /400/)
})

t.test('a socket that never joins is closed', async (t) => {
  const { connect, ticketFor } = await openClassroom(t, { joinTimeoutMs: 100 })
  const client = await connect(await ticketFor('student', 'student'))
  t.match(await client.closed, { code: 4408 })
})

t.test('nothing but ping is answered before join, and join only once', async (t) => {
  const { connect, ticketFor } = await openClassroom(t)
  const client = await connect(await ticketFor('student', 'student'))
  await client.request('ping', {})
  await t.rejects(client.request('sendMessage', { text: 'hi' }), { code: 'not_joined' })
  await t.rejects(client.request('createTransport', { direction: 'recv' }), { code: 'not_joined' })
  await client.join()
  await t.rejects(client.join(), { code: 'already_joined' })
})

t.test('malformed frames close the socket', async (t) => {
  const { enter } = await openClassroom(t)
  const frames = [
    'not json',
    '[]',
    'null',
    '{}',
    '{"id":"1","method":"ping","data":{}}',
    '{"id":-1,"method":"ping","data":{}}',
  ]
  for (const [index, frame] of frames.entries()) {
    const client = await enter(`student-${index}`)
    client.socket.send(frame)
    t.match(await client.closed, { code: 4400 }, frame)
  }
})

t.test('a binary frame closes the socket', async (t) => {
  const { enter } = await openClassroom(t)
  const client = await enter('student')
  client.socket.send(Buffer.from('{"id":1,"method":"ping","data":{}}'))
  t.match(await client.closed, { code: 4400 })
})

t.test('an oversized frame closes the socket', async (t) => {
  const { enter } = await openClassroom(t)
  const client = await enter('student')
  client.socket.send(JSON.stringify({ id: 1, method: 'sendMessage', data: { text: 'x'.repeat(MAX_FRAME_BYTES) } }))
  t.match(await client.closed, { code: 1009 })
})

t.test('a ticket does not open the socket of another room', async (t) => {
  const { connect, ticketFor } = await openClassroom(t)
  await t.rejects(connect(await ticketFor('student', 'student'), undefined, 'other'), /401/)
})

t.test('a flood closes the socket', async (t) => {
  const { enter } = await openClassroom(t)
  const client = await enter('student')
  for (let n = 0; n < 400; n++) client.socket.send('{"id":1,"method":"ping","data":{}}')
  t.match(await client.closed, { code: 4429 })
})

t.test('a reader that leaves too much unread is dropped, and the others notice nothing', async (t) => {
  const { enter } = await openClassroom(t, { limits: { unreadBytes: 64 * 1024 } })
  const [slow, other, assistant] = [await enter('slow'), await enter('other'), await enter('assistant', 'assistant')]
  slow.socket.pause()
  const text = '讲'.repeat(2000)
  const gone = async () => (await assistant.request('listPeers', { search: 'slow' })).peers[0]?.online !== true
  for (let sent = 0; sent < 400 && !(await gone()); sent++)
    await assistant.request('sendMessage', { text }).catch(() => new Promise((resolve) => setTimeout(resolve, 50)))
  t.ok(await gone())
  await other.request('ping', {})
})

t.test('unknown methods and malformed data never reach a handler', async (t) => {
  const { enter } = await openClassroom(t)
  const client = await enter('student')
  const ask = (method: string, data: unknown) => client.request(method as 'ping', data as Record<string, never>)
  for (const method of ['nope', '', 'toString', '__proto__', 'constructor', 'hasOwnProperty'])
    await t.rejects(ask(method, {}), { code: 'bad_request' }, method)
  const wrong: [string, unknown][] = [
    ['sendMessage', {}],
    ['sendMessage', { text: '' }],
    ['sendMessage', { text: '   ' }],
    ['sendMessage', { text: 'x'.repeat(2001) }],
    ['sendMessage', { text: 7 }],
    ['sendMessage', { text: 'hi', more: true }],
    ['sendMessage', null],
    ['sendMessage', []],
    ['createTransport', { direction: 'sideways' }],
    ['setPreferredLayers', { consumerId: 'c', layers: { spatialLayer: -1 } }],
    ['resumeConsumer', { consumerId: '../../etc' }],
    ['vote', { pollSeq: 1, choices: Array.from({ length: 11 }, () => 0) }],
    ['listEvents', { beforeSeq: 3e9 }],
    ['listPeers', { after: 'x'.repeat(201) }],
    ['join', { rtpCapabilities: { codecs: Array.from({ length: 65 }, () => ({})) } }],
  ]
  for (const [method, data] of wrong) await t.rejects(ask(method, data), { code: 'bad_request' }, JSON.stringify(data))
})

t.test('RTP parameters of nonsense are refused before the media plane', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  const sound = { codecs: [{ mimeType: 'video/H264', payloadType: 102, clockRate: 90_000 }], encodings: [{ ssrc: 1 }] }
  const produce = (rtpParameters: unknown, more = {}) =>
    teacher.request('produce', { transportId, source: 'camera', kind: 'video', rtpParameters, ...more } as never)
  const nonsense: unknown[] = [
    null,
    {},
    { ...sound, codecs: [] },
    { ...sound, encodings: [] },
    { ...sound, encodings: Array.from({ length: 9 }, (_, ssrc) => ({ ssrc: ssrc + 1 })) },
    { ...sound, encodings: [{ ssrc: 2 ** 32 }] },
    { ...sound, encodings: [{ ssrc: 'one' }] },
    { ...sound, encodings: [{ ssrc: 1, codecPayloadType: { valueOf: 1 } }] },
    { ...sound, codecs: [{ ...sound.codecs[0], payloadType: 4096 }] },
    { ...sound, codecs: [{ ...sound.codecs[0], parameters: { deep: { er: 1 } } }] },
    { ...sound, headerExtensions: [{ uri: 'x'.repeat(300), id: 1 }] },
  ]
  for (const parameters of nonsense)
    await t.rejects(produce(parameters), { code: 'bad_request' }, JSON.stringify(parameters))
  await t.rejects(produce(sound, { kind: 'audio' }), { code: 'bad_request' }, 'a camera is not audio')
  await produce(sound)
})

t.test('large malformed data costs no more than small', async (t) => {
  const { enter } = await openClassroom(t)
  const client = await enter('student')
  const startedAt = performance.now()
  for (const choices of [Array.from({ length: 30_000 }, () => 0), Array.from({ length: 20_000 }, () => ({}))])
    await t.rejects(client.request('vote', { pollSeq: 1, choices } as never), { code: 'bad_request' })
  t.ok(performance.now() - startedAt < 2000, 'the event loop is not held up')
})

t.test('leaving and coming back does not refill what one may say', async (t) => {
  const { enter } = await openClassroom(t)
  let accepted = 0
  for (let visit = 0; visit < 4; visit++) {
    const client = await enter('student')
    for (let n = 0; n < 5; n++) {
      const said = await client.request('sendMessage', { text: 'spam' }).catch(() => undefined)
      if (said) accepted += 1
    }
    await client.request('leave', {})
    await client.closed
  }
  t.ok(accepted < 10, `${accepted} of 20`)
})

t.test('who has left can still be muted and removed', async (t) => {
  const { enter, connect, ticketFor } = await openClassroom(t)
  const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
  await student.request('leave', {})
  await student.closed
  await teacher.request('mutePeer', { peerId: 'student' })
  await t.rejects((await enter('student')).request('sendMessage', { text: 'hi' }), { code: 'muted' })
  await teacher.request('removePeer', { peerId: 'student' })
  await t.rejects((await connect(await ticketFor('student', 'student'))).join(), { code: 'removed' })
})

t.test('a floor that is taken while a source comes up leaves nothing on air', async (t) => {
  const { enter, media } = await openClassroom(t)
  const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
  await teacher.request('giveFloor', { peerId: 'student' })
  const { id: transportId } = await student.request('createTransport', { direction: 'send' })
  const rtpParameters = {
    codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 }],
    encodings: [{ ssrc: 9 }],
  }
  const room = media.rooms.get('lesson')!
  const { produce } = room
  room.produce = async (...given) => {
    const publication = await produce(...given)
    await teacher.request('takeFloor', { peerId: 'student' })
    return publication
  }
  const late = student.request('produce', { transportId, source: 'microphone', kind: 'audio', rtpParameters })
  await t.rejects(late, { code: /forbidden|not_found/ })
  t.strictSame(room.publications(), [])
})

t.test('what belongs to others cannot be touched', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const student = await enter('student')
  const elsewhere = await enter('stranger', 'teacher', 'other-lesson')
  const { id: transportId } = await teacher.request('createTransport', { direction: 'send' })
  const rtpParameters = {
    codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 }],
    encodings: [{ ssrc: 9 }],
  }
  const microphone = { source: 'microphone', kind: 'audio', rtpParameters } as const
  const { producerId } = await teacher.request('produce', { transportId, ...microphone })
  for (const intruder of [student, elsewhere]) {
    await t.rejects(intruder.request('closeProducer', { producerId }), { code: 'not_found' })
    await t.rejects(intruder.request('pauseProducer', { producerId }), { code: 'not_found' })
    await t.rejects(intruder.request('restartIce', { transportId }), { code: 'not_found' })
    await t.rejects(intruder.request('resumeConsumer', { consumerId: producerId }), { code: 'not_found' })
  }
  await elsewhere.request('createTransport', { direction: 'recv' })
  await elsewhere.request('ping', {})
  t.notOk(elsewhere.notifications.some(({ topic }) => topic === 'newConsumer'))
  await t.rejects(elsewhere.request('produce', { transportId, ...microphone }), { code: 'not_found' })
})

t.test('nobody asks without end for what costs much to answer', async (t) => {
  const { enter } = await openClassroom(t, { broadcast: true })
  const [student, other] = [await enter('student'), await enter('other')]
  const questions = [
    () => student.request('listPeers', {}),
    () => student.request('listEvents', { beforeSeq: 1 }),
    () => student.request('listStrokes', { page: { fileId: null, number: 1 } }),
    () => student.request('changeTier', { tier: 'broadcast' }),
  ]
  const refused: unknown[] = []
  for (let round = 0; round < 25; round++)
    for (const answer of await Promise.allSettled(questions.map((ask) => ask())))
      if (answer.status === 'rejected') refused.push(answer.reason.code)
  t.ok(refused.length > 10, `${refused.length} of 100`)
  t.strictSame([...new Set(refused)], ['too_many_requests'])
  t.equal((await other.request('listPeers', {})).peers.length, 2)
  await student.request('sendMessage', { text: 'words go on' })
})
