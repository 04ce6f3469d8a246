import t from 'tap'
import { videos } from '../../db/schema.ts'
import { beginningOf } from '../../src/courses/beginning.ts'
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
const teacher = await person('teacher')
const buyer = await person()
const stranger = await person()
const course = await shelf.course(teacher.id)
await grantIn(db, { userId: buyer.id, subject: { courseId: course.id }, accessDays: null, at: now() })
const body = `${'First. '.repeat(20)}\n\n${'Second. '.repeat(20)}\n\n${'Secret. '.repeat(100)}`
const [videoFile, pdf, notes] = [
  await shelf.file(teacher.id, { purpose: 'video', mimeType: 'video/mp4' }),
  await shelf.file(teacher.id, { purpose: 'document' }),
  await shelf.file(teacher.id),
]
await db.insert(videos).values({ fileId: videoFile.id, status: 'ready', durationMs: 9000, updatedAt: now() })
const free = await shelf.lesson(course, { kind: 'article', position: 0, body, free: true })
const trial = await shelf.lesson(course, { kind: 'article', position: 1, body, trialSeconds: 30 })
const paid = await shelf.lesson(course, { kind: 'article', position: 2, body })
const tried = await shelf.lesson(course, { kind: 'video', position: 3, fileId: videoFile.id, trialSeconds: 5 })
const document = await shelf.lesson(course, { kind: 'document', position: 4, fileId: pdf.id, trialSeconds: 5 })
const live = await shelf.lesson(course, { position: 5 })
const empty = await shelf.lesson(course, { kind: 'video', position: 6 })
for (const { id } of [free, trial, paid]) await shelf.attach(id, notes.id)

const page = async (lesson: { id: string }, from?: typeof buyer) =>
  send(app, `GET /api/lessons/${lesson.id}`, undefined, from)

t.test('an article is whole for those who have it, and for everyone signed in where it is free', async (t) => {
  for (const [lesson, viewer, via] of [
    [paid, buyer, 'entitlement'],
    [free, stranger, 'free'],
    [paid, teacher, 'teaching'],
  ] as const)
    t.match((await page(lesson, viewer)).body, {
      lesson: { kind: 'article', course: { id: course.id, title: course.title }, ready: true },
      access: { state: 'open', via, reason: null },
      body,
      bodyIsCut: false,
      attachments: [{ id: notes.id, name: 'notes.pdf', mimeType: 'application/pdf', sizeBytes: 3 }],
    })
})

t.test('nothing of a locked article leaves the server', async (t) => {
  for (const [viewer, reason] of [
    [stranger, 'not_entitled'],
    [undefined, 'unauthorized'],
  ] as const) {
    const answer = await page(paid, viewer)
    t.match(answer.body, { access: { state: 'locked', via: null, reason }, body: null, attachments: [], file: null })
    t.notMatch(JSON.stringify(answer.body), /Secret|First/)
  }
})

t.test('of one that may be tried its beginning does, and no attachment', async (t) => {
  const answer = await page(trial, stranger)
  t.match(answer.body, { access: { state: 'trial', via: null, reason: null }, bodyIsCut: true, attachments: [] })
  t.equal(answer.body.body, 'First. '.repeat(20).trimEnd())
  t.equal((await page(trial)).body.body, null, 'a visitor signs in first')
})

t.test('the file of a document is for those who have it, that of a video also for those who try', async (t) => {
  t.equal((await page(document, stranger)).body.file, null)
  t.match((await page(document, buyer)).body, { lesson: { kind: 'document', ready: true }, file: { id: pdf.id } })
  t.match((await page(tried, stranger)).body, {
    lesson: { durationMs: 9000 },
    access: { state: 'trial' },
    file: { id: videoFile.id },
  })
  t.equal((await page(tried)).body.file, null)
  t.match((await page(empty, buyer)).body, { lesson: { ready: false, durationMs: null }, file: null })
})

t.test('a live lesson of a course keeps its shape, and says what course it belongs to', async (t) => {
  const answer = await page(live, buyer)
  t.match(answer.body, {
    lesson: { kind: 'live', startsAt: live.startsAt, durationMinutes: 60, online: 0, course: { id: course.id } },
    role: 'student',
    access: { state: 'open' },
  })
  t.match((await page(live, stranger)).body, { role: 'student', access: { state: 'locked', reason: 'not_entitled' } })
  t.equal((await page(live, teacher)).body.role, 'teacher')
})

t.test('it names the lessons before and after, and whether they are open', async (t) => {
  t.match((await page(trial, stranger)).body, {
    previous: { id: free.id, kind: 'article', title: free.title, access: 'open' },
    next: { id: paid.id, access: 'locked' },
  })
  t.equal((await page(free, buyer)).body.previous, null)
  t.equal((await page(empty, buyer)).body.next, null)
})

t.test('lessons of a draft are there for its maker, and in no list', async (t) => {
  const draft = await shelf.course(teacher.id, { status: 'draft' })
  const hidden = await shelf.lesson(draft, { title: 'Hidden' })
  t.equal((await page(hidden, stranger)).status, 404)
  t.equal((await page(hidden)).status, 404)
  t.equal((await page(hidden, teacher)).status, 200)
  const listed = async (filter: string) =>
    (await send(app, `GET /api/lessons?filter=${filter}`, undefined, teacher)).body.lessons.map(
      ({ id }: { id: string }) => id,
    )
  t.notOk((await listed('upcoming')).includes(hidden.id))
  t.ok((await listed('upcoming')).includes(live.id))
  t.ok((await listed('mine')).includes(hidden.id))
})

t.test('a beginning', async (t) => {
  t.test('ends with a paragraph where one fits', async (t) => {
    t.equal(beginningOf(`one\n\ntwo\n\n${'x'.repeat(100)}`, 2), 'one\n\ntwo')
  })
  t.test('is never more than half, nor half a character', async (t) => {
    t.equal(beginningOf('😀'.repeat(10), 1000), '😀'.repeat(5))
  })
  t.test('does not tear code apart', async (t) => {
    t.equal(beginningOf(`one\n\n\`\`\`\na\n\nb\n\`\`\`\n\n${'x'.repeat(100)}`, 2), 'one')
  })
  t.test('is cut where the first paragraph is too long', async (t) => {
    t.equal(beginningOf('y'.repeat(100), 1), 'y'.repeat(8))
  })
})
