import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { lessonProgress, lessons as lessonsTable } from '../../../db/schema.ts'
import type { CourseDraft, LessonDraft } from '../../../src/courses/schema.ts'
import { grantIn } from '../../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, send } from '../../support/business.ts'
import { openTestDatabase } from '../../support/database.ts'
import { createShelf } from '../../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person, lessons: live } = business
const shelf = createShelf(db, now)
const teacher = await person('teacher')
const student = await person()
const inMinutes = (minutes: number) => now() + minutes * MINUTE_MS

const course = (): Promise<CourseDraft> => business.courses.teaching.create(teacher.user, { title: 'Light' })
const read = (id: string): Promise<CourseDraft> => business.courses.teaching.course(teacher.user, id)
const add = async (courseId: string, body: object, from = teacher) =>
  send(app, `POST /api/teaching/courses/${courseId}/lessons`, body, from)
const article = async (courseId: string, title = 'Text'): Promise<LessonDraft> =>
  (await add(courseId, { kind: 'article', title })).body
const order = (courseId: string, body: object, from = teacher) =>
  send(app, `PUT /api/teaching/courses/${courseId}/outline`, body, from)
const edit = (id: string, body: object, from = teacher) => send(app, `PATCH /api/teaching/lessons/${id}`, body, from)
const remove = (id: string, query = '', from = teacher) =>
  send(app, `DELETE /api/teaching/lessons/${id}${query}`, undefined, from)
const shape = ({ outline }: CourseDraft) =>
  outline.map(({ title, lessons }) => [title, ...lessons.map((lesson) => lesson.title)])

t.test('lessons of every kind are added at the end', async (t) => {
  const { id } = await course()
  for (const kind of ['article', 'video', 'document'] as const)
    t.match((await add(id, { kind, title: ` ${kind} ` })).body, { kind, title: kind, free: false, trialSeconds: 0 })
  const { status, body } = await add(id, { kind: 'live', title: 'live', startsAt: inMinutes(60), durationMinutes: 45 })
  t.equal(status, 201)
  t.match(body, { startsAt: inMinutes(60), durationMinutes: 45, status: 'scheduled', course: { id, title: 'Light' } })
  t.strictSame(shape(await read(id)), [['', 'article', 'video', 'document', 'live']])
  t.equal((await live.get(body.id)).course?.id, id, 'its room is there like any other')
})

t.test('a live one needs a time that is not over', async (t) => {
  const { id } = await course()
  t.equal((await add(id, { kind: 'live', title: 'x' })).status, 400)
  t.equal((await add(id, { kind: 'live', title: 'x', startsAt: inMinutes(-60) })).status, 400)
  t.equal((await add(id, { kind: 'song', title: 'x' })).status, 400)
  t.equal((await add(id, { kind: 'article', title: 'x', chapterId: randomUUID() })).status, 404)
  t.equal((await add(id, { kind: 'article', title: 'x' }, student)).status, 404)
})

t.test('the order is set as a whole: chapters made, renamed, moved and removed', async (t) => {
  const { id } = await course()
  const [a, b, c] = [await article(id, 'a'), await article(id, 'b'), await article(id, 'c')]
  const { outlineVersion } = await read(id)
  const first = await order(id, {
    version: outlineVersion,
    loose: [c.id],
    chapters: [
      { title: ' One ', lessons: [b.id, a.id] },
      { title: 'Two', lessons: [] },
    ],
  })
  t.strictSame(shape(first.body), [['', 'c'], ['One', 'b', 'a'], ['Two']])
  t.equal(first.body.outlineVersion, outlineVersion + 1)
  const [one, two] = first.body.outline.slice(1).map((chapter: { id: string }) => chapter.id)
  const second = await order(id, {
    version: outlineVersion + 1,
    loose: [],
    chapters: [{ id: two, title: 'Second', lessons: [a.id, b.id, c.id] }],
  })
  t.strictSame(shape(second.body), [[''], ['Second', 'a', 'b', 'c']])
  t.notOk(second.body.outline.some((chapter: { id: string }) => chapter.id === one))
  const added = await add(id, { kind: 'article', title: 'd', chapterId: two })
  t.equal(added.status, 201)
  t.strictSame(shape(await read(id)), [[''], ['Second', 'a', 'b', 'c', 'd']])
})

