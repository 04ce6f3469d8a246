import t from 'tap'
import { limits } from '../../signaling/protocol/constants.ts'
import { openClassroom } from '../support/classroom.ts'

t.test(
  'banned words of the operator and of the room are refused, in messages and in questions; staff may write them',
  async (t) => {
    const { enter } = await openClassroom(t, { bannedWords: ['赌博'] })
    const [teacher, student] = [await enter('teacher', 'teacher'), await enter('student')]
    const refused = { code: 'words_refused' }
    await t.rejects(student.request('sendMessage', { text: '来赌 博吧' }), refused)
    await student.request('sendMessage', { text: 'a casino' })
    await teacher.request('changeWords', { words: [' casino ', 'casino'] })
    await t.rejects(student.request('sendMessage', { text: 'a CASINO' }), refused)
    await t.rejects(student.request('askQuestion', { text: 'a casino?', anonymous: false }), refused)
    await teacher.request('sendMessage', { text: 'no casino, please' })
    t.strictSame((await enter('assistant', 'assistant')).joined.snapshot.words, ['casino'])
    t.strictSame((await enter('late')).joined.snapshot.words, [])
    await teacher.request('changeWords', { words: [] })
    await student.request('sendMessage', { text: 'a casino' })
  },
)

t.test(
  'where everything is reviewed, only staff and its author know of a message until it is let through',
  async (t) => {
    const { enter } = await openClassroom(t)
    const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
    await teacher.request('changeSettings', { review: true })
    const { seq: heldSeq, held } = await a.request('sendMessage', { text: 'hello' })
    t.equal(held, true)
    t.match(await teacher.event('textHeld'), {
      seq: heldSeq,
      by: { peerId: 'a' },
      data: { text: 'hello', reason: 'review' },
    })
    await a.event('textHeld')
    t.match((await enter('a')).joined.snapshot, { held: [{ seq: heldSeq }], messages: [] })
    t.strictSame((await enter('late')).joined.snapshot.held, [])
    await teacher.request('decideHeld', { heldSeq, accept: true })
    t.match(await b.event('messageSent'), { by: { peerId: 'a' }, data: { text: 'hello' } })
    t.notOk(b.events.some(({ type }) => type === 'textHeld' || type === 'heldDecided'))
    await t.rejects(teacher.request('decideHeld', { heldSeq, accept: true }), { code: 'not_found' })
    t.match((await enter('later')).joined.snapshot, { held: [], messages: [{ data: { text: 'hello' } }] })
    t.equal((await teacher.request('sendMessage', { text: 'at once' })).held, false)
  },
)

t.test('what staff do not let through is never shown, and its author is told', async (t) => {
  const { enter, roomLog } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  await teacher.request('changeSettings', { review: true })
  const { seq: heldSeq } = await a.request('sendMessage', { text: 'rude' })
  await teacher.request('decideHeld', { heldSeq, accept: false })
  t.match(await a.event('heldDecided'), { data: { heldSeq, accepted: false } })
  t.notOk(roomLog.eventsOf('lesson').some(({ type }) => type === 'messageSent'))
  t.strictSame((await enter('a')).joined.snapshot.held, [])
})

t.test('a held question stays anonymous when it is let through', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
  await teacher.request('changeSettings', { review: true, anonymousQuestions: true })
  const { seq: heldSeq } = await a.request('askQuestion', { text: 'why?', anonymous: true })
  await teacher.request('decideHeld', { heldSeq, accept: true })
  t.match(await b.event('questionAsked'), { by: null, data: { text: 'why?', anonymous: true } })
})

t.test('links and phone numbers pass, wait or are refused, as the room has it', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const text = 'call 138 1234 5678'
  t.equal((await a.request('sendMessage', { text })).held, false)
  await teacher.request('changeSettings', { contacts: 'hold' })
  t.equal((await a.request('sendMessage', { text })).held, true)
  t.match(await teacher.event('textHeld'), { data: { reason: 'contact' } })
  await teacher.request('changeSettings', { contacts: 'refuse' })
  await t.rejects(a.request('sendMessage', { text }), { code: 'contact_refused' })
  await a.request('sendMessage', { text: 'no number' })
})

