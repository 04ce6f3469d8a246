import t from 'tap'
import { entitlements } from '../../db/schema.ts'
import { grantIn } from '../../src/entitlements/grants.ts'
import { createBusiness } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const DAY_MS = 24 * 60 * 60_000
const db = await openTestDatabase(t)
const { now, person, entitlements: rights } = createBusiness(db)
const shelf = createShelf(db, now)
const teacher = (await person('teacher')).user
const courses = {
  one: await shelf.course(teacher.id),
  other: await shelf.course(teacher.id),
  draft: await shelf.course(teacher.id, { status: 'draft' }),
  archived: await shelf.course(teacher.id, { status: 'archived' }),
}
const all = Object.values(courses).map(({ id }) => id)
const plan = await shelf.plan([courses.one.id, courses.draft.id], 30)
const everything = await shelf.plan('all', 10)
const grant = (userId: string, subject: { courseId: string } | { planId: string }, accessDays: number | null) =>
  grantIn(db, { userId, subject, accessDays, at: now() })

t.test('it agrees with the one question, whoever asks about which course', async (t) => {
  const viewers = {
    teacher,
    former: { ...teacher, role: 'student' as const },
    operator: (await person('operator')).user,
    buyer: (await person()).user,
    member: (await person()).user,
    both: (await person()).user,
    over: (await person()).user,
    stranger: (await person()).user,
  }
  for (const courseId of all) await grant(viewers.buyer.id, { courseId }, null)
  await grant(viewers.member.id, { planId: everything.id }, 10)
  await grant(viewers.both.id, { planId: plan.id }, 30)
  await grant(viewers.both.id, { courseId: courses.one.id }, 5)
  for (const subject of [{ courseId: courses.one.id }, { planId: everything.id }])
    await db
      .insert(entitlements)
      .values({ userId: viewers.over.id, ...subject, startsAt: now() - 2, endsAt: now(), createdAt: 1 })
  for (const [name, viewer] of Object.entries(viewers)) {
    const view = await rights.viewOf(viewer, all)
    for (const [which, { id }] of Object.entries(courses)) {
      const decision = await rights.mayI(viewer, 'download', { courseId: id })
      t.equal(view.get(id)?.via, decision.allowed === true ? decision.via : undefined, `${which} for ${name}`)
    }
  }
})

t.test('it says until when: of memberships the longest, of a purchase its own end', async (t) => {
  const { user } = await person()
  await grant(user.id, { planId: everything.id }, 10)
  await grant(user.id, { planId: plan.id }, 30)
  await grant(user.id, { courseId: courses.other.id }, null)
  const view = await rights.viewOf(user, all)
  t.strictSame(view.get(courses.one.id), { via: 'membership', endsAt: now() + 30 * DAY_MS })
  t.strictSame(view.get(courses.archived.id), { via: 'membership', endsAt: now() + 10 * DAY_MS })
  t.strictSame(view.get(courses.other.id), { via: 'entitlement', endsAt: null })
  t.strictSame(
    await rights.membershipsOf(user),
    new Map([
      [everything.id, now() + 10 * DAY_MS],
      [plan.id, now() + 30 * DAY_MS],
    ]),
  )
})

t.test('a visitor has nothing, and nothing is asked about no course', async (t) => {
  t.equal((await rights.viewOf(null, all)).size, 0)
  t.equal((await rights.membershipsOf(null)).size, 0)
  t.equal((await rights.viewOf(teacher, [])).size, 0)
})