t.test('an order that was made from an older outline is refused, whatever changed', async (t) => {
  const { id } = await course()
  const { id: lessonId } = await article(id)
  const { outlineVersion: version } = await read(id)
  const same = { version, loose: [lessonId], chapters: [] }
  t.equal((await order(id, same)).status, 200)
  t.equal((await order(id, same)).body.error.code, 'changed_elsewhere')
  await article(id)
  t.equal((await order(id, { ...same, version: version + 1 })).body.error.code, 'changed_elsewhere')
  t.equal((await read(id)).outline[0]?.lessons.length, 2)
})

t.test('an order names every lesson once, and only chapters of the course', async (t) => {
  const { id } = await course()
  const other = await course()
  const [a, b] = [await article(id), await article(id)]
  const foreign = await article(other.id)
  const chapter = await shelf.chapter(other.id)
  const { outlineVersion: version } = await read(id)
  for (const [what, body] of Object.entries({
    'one missing': { loose: [a.id], chapters: [] },
    'one twice': { loose: [a.id, a.id], chapters: [] },
    'one of another course': { loose: [a.id, foreign.id], chapters: [] },
    'a chapter of another course': { loose: [a.id, b.id], chapters: [{ id: chapter.id, title: 'x', lessons: [] }] },
    'an empty title': { loose: [a.id, b.id], chapters: [{ title: ' ', lessons: [] }] },
  }))
    t.equal((await order(id, { version, ...body })).status, 400, what)
  t.equal((await order(id, { version, loose: [a.id, b.id], chapters: [] }, student)).status, 404)
})

t.test('changing a lesson', async (t) => {
  const { id: courseId } = await course()

  t.test('its words, what is free of it, and what may be tried', async (t) => {
    const { id } = await article(courseId)
    const { body } = await edit(id, { version: 1, title: 'New', body: '# Hi', free: true, trialSeconds: 60 })
    t.match(body, { title: 'New', body: '# Hi', free: true, trialSeconds: 60, version: 2, lack: null })
    t.equal((await edit(id, { version: 1, title: 'Late' })).body.error.code, 'changed_elsewhere')
    t.equal((await edit(id, { version: 2, title: 'Mine' }, student)).status, 404)
  })

  t.test('only what its kind has', async (t) => {
    const { id } = await article(courseId)
    const document = (await add(courseId, { kind: 'document', title: 'Paper' })).body
    const file = await shelf.file(teacher.id, { purpose: 'document' })
    t.equal((await edit(id, { version: 1, fileId: file.id })).status, 400)
    t.equal((await edit(id, { version: 1, startsAt: inMinutes(60) })).status, 400)
    t.equal((await edit(document.id, { version: 1, body: 'x' })).status, 400)
    t.equal((await edit(document.id, { version: 1, trialSeconds: 5 })).status, 400)
    t.equal((await edit(document.id, { version: 1, watermark: true })).status, 400)
    t.equal((await edit(document.id, { version: 1, dvrMinutes: 5 })).status, 400)
    t.equal((await edit(document.id, { version: 1, trialSeconds: 5000 })).status, 400)
    t.match((await edit(document.id, { version: 1, fileId: file.id })).body, { file: { id: file.id }, lack: null })
  })

  t.test('files that are one’s own, and were uploaded for it', async (t) => {
    const video = (await add(courseId, { kind: 'video', title: 'Film' })).body
    const [good, pdf, foreign] = [
      await shelf.file(teacher.id, { purpose: 'video' }),
      await shelf.file(teacher.id, { purpose: 'document' }),
      await shelf.file(student.id, { purpose: 'video' }),
    ]
    t.equal((await edit(video.id, { version: 1, fileId: pdf.id })).status, 400)
    t.equal((await edit(video.id, { version: 1, fileId: foreign.id })).status, 404)
    t.match((await edit(video.id, { version: 1, fileId: good.id })).body, { file: { id: good.id } })
  })

  t.test('attachments, in their order', async (t) => {
    const { id } = await article(courseId)
    const [one, other] = [await shelf.file(teacher.id), await shelf.file(teacher.id, { name: 'other.zip' })]
    const foreign = await shelf.file(student.id)
    const first = await edit(id, { version: 1, attachmentIds: [other.id, one.id] })
    t.match(first.body, { attachments: [{ id: other.id, name: 'other.zip' }, { id: one.id }] })
    t.equal((await edit(id, { version: 2, attachmentIds: [foreign.id] })).status, 404)
    t.equal((await edit(id, { version: 2, attachmentIds: [one.id, one.id] })).status, 400)
    t.strictSame((await edit(id, { version: 2, attachmentIds: [] })).body.attachments, [])
  })

  t.test('the time of a class until it has gone live', async (t) => {
    const { id } = (await add(courseId, { kind: 'live', title: 'Class', startsAt: inMinutes(60) })).body
    t.match((await edit(id, { version: 1, startsAt: inMinutes(90), title: 'Later' })).body, {
      startsAt: inMinutes(90),
      title: 'Later',
      version: 2,
    })
    t.match((await edit(id, { version: 2, dvrMinutes: 60, watermark: true })).body, { dvrMinutes: 60, watermark: true })
    t.equal((await edit(id, { version: 3, startsAt: inMinutes(-60) })).status, 400)
    await live.advance(id, 'start')
    t.equal((await edit(id, { version: 3, startsAt: inMinutes(120) })).body.error.code, 'conflict')
    t.equal((await edit(id, { version: 3, title: 'Words' })).status, 200)
  })

  t.test('from the list of lessons counts as a change as well', async (t) => {
    const { id } = (await add(courseId, { kind: 'live', title: 'Class', startsAt: inMinutes(60) })).body
    await send(app, `PATCH /api/lessons/${id}`, { title: 'There' }, teacher)
    t.equal((await edit(id, { version: 1, title: 'Here' })).body.error.code, 'changed_elsewhere')
  })

  t.test('is not for a lesson without a course', async (t) => {
    const { id } = await business.lesson(teacher.user)
    t.equal((await edit(id, { version: 1, title: 'x' })).status, 404)
    t.equal((await send(app, `GET /api/teaching/lessons/${id}`, undefined, teacher)).status, 404)
  })
})

