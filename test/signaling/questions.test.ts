import t from 'tap'
import { limits } from '../../signaling/protocol/constants.ts'
import { openClassroom } from '../support/classroom.ts'

const ask = (text: string, anonymous = false) => ({ text, anonymous })

t.test('a question is told to everyone, and given to those who come later', async (t) => {
  const { enter } = await openClassroom(t)
  const [a, b] = [await enter('a'), await enter('b')]
  const { seq } = await a.request('askQuestion', ask('  Why is the sky blue? '))
  t.match(await b.event('questionAsked'), { seq, by: { peerId: 'a' }, data: { text: 'Why is the sky blue?' } })
  t.match((await enter('late')).joined.snapshot.questions, [
    { seq, by: { peerId: 'a' }, text: 'Why is the sky blue?', status: 'open', answer: null, votes: 0 },
  ])
})

t.test('where staff allow it, a name is kept from other students, and shown to staff and whoever asked', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, shy, other] = [await enter('teacher', 'teacher'), await enter('shy'), await enter('other')]
  await t.rejects(shy.request('askQuestion', ask('May I?', true)), { code: 'forbidden' })
  await teacher.request('changeSettings', { anonymousQuestions: true })
  t.match(await other.event('settingsChanged'), { data: { settings: { anonymousQuestions: true } } })
  await shy.request('askQuestion', ask('What is a photon?', true))
  t.equal((await other.event('questionAsked')).by, null)
  t.match((await shy.event('questionAsked')).by, { peerId: 'shy' })
  t.match((await teacher.event('questionAsked')).by, { peerId: 'shy' })
  const shownTo = async (name: string, role?: 'assistant') => {
    const { joined } = await enter(name, role)
    t.equal(joined.snapshot.settings.anonymousQuestions, true)
    return joined.snapshot.questions[0]!.by?.peerId ?? null
  }
  t.equal(await shownTo('late'), null)
  t.equal(await shownTo('shy'), 'shy')
  t.equal(await shownTo('helper', 'assistant'), 'shy')
})

t.test('who takes back a question asked without a name stays unknown to other students', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, shy, other] = [await enter('teacher', 'teacher'), await enter('shy'), await enter('other')]
  await teacher.request('changeSettings', { anonymousQuestions: true })
  const { seq: questionSeq } = await shy.request('askQuestion', ask('What is a photon?', true))
  await shy.request('dismissQuestion', { questionSeq })
  t.match(await other.event('questionDismissed'), { by: null, data: { questionSeq } })
  t.notMatch(JSON.stringify(other.events.filter(({ seq }) => seq >= questionSeq)), 'shy')
  t.match((await shy.event('questionDismissed')).by, { peerId: 'shy' })
  t.match((await teacher.event('questionDismissed')).by, { peerId: 'shy' })
})

t.test('each person has one vote for a question of somebody else, and may take it back', async (t) => {
  const { enter } = await openClassroom(t)
  const [a, b, c] = [await enter('a'), await enter('b'), await enter('c')]
  const { seq: questionSeq } = await a.request('askQuestion', ask('Why?'))
  await t.rejects(a.request('voteQuestion', { questionSeq, up: true }), { code: 'forbidden' })
  await b.request('voteQuestion', { questionSeq, up: true })
  await t.rejects(b.request('voteQuestion', { questionSeq, up: true }), { code: 'conflict' })
  await c.request('voteQuestion', { questionSeq, up: true })
  await a.notified('questionVotes', ({ votes }) => votes.some((each) => each.votes === 2))
  await c.request('voteQuestion', { questionSeq, up: false })
  await a.notified('questionVotes', ({ votes }) => votes.some((each) => each.votes === 1))
  t.match((await enter('b')).joined.snapshot, { questions: [{ votes: 1 }], upvoted: [questionSeq] })
  t.strictSame((await enter('c')).joined.snapshot.upvoted, [])
  t.notOk(a.events.some(({ type }) => type === 'questionVoted'))
})

t.test('one question is answered aloud at a time: the one before is answered', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  const { seq: first } = await a.request('askQuestion', ask('one'))
  const { seq: second } = await a.request('askQuestion', ask('two'))
  const states = async () => (await enter('b')).joined.snapshot.questions.map(({ status }) => status)
  await teacher.request('takeQuestion', { questionSeq: first })
  t.strictSame(await states(), ['taken', 'open'])
  await teacher.request('takeQuestion', { questionSeq: second })
  t.strictSame(await states(), ['answered', 'taken'])
  await teacher.request('answerQuestion', { questionSeq: second, text: null })
  await teacher.request('reopenQuestion', { questionSeq: first })
  t.strictSame(await states(), ['open', 'answered'])
  await t.rejects(teacher.request('reopenQuestion', { questionSeq: first }), { code: 'conflict' })
})

