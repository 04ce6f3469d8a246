import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { eq } from 'drizzle-orm'
import t from 'tap'
import type { Db } from '../../db/client.ts'
import { sessions } from '../../db/schema.ts'
import { gathered } from '../../src/entitlements/gathered.ts'
import { grantIn, revokeIn } from '../../src/entitlements/grants.ts'
import { createPlayers } from '../../src/entitlements/players.ts'
import { createBusiness, MINUTE_MS } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const { now, person, entitlements, lessons } = createBusiness(db)
const shelf = createShelf(db, now)
const teacher = await person('teacher')

let asked = 0
const counting = new Proxy(db, {
  get(target, key) {
    if (key === '_') asked += 1
    return Reflect.get(target, key)
  },
}) as Db
const demand = createPlayers({ db: counting, now })
type Player = Parameters<typeof demand>[0]
const codeOf = (player: Player, lessonId: string) =>
  demand(player, 'enter', lessonId).then(
    ({ decision }) => decision.allowed,
    ({ code }) => code,
  )

async function liveClass(details: Parameters<typeof shelf.lesson>[1] = {}) {
  const course = await shelf.course(teacher.id)
  return { course, lesson: await shelf.lesson(course, { kind: 'live', ...details }) }
}

/** Someone who bought this course, and plays. */
async function playing(courseId?: string) {
  const { user } = await person()
  const player = { userId: user.id, sessionId: user.sessionId, playerId: randomUUID() }
  await entitlements.takeLease(user, player.playerId)
  if (courseId) await grantIn(db, { userId: user.id, subject: { courseId }, accessDays: null, at: now() })
  return player
}

t.test('many players of one class are asked about at once, and each is answered for themselves', async (t) => {
  const { course, lesson } = await liveClass()
  const buyers = await Promise.all(Array.from({ length: 5 }, () => playing(course.id)))
  const [guest, teaching] = [await playing(), teacher.user]
  await entitlements.takeLease(teaching, guest.playerId)
  const all = [
    ...buyers,
    guest,
    { ...guest, userId: teaching.id, sessionId: teaching.sessionId },
    { ...buyers[0]!, playerId: randomUUID() },
    { ...buyers[1]!, userId: guest.userId },
    { ...guest, sessionId: randomUUID() },
  ]
  asked = 0
  const answers = await Promise.all(all.map((player) => codeOf(player, lesson.id)))
  t.strictSame(answers, [...buyers.map(() => true), 'not_entitled', true, 'taken_over', 'unauthorized', 'unauthorized'])
  t.equal(asked, 1)
})

t.test(
  'an answer is as new as its question: who asks after a refund is not answered with those who asked before',
  async (t) => {
    const { course, lesson } = await liveClass()
    const buyer = await person()
    const player = { userId: buyer.id, sessionId: buyer.user.sessionId, playerId: randomUUID() }
    await entitlements.takeLease(buyer.user, player.playerId)
    const order = await shelf.paidOrder(buyer.id, { courseId: course.id, accessDays: null })
    await grantIn(db, {
      userId: buyer.id,
      subject: { courseId: course.id },
      orderId: order.id,
      accessDays: null,
      at: now(),
    })
    const before = codeOf(player, lesson.id)
    await turn()
    await revokeIn(db, { orderId: order.id, at: now() })
    t.equal(await codeOf(player, lesson.id), 'not_entitled')
    t.equal(await before, true)
  },
)

t.test('who tries is told since when, in each class apart', async (t) => {
  const [one, other] = [await liveClass({ trialSeconds: 60 }), await liveClass({ trialSeconds: 60 })]
  const player = await playing()
  await entitlements.beginTrial({ id: player.userId, role: 'student' }, { ...one.lesson, startedAt: null }, 60)
  asked = 0
  t.strictSame(await Promise.all([demand(player, 'enter', one.lesson.id), demand(player, 'enter', other.lesson.id)]), [
    { decision: { allowed: 'trial', trialSeconds: 60 }, triedAt: now() },
    { decision: { allowed: 'trial', trialSeconds: 60 }, triedAt: null },
  ])
  t.equal(asked, 2)
})

t.test('nobody goes on after the lesson is called off or the sign-in has ended', async (t) => {
  const { course } = await liveClass()
  const lesson = await lessons.create(teacher.user, { title: 'Sound', startsAt: now() + MINUTE_MS })
  const player = await playing(course.id)
  t.equal(await codeOf(player, lesson.id), true)
  await lessons.cancel(teacher.user, lesson.id)
  t.equal(await codeOf(player, lesson.id), 'not_found')
  await db.delete(sessions).where(eq(sessions.id, player.sessionId))
  t.equal(await codeOf(player, lesson.id), 'unauthorized')
})

t.test('while a lot of questions is out the next one gathers, and no lot is larger than may be', async (t) => {
  const lots: string[][] = []
  const answers: (() => void)[] = []
  const ask = gathered(2, (questions: string[]) => {
    lots.push(questions)
    return new Promise<string[]>((resolve) => answers.push(() => resolve(questions.map((each) => each.toUpperCase()))))
  })
  const all = ['a'].map(ask)
  await turn()
  t.strictSame(lots, [['a']])
  all.push(...['b', 'c', 'd'].map(ask))
  await turn()
  t.equal(lots.length, 1)
  for (const count of [1, 2, 3]) {
    answers[count - 1]!()
    await turn()
  }
  t.strictSame(await Promise.all(all), ['A', 'B', 'C', 'D'])
  t.strictSame(lots, [['a'], ['b', 'c'], ['d']])
})

t.test('a database that fails once fails those who asked it then', async (t) => {
  let fails = true
  const ask = gathered(10, async (questions: number[]) => {
    if (fails) throw new Error('the connection was lost')
    return questions
  })
  const lost = [ask(1), ask(2)]
  for (const each of lost) await t.rejects(each, { message: 'the connection was lost' })
  fails = false
  t.equal(await ask(3), 3)
})
