import t from 'tap'
import { openClassroom } from '../support/classroom.ts'
import { createMemoryRoomLog } from '../support/memory-room-log.ts'

t.test('an answer names the message it answers, and nobody answers what is not there', async (t) => {
  const { enter } = await openClassroom(t)
  const [a, b] = [await enter('a'), await enter('b')]
  const { seq } = await a.request('sendMessage', { text: 'who has the notes?' })
  await b.request('sendMessage', { text: 'me', replyTo: seq })
  t.match((await enter('late')).joined.snapshot.messages, [{ seq }, { data: { text: 'me', replyTo: seq } }])
  await a.request('deleteMessage', { messageSeq: seq })
  await t.rejects(b.request('sendMessage', { text: 'still me', replyTo: seq }), { code: 'not_found' })
  await t.rejects(b.request('sendMessage', { text: 'hm', replyTo: 1 }), { code: 'not_found' })
})

t.test('an answer that was held is still one when it is let through', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const { seq } = await teacher.request('sendMessage', { text: 'any questions?' })
  await teacher.request('changeSettings', { review: true })
  const { seq: heldSeq } = await a.request('sendMessage', { text: 'one', replyTo: seq })
  await teacher.request('decideHeld', { heldSeq, accept: true })
  t.match((await enter('late')).joined.snapshot.messages.at(-1), {
    by: { peerId: 'a' },
    data: { text: 'one', replyTo: seq },
  })
})

t.test('one message stands above the chat, for late joiners too, until it is taken down or deleted', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const { seq: first } = await teacher.request('sendMessage', { text: 'break until ten' })
  const { seq: second } = await a.request('sendMessage', { text: 'the notes are online' })
  const above = async (name: string) => (await enter(name)).joined.snapshot.pinned
  await teacher.request('pinMessage', { messageSeq: first })
  t.match(await a.event('messagePinned'), { data: { pinned: { messageSeq: first, text: 'break until ten' } } })
  await teacher.request('pinMessage', { messageSeq: second })
  t.strictSame(await above('b'), { messageSeq: second, text: 'the notes are online' })
  await a.request('deleteMessage', { messageSeq: second })
  t.equal(await above('c'), null)
  await t.rejects(teacher.request('pinMessage', { messageSeq: second }), { code: 'not_found' })
  await teacher.request('pinMessage', { messageSeq: first })
  await teacher.request('pinMessage', { messageSeq: null })
  t.equal(await above('d'), null)
  await t.rejects(teacher.request('pinMessage', { messageSeq: null }), { code: 'conflict' })
})

t.test('whoever is called by name is named by id, with the place of the name, live and for late joiners', async (t) => {
  const { enter } = await openClassroom(t)
  const [a, b] = [await enter('an'), await enter('anna')]
  const mentions = ['an', 'anna', 'an', 'nobody']
  await b.request('sendMessage', { text: '  hello @anna and @an', mentions })
  const expected = [
    { peerId: 'anna', start: 6, length: 5 },
    { peerId: 'an', start: 16, length: 3 },
  ]
  t.strictSame((await a.event('messageSent')).data, { text: 'hello @anna and @an', mentions: expected })
  t.strictSame((await enter('late')).joined.snapshot.messages[0]?.data, {
    text: 'hello @anna and @an',
    mentions: expected,
  })
  const { seq } = await b.request('sendMessage', { text: 'nobody is called', mentions: ['an'] })
  t.strictSame((await enter('later')).joined.snapshot.messages.find((each) => each.seq === seq)?.data, {
    text: 'nobody is called',
  })
  await t.rejects(b.request('sendMessage', { text: '@an', mentions: Array(6).fill('an') }), { code: 'bad_request' })
})

t.test('a held message still calls whom it called when it is let through', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  await teacher.request('changeSettings', { review: true })
  const { seq: heldSeq } = await a.request('sendMessage', { text: '@teacher please', mentions: ['teacher'] })
  await teacher.request('decideHeld', { heldSeq, accept: true })
  t.strictSame((await teacher.event('messageSent')).data, {
    text: '@teacher please',
    mentions: [{ peerId: 'teacher', start: 0, length: 8 }],
  })
})