t.test(
  'an answer in writing stands under its question, and stays when it is marked as answered once more',
  async (t) => {
    const { enter } = await openClassroom(t)
    const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
    const { seq: questionSeq } = await a.request('askQuestion', ask('one'))
    await teacher.request('answerQuestion', { questionSeq, text: ' Because. ' })
    await teacher.request('answerQuestion', { questionSeq, text: null })
    await t.rejects(b.request('voteQuestion', { questionSeq, up: true }), { code: 'conflict' })
    t.match((await enter('late')).joined.snapshot.questions, [
      { status: 'answered', answer: { text: 'Because.', by: { role: 'teacher' } } },
    ])
  },
)

t.test(
  'a merged question is gone, and its votes and whoever asked it count for the other, each person once',
  async (t) => {
    const { enter } = await openClassroom(t)
    const [teacher, a, b, c] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b'), await enter('c')]
    const { seq: intoSeq } = await a.request('askQuestion', ask('Why blue?'))
    const { seq: questionSeq } = await b.request('askQuestion', ask('Why is it blue?'))
    await a.request('voteQuestion', { questionSeq, up: true })
    await c.request('voteQuestion', { questionSeq, up: true })
    await c.request('voteQuestion', { questionSeq: intoSeq, up: true })
    await t.rejects(teacher.request('mergeQuestion', { questionSeq, intoSeq: questionSeq }), { code: 'bad_request' })
    await teacher.request('mergeQuestion', { questionSeq, intoSeq })
    t.match((await enter('b')).joined.snapshot, {
      questions: [{ seq: intoSeq, votes: 2 }],
      upvoted: [intoSeq],
    })
    t.equal((await enter('late')).joined.snapshot.questions.length, 1)
    await t.rejects(c.request('voteQuestion', { questionSeq, up: false }), { code: 'not_found' })
  },
)

t.test('whoever asked may take a question back, and staff may dismiss it; other students may not', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
  const { seq: own } = await a.request('askQuestion', ask('one'))
  const { seq: rude } = await a.request('askQuestion', ask('two'))
  await t.rejects(b.request('dismissQuestion', { questionSeq: own }), { code: 'forbidden' })
  await a.request('dismissQuestion', { questionSeq: own })
  await teacher.request('dismissQuestion', { questionSeq: rude })
  t.strictSame((await enter('late')).joined.snapshot.questions, [])
  await t.rejects(teacher.request('takeQuestion', { questionSeq: own }), { code: 'not_found' })
})

t.test('staff make a question of a message by whoever said it; it goes when the message is deleted', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a, b] = [await enter('teacher', 'teacher'), await enter('a'), await enter('b')]
  const { seq: messageSeq } = await a.request('sendMessage', { text: 'is light a wave?' })
  await t.rejects(a.request('promoteMessage', { messageSeq }), { code: 'forbidden' })
  await teacher.request('promoteMessage', { messageSeq })
  t.match(await b.event('questionAsked'), { by: { peerId: 'a' }, data: { messageSeq, text: 'is light a wave?' } })
  await t.rejects(teacher.request('promoteMessage', { messageSeq }), { code: 'conflict' })
  await a.request('deleteMessage', { messageSeq })
  t.strictSame((await enter('late')).joined.snapshot.questions, [])
  await t.rejects(teacher.request('promoteMessage', { messageSeq }), { code: 'not_found' })
})

t.test('a muted student asks nothing', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, a] = [await enter('teacher', 'teacher'), await enter('a')]
  await teacher.request('mutePeer', { peerId: 'a' })
  await t.rejects(a.request('askQuestion', ask('one')), { code: 'muted' })
})

t.test('nobody has more questions waiting than anyone would read', async (t) => {
  const { enter } = await openClassroom(t)
  const a = await enter('a')
  for (let count = 0; count < limits.openQuestionsOfOne; count++) await a.request('askQuestion', ask(`${count}`))
  await t.rejects(a.request('askQuestion', ask('one more')), { code: 'questions_full' })
  for (let other = 0; other < limits.openQuestions / limits.openQuestionsOfOne - 1; other++) {
    const asker = await enter(`asker-${other}`)
    for (let count = 0; count < limits.openQuestionsOfOne; count++) await asker.request('askQuestion', ask(`${count}`))
  }
  await t.rejects((await enter('b')).request('askQuestion', ask('one more')), { code: 'questions_full' })
})
