import t from 'tap'
import { connect, makeTicket, startCluster } from '../support/nodes.ts'
import { untilItWorks } from '../support/processes.ts'

const cluster = await startCluster(t)
const [a, b, c] = await Promise.all([cluster.start(), cluster.start(), cluster.start()])

t.test('people who come to different nodes are in one room', async (t) => {
  const { lessonId, teacherId } = await cluster.makeLesson()
  const teacher = await connect(a.url, lessonId, teacherId, 'teacher')
  await teacher.join()
  const students = await Promise.all(
    [a, b, c].map(async ({ url }) => connect(url, lessonId, await cluster.makeStudent())),
  )
  for (const student of students) await student.join()
  await teacher.request('startClass', {})
  for (const [at, student] of students.entries()) await student.request('sendMessage', { text: `from ${at}` })
  for (const client of [teacher, ...students]) {
    await client.notified('events', ({ events }) => events.some(({ data }) => 'text' in data && data.text === 'from 2'))
    const said = client.events.flatMap(({ data }) => ('text' in data ? [data.text] : []))
    t.strictSame(said, ['from 0', 'from 1', 'from 2'])
  }
  for (const { url } of [a, b, c])
    await untilItWorks(async () => {
      const { lesson } = await (await fetch(`${url}/api/lessons/${lessonId}`)).json()
      if (lesson.online !== 4) throw new Error(`a card at ${url} counts ${lesson.online}`)
    })
  const log = await cluster.logOf(lessonId)
  t.strictSame(
    log.map(({ seq }) => seq),
    log.map((_, at) => at + 1),
  )
  for (const client of [teacher, ...students]) client.socket.terminate()
})

t.test('a crowd that comes to all nodes at once, before anybody has the room, finds itself in one', async (t) => {
  const { lessonId } = await cluster.makeLesson()
  const crowd = await Promise.all(
    Array.from({ length: 12 }, async (_, at) => connect([a, b, c][at % 3]!.url, lessonId, await cluster.makeStudent())),
  )
  await Promise.all(crowd.map((client) => client.join()))
  await crowd[0]!.request('sendMessage', { text: 'who is here?' })
  for (const client of crowd) await client.event('messageSent')
  t.pass('all heard the one message')
  for (const client of crowd) client.socket.terminate()
})

t.test('a ticket opens one socket, at whichever node it is shown', async (t) => {
  const { lessonId } = await cluster.makeLesson()
  const first = await connect(a.url, lessonId, await cluster.makeStudent())
  await first.join()
  const id = await cluster.makeStudent()
  const ticket = makeTicket(lessonId, id)
  const student = await connect(b.url, lessonId, id, 'student', ticket)
  await student.join()
  for (const { url } of [a, b, c]) await t.rejects(connect(url, lessonId, id, 'student', ticket), { message: /401/ })
  t.equal(student.socket.readyState, student.socket.OPEN)
  for (const client of [first, student]) client.socket.terminate()
})

t.test('what the room’s node says over HTTP is said by every node', async (t) => {
  const { lessonId, teacherId } = await cluster.makeLesson()
  const teacher = await connect(c.url, lessonId, teacherId, 'teacher')
  await teacher.join()
  await teacher.request('startClass', {})
  const answers = await Promise.all(
    [a, b, c].map(async ({ url }) => {
      const answer = await fetch(`${url}/api/live/${lessonId}.not-a-right/index.m3u8`)
      return { status: answer.status, body: await answer.json(), framing: answer.headers.get('x-frame-options') }
    }),
  )
  for (const answer of answers) t.strictSame(answer, answers[0])
  t.match(answers[0], { status: 401, body: { error: { code: 'unauthorized' } } })
  teacher.socket.terminate()
})
