import { eq } from 'drizzle-orm'
import t from 'tap'
import { courses, users } from '../../db/schema.ts'
import type { Role } from '../../signaling/protocol/events.ts'
import { grantIn } from '../../src/entitlements/grants.ts'
import { createBusiness, MINUTE_MS } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const DAY_MS = 24 * 60 * MINUTE_MS
const db = await openTestDatabase(t)
const { now, person, pass, lessons, revoked, entitlements: rights } = createBusiness(db)
const shelf = createShelf(db, now)
const teacher = await person('teacher')

async function liveClass(details: Parameters<typeof shelf.lesson>[1] = {}) {
  const course = await shelf.course(teacher.id)
  const lesson = await shelf.lesson(course, { kind: 'live', ...details })
  const place = (userId: string, role: Role = 'student', trial = false) => ({
    lessonId: lesson.id,
    userId,
    role,
    trial,
  })
  /** Whom the roll sends away, and why. */
  const roll = async (...places: ReturnType<typeof place>[]) => {
    revoked.length = 0
    await rights.callRoll(places)
    return revoked.map(({ userId, lessonId, reason }) => {
      t.equal(lessonId, lesson.id)
      return [userId, reason]
    })
  }
  return { course, lesson, place, roll }
}

const grant = (userId: string, subject: { courseId: string } | { planId: string }, accessDays: number | null) =>
  grantIn(db, { userId, subject, accessDays, at: now() })

t.test(
  'a place is lost with the right to the course that ends in the middle of the class, and no other place is',
  async (t) => {
    const { course, place, roll } = await liveClass()
    const [briefly, forGood] = [await person(), await person()]
    await grant(briefly.id, { courseId: course.id }, 1)
    await grant(forGood.id, { courseId: course.id }, null)
    const seated = [place(teacher.id, 'teacher'), place(briefly.id), place(forGood.id)]
    t.strictSame(await roll(...seated), [])
    pass(DAY_MS)
    t.strictSame(await roll(...seated), [[briefly.id, 'not_entitled']])
  },
)

t.test('a place is lost with the membership that ends, and kept by one that goes on', async (t) => {
  const { course, place, roll } = await liveClass()
  const plan = await shelf.plan([course.id])
  const [leaver, stayer] = [await person(), await person()]
  for (const { id } of [leaver, stayer, stayer]) await grant(id, { planId: plan.id }, 30)
  const seated = [place(leaver.id), place(stayer.id)]
  t.strictSame(await roll(...seated), [])
  pass(30 * DAY_MS)
  t.strictSame(await roll(...seated), [[leaver.id, 'not_entitled']])
})

t.test('who may still try is not kept from trying, but holds no place of a buyer', async (t) => {
  const { place, roll } = await liveClass({ trialSeconds: 60 })
  const { id } = await person()
  t.strictSame(await roll(place(id, 'student', true)), [])
  t.strictSame(await roll(place(id)), [[id, 'not_entitled']])
})

t.test('a course that is withdrawn keeps its buyers', async (t) => {
  const { course, lesson, place, roll } = await liveClass({ free: true })
  const [buyer, guest] = [await person(), await person()]
  await grant(buyer.id, { courseId: course.id }, null)
  t.strictSame(await roll(place(buyer.id), place(guest.id)), [])
  await db.update(courses).set({ status: 'archived' }).where(eq(courses.id, lesson.courseId!))
  t.strictSame(await roll(place(buyer.id), place(guest.id)), [[guest.id, 'not_entitled']])
})

t.test('a ban of which no node heard counts all the same', async (t) => {
  const { place, roll } = await liveClass({ free: true })
  const { id } = await person()
  await db.update(users).set({ bannedAt: now(), banReason: 'spam' }).where(eq(users.id, id))
  t.strictSame(await roll(place(id)), [[id, 'banned']])
})

t.test('whoever is something else in the room by now has to enter it anew', async (t) => {
  const { lesson, place, roll } = await liveClass({ free: true })
  const [helper, operator] = [await person(), await person('operator')]
  t.strictSame(await roll(place(helper.id), place(operator.id, 'assistant')), [])
  await lessons.addAssistant(teacher.user, lesson.id, helper.username)
  await db.update(users).set({ role: 'student' }).where(eq(users.id, operator.id))
  t.strictSame(await roll(place(helper.id), place(operator.id, 'assistant')), [
    [helper.id, 'role_changed'],
    [operator.id, 'role_changed'],
  ])
})

t.test('a full room is asked about in parts, each of several rooms by itself', async (t) => {
  const [one, other] = [await liveClass(), await liveClass()]
  const buyer = await person()
  await grant(buyer.id, { courseId: one.course.id }, null)
  const many = Array.from({ length: 1200 }, () => one.place(buyer.id))
  t.strictSame(await one.roll(...many), [])
  revoked.length = 0
  await rights.callRoll([...many, other.place(buyer.id)])
  t.match(revoked, [{ userId: buyer.id, lessonId: other.lesson.id, reason: 'not_entitled' }])
  t.equal(revoked.length, 1)
})
