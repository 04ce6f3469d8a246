import t from 'tap'
import { openClassroom } from '../support/classroom.ts'

const one = { like: 1, applause: 0, heart: 0 }

t.test('what many give is told and kept as numbers, in media time and without names', async (t) => {
  const { enter, roomLog } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  const students = [await enter('a'), await enter('b'), await enter('c')]
  await teacher.request('startClass', {})
  for (const student of students) await student.request('react', { like: 2, applause: 1, heart: 0 })
  const { data, by, mediaMs } = await students[0]!.event('reactionsGiven')
  t.match([data, by], [{ counts: { heart: 0 } }, null])
  t.type(mediaMs, 'number')
  await teacher.event('reactionsGiven')
  const total = () =>
    roomLog
      .eventsOf('lesson')
      .flatMap((event) => (event.type === 'reactionsGiven' ? event.data.counts.like : []))
      .reduce((sum, count) => sum + count, 0)
  await teacher.request('endClass', {})
  t.equal(total(), 6, 'nothing that was given is lost')
  t.ok(roomLog.eventsOf('lesson').filter(({ type }) => type === 'reactionsGiven').length < students.length)
})

t.test('who comes late is told how much was given', async (t) => {
  const { enter } = await openClassroom(t)
  const teacher = await enter('teacher', 'teacher')
  await teacher.request('startClass', {})
  await teacher.request('react', one)
  await teacher.event('reactionsGiven')
  t.match((await enter('late')).joined.snapshot.reactions, one)
})

t.test('nobody gives more often or more at once than a person can, nor before the class is on', async (t) => {
  const { enter } = await openClassroom(t)
  const [teacher, student, other] = [await enter('teacher', 'teacher'), await enter('student'), await enter('other')]
  await t.rejects(student.request('react', one), { code: 'not_live' })
  await teacher.request('startClass', {})
  await t.rejects(student.request('react', { like: 61, applause: 0, heart: 0 }), { code: 'bad_request' })
  await t.rejects(student.request('react', { like: 30, applause: 30, heart: 1 }), { code: 'bad_request' })
  await t.rejects(student.request('react', { ...one, like: -1 }), { code: 'bad_request' })
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => student.request('react', one)))
  const refused = asked.flatMap((each) => (each.status === 'rejected' ? each.reason.code : []))
  t.ok(refused.length > 10 && refused.every((code) => code === 'too_many_requests'))
  await other.request('react', one)
})
