import t from 'tap'
import { openClassroom } from '../support/classroom.ts'

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
