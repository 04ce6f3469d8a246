import t, { type Test } from 'tap'
import { BROADCAST_DELAY_MS, TRANSIT_MS } from '../../signaling/protocol/constants.ts'
import type { Data } from '../../signaling/protocol/index.ts'
import { type ClassroomOptions, openClassroom } from '../support/classroom.ts'
import { createMemoryRoomLog } from '../support/memory-room-log.ts'

const quiz: Data<'openPoll'> = {
  question: 'Which lens inverts?',
  options: ['flat', 'convex', 'concave'],
  multiple: false,
  kind: 'quiz',
  results: 'closed',
  right: [1],
}

/** A classroom on a clock of its own, with a teacher and two students in it. */
async function openQuizRoom(t: Test, options: ClassroomOptions = {}) {
  let time = 1_900_000_000_000
  const room = await openClassroom(t, { now: () => time, ...options })
  const teacher = await room.enter('lin', 'teacher')
  const [ana, bo] = [await room.enter('ana'), await room.enter('bo')]
  const pass = (ms: number) => {
    time += ms
  }
  return { ...room, teacher, ana, bo, pass, at: () => time }
}

/** The quiz may have closed itself already. */
const tooLate = async (t: Test, vote: Promise<unknown>) => {
  const code = await vote.then(
    () => 'in time',
    (error: { code: string }) => error.code,
  )
  t.match(code, /^(time_up|conflict)$/)
}

t.test('what is right is told to staff at once, and to students when the quiz is closed', async (t) => {
  const { teacher, ana, enter } = await openQuizRoom(t)
  const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz, preparedId: 'one' })
  t.match((await teacher.event('pollOpened')).data, { right: [1], preparedId: 'one' })
  t.strictSame(Object.keys((await ana.event('pollOpened')).data), ['poll'])
  await ana.request('vote', { pollSeq, choices: [1] })
  t.match((await enter('late')).joined.snapshot, { poll: { right: null, votes: null, voters: 1 }, asked: [] })
  t.match((await enter('aid', 'assistant')).joined.snapshot, { poll: { right: [1], votes: [0, 1, 0] }, asked: ['one'] })
  await teacher.request('closePoll', { pollSeq })
  t.strictSame((await ana.event('pollClosed')).data, { pollSeq, right: [1] })
  t.match((await enter('later')).joined.snapshot.poll, { right: [1], votes: [0, 1, 0] })
  const until = ana.notifications.findIndex(
    ({ topic, data }) => topic === 'events' && JSON.stringify(data).includes('pollClosed'),
  )
  t.notMatch(JSON.stringify(ana.notifications.slice(0, until)), '"right"')
})

t.test('where votes are hidden students are told how many have voted, staff also what', async (t) => {
  const { teacher, ana } = await openQuizRoom(t)
  const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz })
  await ana.request('vote', { pollSeq, choices: [2] })
  t.match(await teacher.notified('pollResult', ({ voters }) => voters === 1), { votes: [0, 0, 1] })
  t.match(await ana.notified('pollResult', ({ voters }) => voters === 1), { votes: null })
  await teacher.request('closePoll', { pollSeq })
  t.match(await ana.notified('pollResult', ({ votes }) => votes !== null), { votes: [0, 0, 1] })
})

t.test('an answer is changed only where that is allowed', async (t) => {
  const { teacher, ana } = await openQuizRoom(t)
  const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz, changeable: false })
  await ana.request('vote', { pollSeq, choices: [2] })
  await t.rejects(ana.request('vote', { pollSeq, choices: [1] }), { code: 'conflict' })
})

t.test('a rating is one of five stars, whatever options came with it', async (t) => {
  const { teacher, ana } = await openQuizRoom(t)
  const { seq: pollSeq } = await teacher.request('openPoll', {
    question: 'How was it?',
    options: ['good', 'bad'],
    multiple: true,
    kind: 'rating',
  })
  t.match((await ana.event('pollOpened')).data, { poll: { options: ['1', '2', '3', '4', '5'], multiple: false } })
  await ana.request('vote', { pollSeq, choices: [4] })
  await teacher.notified('pollResult', ({ votes }) => votes?.join() === '0,0,0,0,1')
})

t.test('a quiz has a right answer among its options, and nothing else has one', async (t) => {
  const { teacher } = await openQuizRoom(t)
  const { right: _, ...without } = quiz
  for (const poll of [
    without,
    { ...quiz, right: [] },
    { ...quiz, right: [3] },
    { ...quiz, right: [0, 1] },
    { ...quiz, multiple: true, right: [1, 1] },
    { ...quiz, kind: 'choice' as const },
  ])
    await t.rejects(teacher.request('openPoll', poll), { code: 'bad_request' })
})

t.test('when time is up no answer counts, and the quiz closes by itself', async (t) => {
  const { teacher, ana, bo, pass } = await openQuizRoom(t)
  const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz, seconds: 10 })
  pass(10_000 + TRANSIT_MS)
  await ana.request('vote', { pollSeq, choices: [1] })
  pass(1)
  await tooLate(t, bo.request('vote', { pollSeq, choices: [1], behindMs: 5000 }))
  t.strictSame((await ana.event('pollClosed')).data, { pollSeq, right: [1] })
})

