import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { auditEvents, categories, courses, orders, videos } from '../../../db/schema.ts'
import { grantIn } from '../../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, send } from '../../support/business.ts'
import { openTestDatabase } from '../../support/database.ts'
import { createShelf } from '../../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person, pass } = business
const shelf = createShelf(db, now)
const teacher = await person('teacher')
const operator = await person('operator')
const student = await person()

type Person = typeof teacher
const create = async (from: Person, body: object = { title: 'Light' }) =>
  send(app, 'POST /api/teaching/courses', body, from)
const change = (id: string, body: object, from: Person | undefined = teacher) =>
  send(app, `PATCH /api/teaching/courses/${id}`, body, from)
const setStatus = (id: string, status: string, from = teacher) =>
  send(app, `PUT /api/teaching/courses/${id}/status`, { status }, from)
const read = (id: string, from: Person | undefined = teacher) =>
  send(app, `GET /api/teaching/courses/${id}`, undefined, from)
const draft = async () => (await create(teacher)).body

/** A draft that lacks nothing. */
async function complete() {
  const { id, version } = await draft()
  await change(id, { version, summary: 'A line', intro: 'A page' })
  await shelf.lesson({ id, teacherId: teacher.id }, { kind: 'article', body: 'Text' })
  return id as string
}
const codes = (body: { lacks: { what: string }[] }) => body.lacks.map(({ what }) => what)

t.test('a teacher begins a course as a draft that nobody else sees', async (t) => {
  const { status, body } = await create(teacher, {
    title: ' Light ',
    priceFen: 9900,
    listPriceFen: 19900,
    accessDays: 365,
  })
  t.equal(status, 201)
  t.match(body, {
    title: 'Light',
    status: 'draft',
    priceFen: 9900,
    listPriceFen: 19900,
    accessDays: 365,
    teacher: { id: teacher.id },
    outline: [{ id: null, lessons: [] }],
    untouched: true,
    version: 1,
    outlineVersion: 1,
  })
  t.strictSame(codes(body), ['summary', 'intro', 'lessons'])
  t.equal((await send(app, `GET /api/courses/${body.id}`, undefined, student)).status, 404)
})

t.test('students make no courses', async (t) => {
  for (const role of ['student', 'assistant'] as const) t.equal((await create(await person(role))).status, 403)
  t.equal((await send(app, 'POST /api/teaching/courses', { title: 'x' })).status, 401)
})

t.test('malformed courses are refused', async (t) => {
  for (const body of [
    {},
    { title: ' ' },
    { title: 'x'.repeat(121) },
    { title: 'x', summary: 'x'.repeat(201) },
    { title: 'x', intro: 'x'.repeat(20_001) },
    { title: 'x', priceFen: -1 },
    { title: 'x', priceFen: 0.5 },
    { title: 'x', priceFen: 1e9 },
    { title: 'x', priceFen: 100, listPriceFen: 100 },
    { title: 'x', listPriceFen: 0 },
    { title: 'x', accessDays: 0 },
    { title: 'x', status: 'published' },
    { title: 'x', teacherId: student.id },
  ])
    t.equal((await create(teacher, body)).status, 400, JSON.stringify(body).slice(0, 60))
  t.equal((await create(teacher, { title: 'x', categoryId: randomUUID() })).status, 404)
})

t.test('its teacher and operators change it, and nobody else', async (t) => {
  const { id, version } = await draft()
  const body = { version, title: 'Shade', intro: '# Shade' }
  t.equal((await change(id, body, await person('teacher'))).status, 404, 'a draft of somebody else is not there')
  t.equal((await change(id, body, student)).status, 404)
  t.equal((await send(app, `PATCH /api/teaching/courses/${id}`, body)).status, 401)
  t.match((await change(id, body)).body, { title: 'Shade', intro: '# Shade', version: 2 })
  t.match((await change(id, { version: 2, title: 'Dusk' }, operator)).body, { title: 'Dusk', version: 3 })
  await db.update(courses).set({ status: 'published' }).where(eq(courses.id, id))
  t.equal((await read(id, await person('teacher'))).status, 403)
})

