import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { auditEvents, courses as coursesTable } from '../../db/schema.ts'
import { grantIn } from '../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person } = business
const shelf = createShelf(db, now)
const operator = await person('operator')
const teacher = await person('teacher')
const student = await person()
const course = await shelf.course(teacher.id)

const ask = (line: string, body?: object, from: typeof operator | undefined = operator) => send(app, line, body, from)
const traces = async (subjectId: string) =>
  (await db.select().from(auditEvents).where(eq(auditEvents.subjectId, subjectId)).orderBy(auditEvents.action)).map(
    ({ action, actorId }) => [action, actorId],
  )

t.test('all of it is for operators', async (t) => {
  for (const [line, body] of [
    ['POST /api/categories', { slug: 'x', nameZh: 'x', nameEn: 'x' }],
    [`PATCH /api/categories/${randomUUID()}`, {}],
    [`DELETE /api/categories/${randomUUID()}`, undefined],
    ['PUT /api/categories/order', { ids: [] }],
    ['GET /api/operating/membership-plans', undefined],
    ['POST /api/membership-plans', { title: 'x', priceFen: 1, days: 1 }],
    [`PATCH /api/membership-plans/${randomUUID()}`, {}],
    ['GET /api/reviews', undefined],
    [`PUT /api/reviews/${randomUUID()}/hidden`, { hidden: true }],
  ] as const) {
    t.equal((await ask(line, body, teacher)).status, 403, line)
    t.equal((await send(app, line, body)).status, 401, line)
  }
})

t.test('categories are added, renamed, put in order and removed, and all of it is written down', async (t) => {
  const add = (slug: string) => ask('POST /api/categories', { slug, nameZh: `中 ${slug}`, nameEn: slug })
  const order = async () =>
    (await send(app, 'GET /api/categories')).body.categories.map(({ slug }: { slug: string }) => slug)
  const [art, music, dance] = [(await add('art')).body, (await add('music')).body, (await add('dance')).body]
  t.strictSame(await order(), ['art', 'music', 'dance'])
  t.equal((await add('art')).status, 409)
  t.equal((await ask('POST /api/categories', { slug: 'A b', nameZh: 'x', nameEn: 'x' })).status, 400)

  t.match((await ask(`PATCH /api/categories/${art.id}`, { nameEn: ' Fine art ' })).body, {
    slug: 'art',
    nameEn: 'Fine art',
  })
  t.equal((await ask(`PATCH /api/categories/${art.id}`, { slug: 'music' })).status, 409)
  t.equal((await ask(`PATCH /api/categories/${randomUUID()}`, { slug: 'new' })).status, 404)

  t.equal((await ask('PUT /api/categories/order', { ids: [dance.id, art.id] })).status, 204)
  t.strictSame(await order(), ['dance', 'art', 'music'])

  await db.update(coursesTable).set({ categoryId: music.id })
  t.equal((await ask(`DELETE /api/categories/${music.id}`)).status, 204)
  t.equal((await ask(`DELETE /api/categories/${music.id}`)).status, 404)
  t.equal((await send(app, `GET /api/courses/${course.id}`)).body.course.category, null, 'its courses stay')
  t.strictSame(await traces(art.id), [
    ['categoryAdded', operator.id],
    ['categoryChanged', operator.id],
  ])
  t.strictSame(await traces(music.id), [
    ['categoryAdded', operator.id],
    ['categoryRemoved', operator.id],
  ])
})

t.test('memberships are made, changed and put on sale', async (t) => {
  const plan = { title: 'Year', priceFen: 29900, days: 365, courseIds: [course.id] }
  const made = await ask('POST /api/membership-plans', plan)
  t.equal(made.status, 201)
  t.match(made.body, { onSale: false, courses: [{ id: course.id, title: course.title }], courseCount: 1, members: 0 })
  const { id } = made.body
  const onSale = async () =>
    (await send(app, 'GET /api/membership-plans')).body.plans.map((each: { id: string }) => each.id)
  t.strictSame(await onSale(), [])
  t.match(
    (await ask(`PATCH /api/membership-plans/${id}`, { onSale: true, priceFen: 19900, listPriceFen: 29900 })).body,
    {
      onSale: true,
      priceFen: 19900,
      courseCount: 1,
    },
  )
  t.strictSame(await onSale(), [id])
  await grantIn(db, { userId: student.id, subject: { planId: id }, accessDays: 30, at: now() })
  t.match((await ask('GET /api/operating/membership-plans')).body, { plans: [{ id, members: 1 }] })
  t.match((await ask(`PATCH /api/membership-plans/${id}`, { courseIds: [] })).body, { courses: [], priceFen: 19900 })
  t.strictSame(await traces(id), [
    ['planAdded', operator.id],
    ['planChanged', operator.id],
    ['planChanged', operator.id],
  ])
})

t.test('memberships that make no sense are refused', async (t) => {
  const good = { title: 'Year', priceFen: 100, days: 30 }
  for (const body of [
    { ...good, days: 0 },
    { ...good, priceFen: -1 },
    { ...good, listPriceFen: 100 },
    { ...good, title: '' },
    { ...good, courseIds: ['x'] },
    { ...good, courseIds: [course.id, course.id] },
  ])
    t.equal((await ask('POST /api/membership-plans', body)).status, 400, JSON.stringify(body))
  t.equal((await ask('POST /api/membership-plans', { ...good, courseIds: [randomUUID()] })).status, 404)
  t.equal((await ask(`PATCH /api/membership-plans/${randomUUID()}`, { days: 1 })).status, 404)
  const { id } = (await ask('POST /api/membership-plans', { ...good, listPriceFen: 200 })).body
  t.equal((await ask(`PATCH /api/membership-plans/${id}`, { priceFen: 200 })).status, 400)
})

t.test('reviews are hidden and shown again, once each, with a trace of who and what', async (t) => {
  await grantIn(db, { userId: student.id, subject: { courseId: course.id }, accessDays: null, at: now() })
  const { id } = (await ask(`PUT /api/courses/${course.id}/review`, { rating: 1, text: 'Rude.' }, student)).body
  const hide = (hidden: boolean) => ask(`PUT /api/reviews/${id}/hidden`, { hidden })
  const shown = async () => (await send(app, `GET /api/courses/${course.id}/reviews`)).body.reviews.length
  t.equal((await hide(true)).status, 204)
  t.equal((await hide(true)).status, 204)
  t.equal(await shown(), 0)
  t.match((await ask('GET /api/reviews')).body, {
    reviews: [{ id, hidden: true, author: student.displayName, course: { id: course.id } }],
    next: null,
  })
  await hide(false)
  t.equal(await shown(), 1)
  t.strictSame(await traces(id), [
    ['reviewHidden', operator.id],
    ['reviewShown', operator.id],
  ])
  t.equal((await ask(`PUT /api/reviews/${randomUUID()}/hidden`, { hidden: true })).status, 404)
})
