import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { connect, lostOf, makeTicket, startCluster, Visitor } from '../support/nodes.ts'

const SAID = 4

const cluster = await startCluster(t)
const [a, b] = await Promise.all([cluster.start(), cluster.start()])
const { lessonId, teacherId } = await cluster.makeLesson()
const people = [
  new Visitor([a, b], lessonId, teacherId, 'teacher'),
  new Visitor([a, b], lessonId, await cluster.makeStudent()),
  new Visitor([b, a], lessonId, await cluster.makeStudent()),
] as const
const [teacher, here, there] = people
t.teardown(() => people.map((each) => each.leave()))
await teacher.inside()
await teacher.client.request('startClass', {})
for (const each of people) await each.inside()

t.test('without Redis', async (t) => {
  const newcomer = await cluster.makeStudent()
  await cluster.redis.stop()
  // Longer than a lease.
  await pause(4000)

  t.test('a class goes on, for those who came to either node', async (t) => {
    const seqs = [await here.say('from here'), await there.say('from there')]
    for (const each of people)
      await each.client.notified('events', ({ events }) => events.some(({ seq }) => seq === seqs.at(-1)))
    t.strictSame(
      people.map(({ absences }) => absences),
      [[], [], []],
    )
  })

  t.test('one comes into it, at either node, and with each ticket once', async (t) => {
    for (const { url } of [a, b]) {
      const ticket = makeTicket(lessonId, newcomer)
      const client = await connect(url, lessonId, newcomer, 'student', ticket)
      t.match(await client.join(), { snapshot: { status: 'live' } })
      await t.rejects(connect(url, lessonId, newcomer, 'student', ticket), { message: /401/ })
      client.socket.terminate()
    }
  })

  t.test('when it is back, and empty, the class has noticed nothing', async (t) => {
    await cluster.redis.start()
    await there.say('still there')
    const client = await connect(b.url, lessonId, newcomer)
    t.match(await client.join(), { snapshot: { status: 'live' } })
    client.socket.terminate()
    t.strictSame(
      people.map(({ absences }) => absences),
      [[], [], []],
    )
    const other = await cluster.makeLesson()
    const elsewhere = new Visitor([b, a], other.lessonId, other.teacherId, 'teacher')
    await elsewhere.inside()
    t.pass('and further classes are opened')
    elsewhere.leave()
  })
})

t.test('without PostgreSQL the class goes on, and what is said is confirmed when it is back', async (t) => {
  await cluster.postgres.stop()
  let confirmed = 0
  const said = Array.from({ length: SAID }, async (_, at) => {
    const { seq } = (await here.client.request('sendMessage', { text: `unstored ${at}` })) as { seq: number }
    here.stored.set(seq, `unstored ${at}`)
    confirmed += 1
  })
  await there.client.notified('events', ({ events }) =>
    events.some(({ data }) => 'text' in data && data.text === `unstored ${SAID - 1}`),
  )
  await pause(3000)
  t.equal(confirmed, 0, 'all see it, and nobody is told that it is stored')
  await cluster.postgres.start()
  await Promise.all(said)
  await there.say('stored again')
  const { lost, gaps } = await lostOf(cluster, lessonId, [...people])
  t.strictSame({ lost, gaps }, { lost: 0, gaps: 0 })
  t.strictSame(
    people.map(({ absences }) => absences),
    [[], [], []],
  )
})