t.test('taking a lesson out', async (t) => {
  t.test('needs no more than saying so while nobody would miss it', async (t) => {
    const { id } = await course()
    const { id: lessonId } = await article(id)
    t.equal((await remove(lessonId, '', await person('teacher'))).status, 404)
    t.equal((await remove(lessonId)).status, 204)
    t.strictSame(shape(await read(id)), [['']])
    t.equal((await remove(lessonId)).status, 404)
  })

  t.test('has to be confirmed where somebody has the course, and keeps the row', async (t) => {
    const { id } = await course()
    const { id: lessonId } = await article(id)
    await grantIn(db, { userId: student.id, subject: { courseId: id }, accessDays: null, at: now() })
    t.equal((await remove(lessonId)).body.error.code, 'has_learners')
    t.equal((await remove(lessonId, '?confirmed=false')).status, 409)
    const { outlineVersion } = await read(id)
    t.equal((await remove(lessonId, '?confirmed=true')).status, 204)
    t.equal((await read(id)).outlineVersion, outlineVersion + 1)
    const [row] = await db.select().from(lessonsTable).where(eq(lessonsTable.id, lessonId))
    t.match(row, { cancelledAt: now(), title: 'Text' })
    t.equal((await send(app, `GET /api/lessons/${lessonId}`, undefined, student)).status, 404)
  })

  t.test('or where somebody has begun it', async (t) => {
    const { id } = await course()
    const { id: lessonId } = await article(id)
    const row = { userId: student.id, lessonId, watched: [], startedAt: 1, updatedAt: 1 }
    await db.insert(lessonProgress).values(row)
    t.match((await send(app, `GET /api/teaching/lessons/${lessonId}`, undefined, teacher)).body, { learners: 1 })
    t.equal((await remove(lessonId)).body.error.code, 'has_learners')
  })

  t.test('is not for a class that took place, and not for the list of lessons', async (t) => {
    const { id } = await course()
    const begun = (await add(id, { kind: 'live', title: 'Class', startsAt: inMinutes(5) })).body
    const planned = (await add(id, { kind: 'live', title: 'Class', startsAt: inMinutes(5) })).body
    await live.advance(begun.id, 'start')
    t.equal((await remove(begun.id, '?confirmed=true')).body.error.code, 'conflict')
    t.equal((await send(app, `DELETE /api/lessons/${planned.id}`, undefined, teacher)).body.error.code, 'conflict')
    t.equal((await remove(planned.id)).status, 204)
  })
})