t.test('an outside moderator decides about what the room lets pass; without its answer words wait', async (t) => {
  const asked: unknown[] = []
  const { enter } = await openClassroom(t, {
    moderator: {
      async judge(said) {
        asked.push(said)
        if (said.text === 'broken') throw new Error('away')
        return said.text === 'bad' ? 'refuse' : said.text === 'odd' ? 'hold' : 'pass'
      },
    },
  })
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  await t.rejects(a.request('sendMessage', { text: 'bad' }), { code: 'words_refused' })
  t.equal((await a.request('sendMessage', { text: 'odd' })).held, true)
  t.equal((await a.request('sendMessage', { text: 'broken' })).held, true)
  t.equal((await a.request('sendMessage', { text: 'fine' })).held, false)
  t.strictSame(asked[0], { roomId: 'lesson', peerId: 'a', text: 'bad' })
  await teacher.request('sendMessage', { text: 'bad' })
  t.equal(asked.length, 4, 'nobody judges staff')
})

t.test('who is muted while their words are judged says nothing', async (t) => {
  const verdict = Promise.withResolvers<'pass'>()
  const judging = Promise.withResolvers<void>()
  const { enter } = await openClassroom(t, {
    moderator: {
      judge() {
        judging.resolve()
        return verdict.promise
      },
    },
  })
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const saying = a.request('sendMessage', { text: 'quick' })
  await judging.promise
  await teacher.request('mutePeer', { peerId: 'a' })
  verdict.resolve('pass')
  await t.rejects(saying, { code: 'muted' })
})

t.test('who is sent out while their words are judged has said nothing', async (t) => {
  const verdict = Promise.withResolvers<'pass'>()
  const judging = Promise.withResolvers<void>()
  const { enter } = await openClassroom(t, {
    moderator: {
      judge() {
        judging.resolve()
        return verdict.promise
      },
    },
  })
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  a.request('sendMessage', { text: 'a last word' }).catch(() => {})
  await judging.promise
  await teacher.request('removePeer', { peerId: 'a' })
  verdict.resolve('pass')
  await a.closed
  await teacher.request('sendMessage', { text: 'on with it' })
  const { messages } = (await enter('late')).joined.snapshot
  t.match(messages, [{ by: { peerId: 'teacher' } }])
})

t.test('nobody fills the desk of those who review', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  await teacher.request('changeSettings', { contacts: 'hold' })
  const text = 'www.example.com'
  for (let count = 0; count < limits.heldTextsOfOne; count++) await a.request('sendMessage', { text })
  await t.rejects(a.request('sendMessage', { text }), { code: 'too_many_requests' })
  await a.request('sendMessage', { text: 'plain' })
})

t.test('a message is reported once by each, to staff alone, until it is deleted or found to be in order', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a, b, c] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b'), await enter('c')]
  const { seq: messageSeq } = await a.request('sendMessage', { text: 'rude' })
  const { seq: other } = await a.request('sendMessage', { text: 'fine' })
  await t.rejects(a.request('reportMessage', { messageSeq }), { code: 'forbidden' })
  await b.request('reportMessage', { messageSeq })
  await t.rejects(b.request('reportMessage', { messageSeq }), { code: 'conflict' })
  await c.request('reportMessage', { messageSeq })
  await c.request('reportMessage', { messageSeq: other })
  await teacher.event('messageReported')
  for (const { events } of [a, b, c]) t.notOk(events.some(({ type }) => type === 'messageReported'))
  t.match((await teacher.request('listReports', {})).reports, [
    { message: { seq: messageSeq, data: { text: 'rude' } }, reporters: 2 },
    { message: { seq: other }, reporters: 1 },
  ])
  await teacher.request('dismissReport', { messageSeq: other })
  await teacher.request('deleteMessage', { messageSeq })
  t.strictSame((await teacher.request('listReports', {})).reports, [])
  t.strictSame((await enter('assistant', 'assistant')).joined.snapshot.reported, [])
})

t.test('staff read who did what for order, with the words it was about, page by page', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const { seq: messageSeq } = await a.request('sendMessage', { text: 'rude' })
  await teacher.request('deleteMessage', { messageSeq })
  await teacher.request('mutePeer', { peerId: 'a' })
  const { acts, about, next } = await teacher.request('listModeration', {})
  t.match(acts, [
    { type: 'peerMuted', by: { peerId: 'teacher' }, data: { peerId: 'a' } },
    { type: 'messageDeleted', by: { peerId: 'teacher' }, data: { messageSeq } },
  ])
  t.match(about, [{ seq: messageSeq, by: { peerId: 'a' }, data: { text: 'rude' } }])
  t.equal(next, null)
  for (let count = 0; count < 60; count++) await teacher.request('changeSettings', { slowModeSeconds: count })
  const first = await teacher.request('listModeration', {})
  const second = await teacher.request('listModeration', { beforeSeq: first.next! })
  t.equal(first.acts.length + second.acts.length, 62)
  t.ok(first.acts.at(-1)!.seq > second.acts[0]!.seq)
  t.equal(second.next, null)
})
