import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { categories, entitlements, membershipPlans } from '../../db/schema.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person } = business
const shelf = createShelf(db, now)
const teacher = await person('teacher', 'painter')
const student = await person()

const [photo, music] = await db
  .insert(categories)
  .values([
    { slug: 'photo', nameZh: '摄影', nameEn: 'Photography', position: 2 },
    { slug: 'music', nameZh: '音乐', nameEn: 'Music', position: 1 },
  ])
  .returning()

const light = await shelf.course(teacher.id, {
  title: 'Reading light',
  summary: '100% daylight',
  categoryId: photo!.id,
  publishedAt: now() - 3000,
  priceFen: 9900,
  listPriceFen: 19900,
})
const piano = await shelf.course(teacher.id, {
  title: '钢琴入门',
  categoryId: music!.id,
  publishedAt: now() - 2000,
  priceFen: 0,
})
const night = await shelf.course(teacher.id, { title: 'Night', publishedAt: now() - 1000, priceFen: 50000 })
await shelf.course(teacher.id, { title: 'Night draft', status: 'draft', categoryId: photo!.id })
await shelf.course(teacher.id, { title: 'Night of old', status: 'archived' })
await shelf.lesson(light, { kind: 'article', title: 'The golden_hour' })
await shelf.lesson(night, { kind: 'article', title: 'Cancelled moon', cancelledAt: 1 })

const found = async (query = '', from?: typeof student) =>
  (await send(app, `GET /api/courses${query}`, undefined, from)).body.courses
const titles = async (query = '') => (await found(query)).map(({ title }: { title: string }) => title)

t.test('categories come in their order, with how many published courses are in each', async (t) => {
  t.match((await send(app, 'GET /api/categories')).body, {
    categories: [
      { slug: 'music', nameZh: '音乐', nameEn: 'Music', courses: 1 },
      { slug: 'photo', courses: 1 },
    ],
  })
})

t.test('published courses are listed, the newest first, and no others', async (t) => {
  t.strictSame(await titles(), ['Night', '钢琴入门', 'Reading light'])
  t.strictSame(await titles('?category=photo'), ['Reading light'])
  t.strictSame(await titles('?category=nothing'), [])
  t.strictSame(await titles(`?category=photo&teacher=${teacher.id}`), ['Reading light'])
  t.strictSame(await titles('?teacher=00000000-0000-4000-8000-000000000000'), [])
})

t.test('a course is found by its title, summary, teacher or lessons', async (t) => {
  t.strictSame(await titles('?search=reading'), ['Reading light'])
  t.strictSame(await titles('?search=daylight'), ['Reading light'])
  t.strictSame(await titles('?search=golden'), ['Reading light'])
  t.strictSame(await titles(`?search=${encodeURIComponent('钢琴')}`), ['钢琴入门'])
  t.equal((await titles('?search=painter')).length, 3)
  t.strictSame(await titles('?search=moon'), [], 'a cancelled lesson finds nothing')
})

t.test('all words of a search have to be found, whatever they mean to the database', async (t) => {
  t.strictSame(await titles('?search=painter%20golden'), ['Reading light'])
  t.strictSame(await titles('?search=golden%20moon'), [])
  t.strictSame(await titles('?search=100%25'), ['Reading light'])
  t.strictSame(await titles('?search=100%25%25'), [])
  t.strictSame(await titles('?search=golden_hour'), ['Reading light'])
  t.strictSame(await titles('?search=golden_____'), [])
  t.strictSame(await titles('?search=%5C'), [])
})

t.test('they are sorted by price or by how many learn in them', async (t) => {
  t.strictSame(await titles('?sort=price_up'), ['钢琴入门', 'Reading light', 'Night'])
  t.strictSame(await titles('?sort=price_down'), ['Night', 'Reading light', '钢琴入门'])
  await db.insert(entitlements).values([
    { userId: student.id, courseId: light.id, startsAt: 1, createdAt: 1 },
    { userId: teacher.id, courseId: light.id, startsAt: 1, createdAt: 1 },
    { userId: teacher.id, courseId: piano.id, startsAt: 1, createdAt: 1 },
    { userId: student.id, courseId: night.id, startsAt: 1, createdAt: 1, revokedAt: 2, revokeReason: 'refunded' },
  ])
  t.strictSame(await titles('?sort=popular'), ['Reading light', '钢琴入门', 'Night'])
})

