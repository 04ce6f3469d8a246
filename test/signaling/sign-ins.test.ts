import t from 'tap'
import { BROADCAST_DELAY_MS, TRANSIT_MS } from '../../signaling/protocol/constants.ts'
import { openClassroom } from '../support/classroom.ts'

t.test('students sign in once, and staff see who came and who did not', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('lin', 'teacher')
  const [ana, bo] = [await enter('ana'), await enter('bo')]
  const { seq: signInSeq } = await teacher.request('openSignIn', { seconds: 60 })
  t.match((await ana.event('signInOpened')).data, { seconds: 60 })
  await ana.request('signIn', { signInSeq })
  await t.rejects(ana.request('signIn', { signInSeq }), { code: 'conflict' })
  await t.rejects(teacher.request('signIn', { signInSeq }), { code: 'forbidden' })
  await bo.notified('signInCount', ({ count }) => count === 1)
  t.match(await teacher.request('listSignedIn', { signInSeq, who: 'came' }), {
    people: [{ person: { peerId: 'ana' } }],
    total: 1,
    next: null,
  })
  t.match(await teacher.request('listSignedIn', { signInSeq, who: 'missing' }), {
    people: [{ person: { peerId: 'bo' }, at: null }],
    total: 1,
  })
  t.notOk(bo.events.some(({ type }) => type === 'signedIn'))
  t.match((await enter('ana')).joined.snapshot.signIn, { open: true, count: 1, signed: true })
  t.match((await enter('late')).joined.snapshot.signIn, { open: true, count: 1, signed: false })
})

t.test('one sign-in runs at a time, and staff may end it before its time', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, ana] = [await enter('lin', 'teacher'), await enter('ana')]
  const { seq: signInSeq } = await teacher.request('openSignIn', { seconds: 60 })
  await t.rejects(teacher.request('openSignIn', { seconds: 60 }), { code: 'conflict' })
  await teacher.request('closeSignIn', { signInSeq })
  await ana.event('signInClosed')
  await t.rejects(teacher.request('closeSignIn', { signInSeq }), { code: 'conflict' })
  await teacher.request('openSignIn', { seconds: 60 })
})

t.test('its countdown ends it, later for those whose picture is behind, within what a broadcast may be', async (t) => {
  let now = 1_900_000_000_000
  const { enter } = await openClassroom(t, { now: () => now, broadcast: true })
  const [teacher, ana] = [await enter('lin', 'teacher'), await enter('ana')]
  const far = await enter('far', 'student', 'lesson', 'broadcast')
  const farther = await enter('farther', 'student', 'lesson', 'broadcast')
  const { seq: signInSeq } = await teacher.request('openSignIn', { seconds: 20 })
  now += 20_000 + TRANSIT_MS + 1
  await t.rejects(ana.request('signIn', { signInSeq, behindMs: 5000 }), { code: 'time_up' })
  await ana.event('signInClosed')
  await far.request('signIn', { signInSeq, behindMs: 5000 })
  now += BROADCAST_DELAY_MS
  await t.rejects(farther.request('signIn', { signInSeq, behindMs: 900_000 }), { code: 'time_up' })
})
