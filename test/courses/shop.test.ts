import { eq } from 'drizzle-orm'
import t from 'tap'
import { courses, membershipPlans } from '../../db/schema.ts'
import { createShop } from '../../src/courses/shop.ts'
import { createBusiness } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const shelf = createShelf(db, business.now)
const { isOnSale } = createShop(db)

t.test('in a lesson its teacher’s published courses are for sale, and memberships on sale', async (t) => {
  const [teacher, other] = [await business.person('teacher'), await business.person('teacher')]
  const own = await shelf.course(teacher.id)
  const foreign = await shelf.course(other.id)
  const draft = await shelf.course(teacher.id, { status: 'draft' })
  const lesson = await shelf.lesson(own)
  const alone = await business.lessons.create(teacher.user, { title: 'Open hour', startsAt: business.now() + 60_000 })
  for (const { id } of [lesson, alone]) {
    t.equal(await isOnSale(id, { courseId: own.id }), true)
    t.equal(await isOnSale(id, { courseId: foreign.id }), false)
    t.equal(await isOnSale(id, { courseId: draft.id }), false)
  }
  await db.update(courses).set({ status: 'archived' }).where(eq(courses.id, own.id))
  t.equal(await isOnSale(lesson.id, { courseId: own.id }), false)

  const plan = await shelf.plan('all')
  t.equal(await isOnSale(lesson.id, { planId: plan.id }), true)
  await db.update(membershipPlans).set({ onSale: false }).where(eq(membershipPlans.id, plan.id))
  t.equal(await isOnSale(lesson.id, { planId: plan.id }), false)
})
