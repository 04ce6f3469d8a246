import { eq } from 'drizzle-orm'
import t from 'tap'
import { courses, entitlements } from '../../db/schema.ts'
import { grantIn, revokeIn } from '../../src/entitlements/grants.ts'
import type { Action, Thing, Viewer } from '../../src/entitlements/rights.ts'
import { createBusiness } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const db = await openTestDatabase(t)
const business = createBusiness(db)
const { now, person, entitlements: rights } = business
const shelf = createShelf(db, now)

const teacher = (await person('teacher')).user
const course = await shelf.course(teacher.id)
const draft = await shelf.course(teacher.id, { status: 'draft' })
const gone = await shelf.course(teacher.id, { status: 'archived' })
const freeLesson = await shelf.lesson(course, { kind: 'video', free: true })
const trialLesson = await shelf.lesson(course, { kind: 'video', trialSeconds: 60 })
const paidLesson = await shelf.lesson(course, { kind: 'video' })
const article = await shelf.lesson(course, { kind: 'article' })
const liveLesson = await shelf.lesson(course)
const replay = await shelf.lesson(course, { status: 'ended', startedAt: 1, endedAt: 2 })
const attachment = await shelf.file(teacher.id)
await shelf.attach(paidLesson.id, attachment.id)
const unused = await shelf.file(teacher.id)
const cover = await shelf.file(teacher.id, { purpose: 'cover' })
await db.update(courses).set({ coverFileId: cover.id }).where(eq(courses.id, course.id))
const draftLesson = await shelf.lesson(draft, { kind: 'video', free: true })
const goneLesson = await shelf.lesson(gone, { kind: 'video' })

const grant = (userId: string, subject: { courseId: string } | { planId: string }, accessDays: number | null = null) =>
  grantIn(db, { userId, subject, accessDays, at: now() })

async function buyer() {
  const { user } = await person()
  await grant(user.id, { courseId: course.id })
  await grant(user.id, { courseId: gone.id })
  return user
}

async function member() {
  const { user } = await person()
  const plan = await shelf.plan([course.id])
  await grant(user.id, { planId: plan.id }, plan.days)
  return user
}

async function expired() {
  const { user } = await person()
  const ended = { startsAt: now() - 2 * DAY_MS, endsAt: now(), createdAt: now() }
  await db.insert(entitlements).values({ userId: user.id, courseId: course.id, ...ended })
  return user
}

async function refunded() {
  const { user } = await person()
  const order = await shelf.paidOrder(user.id, { courseId: course.id })
  await grantIn(db, {
    userId: user.id,
    subject: { courseId: course.id },
    orderId: order.id,
    accessDays: null,
    at: now(),
  })
  await revokeIn(db, { orderId: order.id, at: now() })
  return user
}

const viewers: Record<string, Viewer | null> = {
  anonymous: null,
  registered: (await person()).user,
  buyer: await buyer(),
  member: await member(),
  expired: await expired(),
  refunded: await refunded(),
  'another teacher': (await person('teacher')).user,
  teacher,
  operator: (await person('operator')).user,
}

const things: Record<string, [Action, Thing]> = {
  'free lesson': ['watch', { lessonId: freeLesson.id }],
  'trial lesson': ['watch', { lessonId: trialLesson.id }],
  'paid lesson': ['watch', { lessonId: paidLesson.id }],
  article: ['read', { lessonId: article.id }],
  'live class': ['enter', { lessonId: liveLesson.id }],
  replay: ['watch', { lessonId: replay.id }],
  attachment: ['download', { fileId: attachment.id }],
  'file of a trial lesson': ['download', { lessonId: trialLesson.id }],
  'file in no lesson': ['download', { fileId: unused.id }],
  cover: ['download', { fileId: cover.id }],
  'course page': ['read', { courseId: course.id }],
  review: ['review', { courseId: course.id }],
  'draft page': ['read', { courseId: draft.id }],
  'free lesson of a draft': ['watch', { lessonId: draftLesson.id }],
  'lesson of an archived course': ['watch', { lessonId: goneLesson.id }],
}