t.test('whose picture is behind has the same time, from when the question is seen in it', async (t) => {
  const { enter, teacher, ana, pass } = await openQuizRoom(t, { broadcast: true })
  const far = await enter('far', 'student', 'lesson', 'broadcast')
  const farther = await enter('farther', 'student', 'lesson', 'broadcast')
  const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz, seconds: 10 })
  pass(4000)
  await ana.request('vote', { pollSeq, choices: [1], behindMs: 4000 })
  pass(8000 + TRANSIT_MS)
  await far.request('vote', { pollSeq, choices: [1], behindMs: 8000 })
  t.equal(
    ana.events.some(({ type }) => type === 'pollClosed'),
    false,
  )
  pass(10_001)
  await tooLate(t, farther.request('vote', { pollSeq, choices: [1], behindMs: 3_600_000 }))
  await ana.event('pollClosed')
  t.match((await teacher.request('listRanking', {})).quiz?.top, [
    { person: { peerId: 'ana' }, tookMs: 4000, points: 800 },
    { person: { peerId: 'far' }, tookMs: 5000, points: 750 },
  ])
})

t.test('who has seen the question on a seat gains nothing by saying that the picture is behind', async (t) => {
  const { teacher, ana, bo, pass } = await openQuizRoom(t, { broadcast: true })
  const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz, seconds: 60 })
  pass(6000)
  await ana.request('changeTier', { tier: 'broadcast' })
  await ana.request('vote', { pollSeq, choices: [1], behindMs: 6000 })
  await bo.request('vote', { pollSeq, choices: [1], behindMs: 6000 })
  await teacher.request('closePoll', { pollSeq })
  const { quiz: told } = await teacher.request('listRanking', {})
  t.strictSame(
    told?.top.map(({ tookMs }) => tookMs),
    [6000, 6000],
  )
})

t.test('to end a quiz waits for those whose picture is behind; to end it again does not', async (t) => {
  const { enter, teacher, ana, pass } = await openQuizRoom(t, { broadcast: true })
  const far = await enter('far', 'student', 'lesson', 'broadcast')
  const { seq: first } = await teacher.request('openPoll', quiz)
  pass(5000)
  await teacher.request('closePoll', { pollSeq: first })
  await ana.event('pollEnding')
  pass(TRANSIT_MS + 1)
  await t.rejects(ana.request('vote', { pollSeq: first, choices: [1] }), { code: 'time_up' })
  await far.request('vote', { pollSeq: first, choices: [1], behindMs: 4000 })
  pass(BROADCAST_DELAY_MS)
  await ana.event('pollClosed')
  const { seq: second } = await teacher.request('openPoll', quiz)
  pass(1000)
  await teacher.request('closePoll', { pollSeq: second })
  t.match((await enter('late')).joined.snapshot.poll, { open: true })
  await teacher.request('closePoll', { pollSeq: second })
  t.match((await enter('later')).joined.snapshot.poll, { open: false, right: [1] })
})

t.test(
  'the ranking goes by what is right, then by speed, over all quizzes, without staff and those sent out',
  async (t) => {
    const { enter, teacher, ana, bo, pass } = await openQuizRoom(t)
    const aid = await enter('aid', 'assistant')
    const rude = await enter('rude')
    const run = async (answers: [typeof ana, number, number][]) => {
      const { seq: pollSeq } = await teacher.request('openPoll', { ...quiz, seconds: 100 })
      for (const [client, afterMs, choice] of answers) {
        pass(afterMs)
        await client.request('vote', { pollSeq, choices: [choice] })
      }
      t.equal((await ana.request('listRanking', {})).quiz, null, 'nothing is told while it is open')
      await teacher.request('closePoll', { pollSeq })
    }
    await run([
      [aid, 0, 1],
      [rude, 0, 1],
      [bo, 10_000, 1],
      [ana, 10_000, 1],
    ])
    await run([
      [ana, 0, 1],
      [bo, 10_000, 0],
    ])
    await teacher.request('removePeer', { peerId: 'rude' })
    const told = await bo.request('listRanking', {})
    t.match(told.quiz, { top: [{ place: 1, points: 1000, person: { peerId: 'ana' } }], own: null, of: 1 })
    t.match(told.total, {
      top: [
        { place: 1, points: 1900, right: 2, person: { peerId: 'ana' } },
        { place: 2, points: 950, right: 1, person: { peerId: 'bo' } },
      ],
      own: { place: 2 },
      of: 2,
    })
  },
)

t.test('a quiz outlives the server, with its right answer and its end', async (t) => {
  const roomLog = createMemoryRoomLog()
  const first = await openQuizRoom(t, { roomLog })
  await first.teacher.request('openPoll', { ...quiz, seconds: 30 })
  await first.rooms.close()
  const again = await openQuizRoom(t, { roomLog })
  t.match(again.ana.joined.snapshot.poll, { open: true, right: null })
  t.match(again.teacher.joined.snapshot.poll, { open: true, right: [1] })
  again.pass(30_000 + TRANSIT_MS + 1)
  t.match((await again.ana.event('pollClosed')).data, { right: [1] })
})

t.test('the end of the class closes what is open, and tells what was right', async (t) => {
  const { teacher, ana } = await openQuizRoom(t)
  await teacher.request('startClass', {})
  await teacher.request('openPoll', quiz)
  await teacher.request('openSignIn', { seconds: 60 })
  await teacher.request('endClass', {})
  await ana.event('classEnded')
  t.match(
    ana.events.slice(-3).map(({ type }) => type),
    ['pollClosed', 'signInClosed', 'classEnded'],
  )
})
