import { eq } from 'drizzle-orm'
import t from 'tap'
import { entitlements, reviews } from '../../db/schema.ts'
import { grantIn } from '../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person, pass } = business
const shelf = createShelf(db, now)
const teacher = await person('teacher')
const operator = await person('operator')
const stranger = await person()
const course = await shelf.course(teacher.id)

async function buyer() {
  const someone = await person()
  await grantIn(db, { userId: someone.id, subject: { courseId: course.id }, accessDays: 1, at: now() })
  return someone
}
const line = (method: string) => `${method} /api/courses/${course.id}/review`
const write = (from: typeof stranger | undefined, review: object) => send(app, line('PUT'), review, from)
const list = async (from?: typeof stranger, query = '') =>
  (await send(app, `GET /api/courses/${course.id}/reviews${query}`, undefined, from)).body
const rating = async () => (await send(app, `GET /api/courses/${course.id}`)).body.course.rating

t.test('those who have the course review it, once each, and may think again', async (t) => {
  const one = await buyer()
  const first = await write(one, { rating: 5, text: ' Clear. ' })
  t.match(first.body, { author: one.displayName, rating: 5, text: 'Clear.', hidden: false, own: true })
  pass(1000)
  const second = await write(one, { rating: 3 })
  t.match(second.body, { id: first.body.id, rating: 3, text: '', updatedAt: now() })
  await write(await buyer(), { rating: 4, text: 'Good.' })
  t.strictSame(await rating(), { average: 3.5, count: 2 })
  t.match(await list(one), {
    reviews: [
      { rating: 4, own: false },
      { rating: 3, own: true },
    ],
    next: null,
  })
})

t.test('nobody else does', async (t) => {
  const over = await buyer()
  await db.update(entitlements).set({ endsAt: now() }).where(eq(entitlements.userId, over.id))
  for (const [who, status] of [
    [undefined, 401],
    [stranger, 403],
    [teacher, 403],
    [operator, 403],
    [over, 403],
  ] as const)
    t.equal((await write(who, { rating: 5 })).status, status)
})

t.test('a rating is one to five, and a text has an end', async (t) => {
  const one = await buyer()
  for (const review of [{}, { rating: 0 }, { rating: 6 }, { rating: 4.5 }, { rating: 5, text: 'x'.repeat(2001) }])
    t.equal((await write(one, review)).status, 400, JSON.stringify(review).slice(0, 40))
})

t.test('one’s own can be deleted', async (t) => {
  const one = await buyer()
  await write(one, { rating: 1 })
  const { count } = await rating()
  t.equal((await send(app, line('DELETE'), undefined, one)).status, 204)
  t.equal((await rating()).count, count - 1)
  t.equal((await send(app, line('DELETE'), undefined, one)).status, 404)
})

t.test('a hidden one counts no more, and only its author and operators see it', async (t) => {
  const one = await buyer()
  const { id } = (await write(one, { rating: 1, text: 'Rude.' })).body
  const before = await rating()
  await db.update(reviews).set({ hiddenAt: now() })
  t.strictSame(await rating(), { average: null, count: 0 })
  t.ok(before.count > 0)
  const sees = async (from?: typeof one) =>
    (await list(from)).reviews.some((review: { id: string }) => review.id === id)
  t.strictSame([await sees(one), await sees(operator), await sees(stranger), await sees()], [true, true, false, false])
  t.equal((await write(one, { rating: 5 })).body.hidden, true, 'writing anew does not bring it back')
  t.equal((await send(app, line('DELETE'), undefined, one)).status, 404, 'nor can it be deleted and written anew')
})

t.test('they come page by page', async (t) => {
  const ids = new Set<string>()
  for (let count = 0; count < 25; count++) await write(await buyer(), { rating: 5 })
  let next: string | null = ''
  while (next !== null) {
    const page: { reviews: { id: string }[]; next: string | null } = await list(undefined, next && `?after=${next}`)
    for (const { id } of page.reviews) ids.add(id)
    next = page.next
  }
  t.equal(ids.size, 25)
})

t.test('those of a draft are not there', async (t) => {
  const draft = await shelf.course(teacher.id, { status: 'draft' })
  t.equal((await send(app, `GET /api/courses/${draft.id}/reviews`)).status, 404)
})