/** What each viewer is answered, in the order of `things`. */
const matrix: Record<string, string> = {
  //                  free        trial       paid        article     live        replay      attachment  trial file  no lesson   cover page   review      draft      draft less. archived
  anonymous:
    'sign in     sign in     sign in     sign in     sign in     sign in     sign in     sign in     sign in     free  free  sign in     not found  not found   not found',
  registered:
    'free        trial       no right    no right    no right    no right    no right    no right    not found   free  free  no right    not found  not found   not found',
  buyer:
    'entitlement entitlement entitlement entitlement entitlement entitlement entitlement entitlement not found   free  entitlement entitlement not found not found entitlement',
  member:
    'membership  membership  membership  membership  membership  membership  membership  membership  not found   free  membership membership  not found  not found   not found',
  expired:
    'free        trial       no right    no right    no right    no right    no right    no right    not found   free  free  no right    not found  not found   not found',
  refunded:
    'free        trial       no right    no right    no right    no right    no right    no right    not found   free  free  no right    not found  not found   not found',
  'another teacher':
    'free        trial       no right    no right    no right    no right    no right    no right    not found   free  free  no right    not found  not found   not found',
  teacher:
    'teaching    teaching    teaching    teaching    teaching    teaching    teaching    teaching    teaching    free  teaching teaching   teaching   teaching    teaching',
  operator:
    'staff       staff       staff       staff       staff       staff       staff       staff       staff       free  staff staff         staff      staff       staff',
}

const words: Record<string, string> = {
  'sign in': 'unauthorized',
  'no right': 'not_entitled',
  'not found': 'not_found',
}

for (const [name, viewer] of Object.entries(viewers))
  t.test(`what a viewer may do: ${name}`, async (t) => {
    const expected = matrix[name]!.match(/sign in|no right|not found|\S+/g)!
    t.equal(expected.length, Object.keys(things).length, 'a word for each thing')
    for (const [index, [thing, [action, what]]] of Object.entries(things).entries()) {
      const decision = await rights.mayI(viewer, action, what)
      const word = expected[index]!
      const answer = decision.allowed === true ? decision.via : decision.allowed || decision.code
      t.equal(answer, words[word] ?? word, `${name}: ${action} ${thing}`)
    }
  })

t.test('a trial says how long it is', async (t) => {
  const decision = await rights.mayI(viewers.registered!, 'watch', { lessonId: trialLesson.id })
  t.strictSame(decision, { allowed: 'trial', trialSeconds: 60 })
})

t.test('a membership of all courses opens each that is published', async (t) => {
  const { user } = await person()
  const plan = await shelf.plan('all')
  await grant(user.id, { planId: plan.id }, plan.days)
  const other = await shelf.lesson(await shelf.course(teacher.id), { kind: 'video' })
  t.match(await rights.mayI(user, 'watch', { lessonId: other.id }), { allowed: true, via: 'membership' })
  t.match(await rights.mayI(user, 'watch', { lessonId: draftLesson.id }), { code: 'not_found' })
})

t.test('a right that has not begun opens nothing', async (t) => {
  const { user } = await person()
  const later = { startsAt: now() + 1, createdAt: now() }
  await db.insert(entitlements).values({ userId: user.id, courseId: course.id, ...later })
  t.match(await rights.mayI(user, 'watch', { lessonId: paidLesson.id }), { code: 'not_entitled' })
})

t.test('what does not exist, or was cancelled, is not found', async (t) => {
  const cancelled = await shelf.lesson(course, { cancelledAt: now() })
  for (const lessonId of [cancelled.id, course.id])
    t.match(await rights.mayI(teacher, 'watch', { lessonId }), { code: 'not_found' })
  t.match(await rights.mayI(teacher, 'read', { courseId: cancelled.id }), { code: 'not_found' })
})

t.test('demand throws what mayI refuses', async (t) => {
  await t.rejects(rights.demand(null, 'watch', { lessonId: paidLesson.id }), { code: 'unauthorized' })
  await t.rejects(rights.demand(viewers.registered!, 'watch', { lessonId: paidLesson.id }), { code: 'not_entitled' })
  await t.resolves(rights.demand(viewers.registered!, 'watch', { lessonId: trialLesson.id }))
})