t.test('a card says what a shopper wants to know, and whether it is theirs', async (t) => {
  const [card] = await found('?search=golden', student)
  t.match(card, {
    id: light.id,
    category: { slug: 'photo' },
    teacher: { id: teacher.id, displayName: teacher.displayName },
    coverUrl: null,
    priceFen: 9900,
    listPriceFen: 19900,
    lessons: 1,
    learners: 2,
    rating: { average: null, count: 0 },
    right: { via: 'entitlement', endsAt: null },
  })
  t.equal((await found('?search=golden'))[0].right, null)
})

t.test('pages follow each other without a gap in every order', async (t) => {
  const many = await person('teacher', 'prolific')
  for (let place = 0; place < 30; place++)
    await shelf.course(many.id, { title: `${place}`, publishedAt: now() - (place >> 1), priceFen: place % 3 })
  for (const sort of ['newest', 'popular', 'price_up', 'price_down']) {
    const seen: string[] = []
    let next: string | null = null
    do {
      const after: string = next ? `&after=${next}` : ''
      const { body } = await send(app, `GET /api/courses?search=prolific&sort=${sort}${after}`)
      seen.push(...body.courses.map(({ id }: { id: string }) => id))
      next = body.next
    } while (next)
    t.equal(seen.length, 30, sort)
    t.equal(new Set(seen).size, 30, sort)
  }
})

t.test('after a number that nothing can have, nothing comes, whatever the order', async (t) => {
  for (const sort of ['newest', 'popular', 'price_up'])
    t.equal((await send(app, `GET /api/courses?sort=${sort}&after=9999999999999999_${randomUUID()}`)).status, 200, sort)
})

t.test('what is no query is refused', async (t) => {
  for (const query of [
    '?sort=best',
    '?category=A!',
    '?after=x',
    `?search=${'x'.repeat(81)}`,
    '?search=%00',
    '?limit=9',
  ])
    t.equal((await send(app, `GET /api/courses${query}`)).status, 400, query)
})

t.test('memberships on sale say what they open, and until when one has them', async (t) => {
  const chosen = await shelf.plan([light.id, night.id])
  const all = await shelf.plan('all', 365)
  const until = now() + 5000
  await db
    .insert(entitlements)
    .values({ userId: student.id, planId: all.id, startsAt: now() - 1, endsAt: until, createdAt: 1 })
  const { plans } = (await send(app, 'GET /api/membership-plans', undefined, student)).body
  t.equal(plans.length, 2)
  const plan = (id: string) => plans.find((each: { id: string }) => each.id === id)
  t.match(plan(chosen.id), { allCourses: false, courses: [{ title: 'Night' }, {}], courseCount: 2, mine: null })
  t.match(plan(all.id), { allCourses: true, courses: [], days: 365, mine: { endsAt: until } })
  t.match((await send(app, 'GET /api/membership-plans')).body.plans[0], { mine: null })
})

t.test('a membership that is no longer sold is still shown to those who have it', async (t) => {
  const old = await shelf.plan('all', 365)
  await db.update(membershipPlans).set({ onSale: false }).where(eq(membershipPlans.id, old.id))
  const holder = await person()
  const right = { startsAt: now() - 1, endsAt: now() + 5000, createdAt: 1 }
  await db.insert(entitlements).values({ userId: holder.id, planId: old.id, ...right })
  const idsFor = async (viewer?: typeof holder) =>
    (await send(app, 'GET /api/membership-plans', undefined, viewer)).body.plans.map(({ id }: { id: string }) => id)
  t.ok((await idsFor(holder)).includes(old.id))
  t.notOk((await idsFor(await person())).includes(old.id))
  t.notOk((await idsFor()).includes(old.id))
})
