import { parse } from 'csv-parse/sync'
import t from 'tap'
import { entitlements } from '../../db/schema.ts'
import type { EventData } from '../../signaling/protocol/events.ts'
import { createDatabaseRoomLog } from '../../src/adapters/database-room-log.ts'
import { classPersonalData } from '../../src/courses/personal-data.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { personOf, writeClass } from '../support/logged-class.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const roomLog = createDatabaseRoomLog(db)
const shelf = createShelf(db, business.now)
const teacher = await business.person('teacher')
const lecturer = personOf('lin', 'teacher')

const quiz: EventData<'pollOpened'>['poll'] = {
  question: '=Which?',
  options: ['this', 'that'],
  multiple: false,
  kind: 'quiz',
  seconds: 10,
}

/** Ana, Bo and Cui are there, Dan has the course and is not. */
async function classWithAnswers() {
  const course = await shelf.course(teacher.id)
  const lesson = await shelf.lesson(course, { status: 'live', startedAt: business.now() })
  const dan = await business.person('student')
  const right = { userId: dan.id, courseId: course.id, startsAt: business.now(), createdAt: business.now() }
  await db.insert(entitlements).values(right)
  const [ana, bo, cui] = [personOf('Ana'), personOf('+Bo'), personOf('Cui')]
  const { events, log } = writeClass()
  for (const person of [ana, bo, cui, lecturer]) log('peerJoined', person, {})
  const first = log('pollOpened', lecturer, { poll: quiz, right: [1] })
  log('pollVoted', ana, { pollSeq: first, choices: [0], tookMs: 1000 })
  log('pollVoted', bo, { pollSeq: first, choices: [0], tookMs: 1500 })
  log('pollVoted', ana, { pollSeq: first, choices: [1], tookMs: 2000 })
  log('pollClosed', null, { pollSeq: first, right: [1] })
  const second = log('pollOpened', lecturer, {
    poll: { question: 'How was it?', options: ['1', '2', '3', '4', '5'], multiple: false, kind: 'rating' },
  })
  log('pollVoted', bo, { pollSeq: second, choices: [4], tookMs: 900 })
  const signInSeq = log('signInOpened', lecturer, { seconds: 60 })
  log('signedIn', ana, { signInSeq })
  await roomLog.append(lesson.id, events)
  return { lesson, first, dan, ana }
}

const table = async (path: string) => {
  const { status, body } = await send(app, `GET ${path}`, undefined, teacher)
  t.equal(status, 200)
  return parse(body, { bom: true }) as string[][]
}

t.test('the answers of a class are one line for each student who was there', async (t) => {
  const { lesson } = await classWithAnswers()
  t.strictSame(await table(`/api/lessons/${lesson.id}/polls.csv`), [
    ['姓名 Name', '1. =Which?', '2. How was it?', '答对 Right', '得分 Points'],
    ["'+Bo", 'this ✗', '5 ★', '0', '0'],
    ['Ana', 'that ✓', '', '1', '900'],
    ['Cui', '', '', '0', '0'],
  ])
})

t.test('the answers to one poll come with their time, and without a formula', async (t) => {
  const { lesson, first } = await classWithAnswers()
  const rows = await table(`/api/lessons/${lesson.id}/polls.csv?poll=${first}`)
  t.strictSame(rows.slice(1), [
    ["'=Which?", "'+Bo", 'this', '✗', '1.5', '0', '0:00:07'],
    ["'=Which?", 'Ana', 'that', '✓', '2.0', '900', '0:00:08'],
  ])
  t.equal((await send(app, `GET /api/lessons/${lesson.id}/polls.csv?poll=999`, undefined, teacher)).status, 404)
})

t.test(
  'of a sign-in one sees who came, who was there without it, and who has the course and was not there',
  async (t) => {
    const { lesson, dan } = await classWithAnswers()
    const rows = await table(`/api/lessons/${lesson.id}/sign-ins.csv`)
    t.strictSame(rows.slice(1), [
      ["'+Bo", '是 Yes', '未签到 Missed'],
      ['Ana', '是 Yes', '已签到 Signed in (0:00:13)'],
      ['Cui', '是 Yes', '未签到 Missed'],
      [dan.displayName, '否 No', '未签到 Missed'],
    ])
  },
)

t.test('assistants are given them, students and other teachers are not', async (t) => {
  const { lesson } = await classWithAnswers()
  const helper = await business.person()
  await business.lessons.addAssistant(teacher.user, lesson.id, helper.username)
  const others = [await business.person(), await business.person('teacher')]
  for (const name of ['polls', 'sign-ins']) {
    const path = `GET /api/lessons/${lesson.id}/${name}.csv`
    t.equal((await send(app, path, undefined, helper)).status, 200)
    t.equal((await send(app, path)).status, 401)
    for (const person of others) t.equal((await send(app, path, undefined, person)).status, 403)
  }
})

t.test('one’s own answers are in what one takes along, and by nobody once one has left', async (t) => {
  const { lesson, ana } = await classWithAnswers()
  const { gather, erase } = classPersonalData(db)
  const own = (await gather(ana.peerId)) as { roomId: string; type: string }[]
  t.strictSame(
    own.filter(({ roomId }) => roomId === lesson.id).map(({ type }) => type),
    ['peerJoined', 'pollVoted', 'pollVoted', 'signedIn'],
  )
  await db.transaction(async (tx) => erase!(tx, ana.peerId))
  for (const name of ['polls', 'sign-ins'])
    t.notOk((await table(`/api/lessons/${lesson.id}/${name}.csv`)).some(([shown]) => shown === 'Ana'))
})