t.test('two tabs lose nothing: the one that saw an older version is told', async (t) => {
  const { id } = await draft()
  t.equal((await change(id, { version: 1, title: 'One' })).status, 200)
  const late = await change(id, { version: 1, title: 'Other' })
  t.equal(late.status, 409)
  t.equal(late.body.error.code, 'changed_elsewhere')
  t.equal((await read(id)).body.title, 'One')
  const both = await Promise.all([
    change(id, { version: 2, title: 'A' }),
    change(id, { version: 2, title: 'B' }),
    change(id, { version: 2, title: 'C' }),
  ])
  t.strictSame(both.map(({ status }) => status).sort(), [200, 409, 409])
})

t.test('a cover is a picture of its teacher that was uploaded as one', async (t) => {
  const { id } = await draft()
  const cover = await shelf.file(teacher.id, { purpose: 'cover', mimeType: 'image/png' })
  const wrong = await shelf.file(teacher.id, { purpose: 'document' })
  const foreign = await shelf.file(student.id, { purpose: 'cover' })
  t.equal((await change(id, { version: 1, coverFileId: wrong.id })).status, 400)
  t.equal((await change(id, { version: 1, coverFileId: foreign.id })).status, 404)
  t.equal((await change(id, { version: 1, coverFileId: randomUUID() })).status, 404)
  const { body } = await change(id, { version: 1, coverFileId: cover.id })
  t.match(body, { cover: { id: cover.id, mimeType: 'image/png' }, coverUrl: `/api/files/${cover.id}` })
  t.equal((await change(id, { version: 2, coverFileId: null })).body.cover, null)
})

t.test('what it lacks is said, lesson by lesson, and keeps it from being published', async (t) => {
  const { id } = await draft()
  const of = { id, teacherId: teacher.id }
  const file = (status: 'queued' | 'failed' | 'ready') => async () => {
    const made = await shelf.file(teacher.id, { purpose: 'video' })
    const failure = status === 'failed' ? 'internal' : null
    await db.insert(videos).values({ fileId: made.id, status, failure, updatedAt: now() })
    return made.id
  }
  const lessons = {
    article_empty: await shelf.lesson(of, { kind: 'article', body: ' \n', position: 1 }),
    video_missing: await shelf.lesson(of, { kind: 'video', position: 2 }),
    video_processing: await shelf.lesson(of, { kind: 'video', fileId: await file('queued')(), position: 3 }),
    video_failed: await shelf.lesson(of, { kind: 'video', fileId: await file('failed')(), position: 4 }),
    document_missing: await shelf.lesson(of, { kind: 'document', position: 5 }),
    class_past: await shelf.lesson(of, { startsAt: now() - 61 * MINUTE_MS, position: 6 }),
  }
  await shelf.lesson(of, { kind: 'video', fileId: await file('ready')(), position: 7 })
  await shelf.lesson(of, { kind: 'article', body: 'Text', position: 8 })
  await shelf.lesson(of, { startsAt: now() - 59 * MINUTE_MS, position: 9 })
  await shelf.lesson(of, { startsAt: 1, startedAt: 1, endedAt: 2, status: 'ended', position: 10 })
  t.strictSame((await read(id)).body.lacks, [
    { what: 'summary', lessonId: null },
    { what: 'intro', lessonId: null },
    ...Object.entries(lessons).map(([what, lesson]) => ({ what, lessonId: lesson.id })),
  ])
  const refused = await setStatus(id, 'published')
  t.equal(refused.body.error.code, 'not_ready')
  t.match(refused.body.error.message, /summary.*class_past/)
  t.equal((await read(id)).body.status, 'draft')
})

t.test('a complete one is published, archived, and published again as of its first day', async (t) => {
  const id = await complete()
  const { body } = await setStatus(id, 'published')
  t.match(body, { status: 'published', publishedAt: now(), lacks: [] })
  t.equal((await send(app, `GET /api/courses/${id}`)).status, 200)
  pass(1000)
  t.equal((await setStatus(id, 'archived')).body.status, 'archived')
  t.equal((await send(app, `GET /api/courses/${id}`)).status, 404)
  t.match((await setStatus(id, 'published')).body, { status: 'published', publishedAt: now() - 1000 })
  t.equal((await setStatus(id, 'published')).status, 200, 'once more changes nothing')
  t.equal((await setStatus(id, 'gone')).status, 400)
})

