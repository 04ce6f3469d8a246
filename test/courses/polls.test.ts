import { randomUUID } from 'node:crypto'
import t from 'tap'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, lesson, lessons } = business

const quiz = {
  question: 'Which one?',
  options: ['this', 'that'],
  multiple: false,
  kind: 'quiz',
  right: [1],
  seconds: 20,
}
const prepared = (poll: object = quiz) => ({ id: randomUUID(), poll })

async function classToPrepare() {
  const teacher = await person('teacher')
  const { id } = await lesson(teacher.user)
  return { teacher, id, url: `/api/lessons/${id}/polls` }
}

t.test('what the teacher prepares is there for those who teach the class, in its order', async (t) => {
  const { teacher, id, url } = await classToPrepare()
  t.match(await send(app, `GET ${url}`, undefined, teacher), { status: 200, body: { version: 0, polls: [] } })
  const polls = [
    prepared(),
    prepared({ question: 'How was it?', options: ['1', '2'], multiple: false, kind: 'rating' }),
  ]
  const saved = await send(app, `PUT ${url}`, { version: 0, polls }, teacher)
  t.match(saved, { status: 200, body: { version: 1 } })
  const helper = await person()
  await lessons.addAssistant(teacher.user, id, helper.username)
  t.strictSame((await send(app, `GET ${url}`, undefined, helper)).body, { version: 1, polls })
  const turned = await send(app, `PUT ${url}`, { version: 1, polls: polls.toReversed() }, helper)
  t.match(turned, { status: 200, body: { version: 2 } })
  t.match((await send(app, `GET ${url}`, undefined, teacher)).body.polls, polls.toReversed())
})

t.test('who saw another state of them changes nothing', async (t) => {
  const { teacher, url } = await classToPrepare()
  const polls = [prepared()]
  await send(app, `PUT ${url}`, { version: 0, polls }, teacher)
  for (const version of [0, 2])
    t.match(await send(app, `PUT ${url}`, { version, polls: [] }, teacher), {
      status: 409,
      body: { error: { code: 'changed_elsewhere' } },
    })
  t.match((await send(app, `GET ${url}`, undefined, teacher)).body, { version: 1, polls })
})

t.test('a poll that the room would refuse is not prepared', async (t) => {
  const { teacher, url } = await classToPrepare()
  const { right: _, ...without } = quiz
  const one = prepared()
  for (const polls of [
    [prepared(without)],
    [prepared({ ...quiz, right: [2] })],
    [prepared({ ...quiz, kind: 'choice' })],
    [prepared({ ...quiz, options: ['alone'] })],
    [prepared({ ...quiz, seconds: 1 })],
    [one, one],
    Array.from({ length: 51 }, () => prepared()),
  ])
    t.match(await send(app, `PUT ${url}`, { version: 0, polls }, teacher), { status: 400 })
})

t.test('students and other teachers neither see nor change them', async (t) => {
  const { url } = await classToPrepare()
  t.equal((await send(app, `GET ${url}`)).status, 401)
  for (const role of ['student', 'teacher'] as const) {
    const other = await person(role)
    t.match(await send(app, `GET ${url}`, undefined, other), { status: 403 })
    t.match(await send(app, `PUT ${url}`, { version: 0, polls: [prepared()] }, other), { status: 403 })
  }
})