t.test('the history of a long chat comes page by page, whole, in order, without what was deleted', async (t) => {
  const roomLog = createMemoryRoomLog()
  const seqs = Array.from({ length: 120 }, (_, line) => line + 1)
  const by = { peerId: 'teacher', displayName: 'teacher', role: 'teacher' as const }
  const lines = seqs.map((seq) => ({
    ...{ seq, at: seq, mediaMs: null, by, type: 'messageSent' as const },
    data: { text: `line ${seq}` },
  }))
  await roomLog.append('lesson', lines)
  const { enter } = await openClassroom(t, { roomLog })
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('deleteMessage', { messageSeq: seqs[10]! })
  const read: number[] = []
  const { snapshot } = (await enter('late')).joined
  read.push(...snapshot.messages.map(({ seq }) => seq))
  for (;;) {
    const { events } = await teacher.request('listEvents', { beforeSeq: read[0]! })
    if (events.length === 0) break
    t.ok(events.length <= 50)
    read.unshift(...events.map(({ seq }) => seq))
  }
  t.strictSame(
    read,
    seqs.filter((seq) => seq !== seqs[10]),
  )
})

const picture = '6f1d0a52-9a3f-4b8e-8d0a-1f2e3d4c5b6a'
const shown = { fileId: picture, width: 400, height: 300 }

t.test('one’s own picture is shown, with words or without, and goes with its message', async (t) => {
  const { enter } = await openClassroom(t, { pictures: { [picture]: 'a' } })
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const { seq } = await a.request('sendMessage', { text: ' ', picture })
  t.strictSame((await teacher.event('messageSent')).data, { text: '', picture: shown })
  await teacher.request('pinMessage', { messageSeq: seq })
  const { messages, pinned } = (await enter('late')).joined.snapshot
  t.strictSame(messages[0]?.data, { text: '', picture: shown })
  t.strictSame(pinned, { messageSeq: seq, text: '', picture: shown })
  await t.rejects(teacher.request('promoteMessage', { messageSeq: seq }), { code: 'bad_request' })
  await teacher.request('deleteMessage', { messageSeq: seq })
  t.match((await enter('later')).joined.snapshot, { messages: [], pinned: null })
  t.strictSame((await a.request('listEvents', { beforeSeq: 1000 })).events, [])
})

t.test('nobody shows another’s picture, or nothing at all, and who is muted shows none', async (t) => {
  const { enter } = await openClassroom(t, { pictures: { [picture]: 'a' } })
  const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
  await t.rejects(b.request('sendMessage', { text: 'look', picture }), { code: 'not_found' })
  await t.rejects(b.request('sendMessage', { text: ' ' }), { code: 'bad_request' })
  await t.rejects(b.request('sendMessage', { text: 'look', picture: '../secret' }), { code: 'bad_request' })
  await teacher.request('mutePeer', { peerId: 'a' })
  await t.rejects(a.request('sendMessage', { text: '', picture }), { code: 'muted' })
})

t.test('staff decide whether pictures of students are shown, wait, or are refused', async (t) => {
  const { enter } = await openClassroom(t, { pictures: { [picture]: 'a' } })
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  await teacher.request('changeSettings', { pictures: 'refuse' })
  await t.rejects(a.request('sendMessage', { text: 'look', picture }), { code: 'pictures_refused' })
  t.equal((await a.request('sendMessage', { text: 'words' })).held, false)
  await teacher.request('changeSettings', { pictures: 'hold' })
  const { seq: heldSeq, held } = await a.request('sendMessage', { text: 'look', picture })
  t.equal(held, true)
  t.match(await teacher.event('textHeld'), { data: { text: 'look', picture: shown, reason: 'picture' } })
  await teacher.request('decideHeld', { heldSeq, accept: true })
  t.strictSame((await enter('late')).joined.snapshot.messages.at(-1)?.data, { text: 'look', picture: shown })
})

t.test('an outside moderator is told where the picture can be seen', async (t) => {
  const asked: object[] = []
  const moderator = {
    judge: async (said: object) => {
      asked.push(said)
      return 'refuse' as const
    },
  }
  const { enter } = await openClassroom(t, { pictures: { [picture]: 'a' }, moderator })
  const a = await enter('a')
  await t.rejects(a.request('sendMessage', { text: '', picture }), { code: 'words_refused' })
  t.strictSame(asked, [{ roomId: 'lesson', peerId: 'a', text: '', pictureUrl: `https://class.example.com/${picture}` }])
})