t.test('a draft cannot be archived', async (t) => {
  t.equal((await setStatus((await draft()).id, 'archived')).status, 409)
})

t.test('it goes back to being a draft while nobody has it', async (t) => {
  const id = await complete()
  await setStatus(id, 'published')
  t.equal((await setStatus(id, 'draft')).body.status, 'draft')
  await setStatus(id, 'published')
  await grantIn(db, { userId: student.id, subject: { courseId: id }, accessDays: null, at: now() })
  t.equal((await read(id)).body.untouched, false)
  t.equal((await setStatus(id, 'draft')).body.error.code, 'has_learners')
  t.equal((await setStatus(id, 'archived')).status, 200)
})

t.test('an operator who publishes somebody else’s course leaves a trace', async (t) => {
  const id = await complete()
  t.equal((await setStatus(id, 'published', operator)).status, 200)
  const [trace] = await db.select().from(auditEvents).where(eq(auditEvents.subjectId, id))
  t.match(trace, { actorId: operator.id, action: 'courseStatusSet', details: { from: 'draft', to: 'published' } })
})

t.test('a new price is that of orders to come', async (t) => {
  const id = await complete()
  const [order] = await db
    .insert(orders)
    .values({
      orderNo: `T${randomUUID().replaceAll('-', '')}`,
      userId: student.id,
      courseId: id,
      title: 'Light',
      listFen: 9900,
      payableFen: 9900,
      agreementVersion: '1',
      consentedAt: now(),
      expiresAt: now() + MINUTE_MS,
      createdAt: now(),
    })
    .returning()
  const { version } = (await read(id)).body
  t.match((await change(id, { version, priceFen: 100, accessDays: 3 })).body, { priceFen: 100, accessDays: 3 })
  t.strictSame(await db.select().from(orders).where(eq(orders.id, order!.id)), [order])
})

t.test('a category can be given and taken', async (t) => {
  const [category] = await db.insert(categories).values({ slug: 'art', nameZh: '美术', nameEn: 'Art' }).returning()
  const { id } = await draft()
  t.match((await change(id, { version: 1, categoryId: category!.id })).body, { category: { slug: 'art' } })
  t.equal((await change(id, { version: 2, categoryId: null })).body.category, null)
})

t.test('deleting', async (t) => {
  const remove = (id: string, from = teacher) => send(app, `DELETE /api/teaching/courses/${id}`, undefined, from)

  t.test('is for what was never there for others', async (t) => {
    const { id } = await draft()
    await shelf.lesson({ id, teacherId: teacher.id }, { kind: 'article' })
    await shelf.chapter(id)
    t.equal((await remove(id, await person('teacher'))).status, 404)
    t.equal((await remove(id)).status, 204)
    t.equal((await read(id)).status, 404)
  })

  t.test('is refused once it was published, given away, or taught in', async (t) => {
    const published = await complete()
    await setStatus(published, 'published')
    await setStatus(published, 'draft')
    const given = (await draft()).id
    await grantIn(db, { userId: student.id, subject: { courseId: given }, accessDays: null, at: now() })
    const taught = (await draft()).id
    await shelf.lesson({ id: taught, teacherId: teacher.id }, { status: 'live', startedAt: now() })
    for (const id of [published, given, taught]) t.equal((await remove(id)).status, 409)
  })
})

t.test('one’s courses are listed page by page, operators see everyone’s', async (t) => {
  const prolific = await person('teacher')
  const ids = new Set<string>()
  for (let count = 0; count < 23; count++) ids.add((await create(prolific)).body.id)
  const list = async (from: Person, query = '') =>
    (await send(app, `GET /api/teaching/courses${query}`, undefined, from)).body
  const first = await list(prolific)
  const second = await list(prolific, `?after=${first.next}`)
  t.strictSame([first.courses.length, second.courses.length, second.next], [20, 3, null])
  t.strictSame(new Set([...first.courses, ...second.courses].map(({ id }: { id: string }) => id)), ids)
  t.equal((await list(prolific, '?status=published')).courses.length, 0)
  t.equal((await list(operator)).courses.length, 0)
  t.equal((await list(operator, '?everyone=true')).courses.length, 20)
  t.equal(
    (await list(teacher, '?everyone=true')).courses.some(({ id }: { id: string }) => ids.has(id)),
    false,
  )
})
