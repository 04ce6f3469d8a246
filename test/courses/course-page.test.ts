import { randomUUID } from 'node:crypto'
import t from 'tap'
import { lessonProgress, videos } from '../../db/schema.ts'
import { grantIn } from '../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person, entitlements, pass } = business
const shelf = createShelf(db, now)
const DAY_MS = 24 * 60 * MINUTE_MS

const teacher = await person('teacher')
const buyer = await person()
const member = await person()
const stranger = await person()
const course = await shelf.course(teacher.id, { intro: '# Hello', publishedAt: now() })
const draft = await shelf.course(teacher.id, { status: 'draft' })
const archived = await shelf.course(teacher.id, { status: 'archived' })
const [second, first] = [await shelf.chapter(course.id, 2), await shelf.chapter(course.id, 1)]
const videoFile = await shelf.file(teacher.id, { purpose: 'video' })
await db.insert(videos).values({ fileId: videoFile.id, status: 'ready', durationMs: 60_000, updatedAt: now() })
const trial = await shelf.lesson(course, {
  kind: 'video',
  chapterId: first.id,
  position: 1,
  fileId: videoFile.id,
  trialSeconds: 30,
})
const paid = await shelf.lesson(course, { kind: 'article', chapterId: first.id, position: 0, body: 'Text' })
const free = await shelf.lesson(course, { kind: 'article', free: true, body: 'Welcome' })
const live = await shelf.lesson(course, { chapterId: second.id })
await shelf.lesson(course, { kind: 'article', cancelledAt: 1 })
const plan = await shelf.plan([course.id])
for (const { id } of [course, archived])
  await grantIn(db, { userId: buyer.id, subject: { courseId: id }, accessDays: 30, at: now() })
await grantIn(db, { userId: member.id, subject: { planId: plan.id }, accessDays: plan.days, at: now() })

type Lesson = { id: string; access: string; ready: boolean; completed: boolean }
type Page = { outline: { id: string | null; lessons: Lesson[] }[] }
const page = async (from?: typeof buyer, id = course.id) => send(app, `GET /api/courses/${id}`, undefined, from)
const lessonsOf = (body: Page) => body.outline.flatMap(({ lessons }) => lessons)

t.test('the outline is in order, what is outside of chapters first, without what was cancelled', async (t) => {
  const { body } = await page()
  t.strictSame(
    body.outline.map(({ id, lessons }: Page['outline'][number]) => [id, lessons.map((lesson) => lesson.id)]),
    [
      [null, [free.id]],
      [first.id, [paid.id, trial.id]],
      [second.id, [live.id]],
    ],
  )
  t.match(body.course, { id: course.id, intro: '# Hello', lessons: 4 })
  t.match(lessonsOf(body), [
    { kind: 'article', ready: true, live: null },
    {},
    { kind: 'video', durationMs: 60_000 },
    { kind: 'live', live: { startsAt: live.startsAt, durationMinutes: 60, status: 'scheduled' } },
  ])
})

t.test('what is open in the outline is what the one question says', async (t) => {
  const viewers = { teacher, buyer, member, stranger, operator: await person('operator'), nobody: undefined }
  const action = { live: 'enter', video: 'watch', article: 'read', document: 'read' } as const
  const states = { true: 'open', trial: 'trial', false: 'locked' }
  for (const [name, viewer] of Object.entries(viewers)) {
    const lessons = lessonsOf((await page(viewer)).body)
    for (const lesson of [free, paid, trial, live]) {
      const decision = await entitlements.mayI(viewer?.user ?? null, action[lesson.kind], { lessonId: lesson.id })
      const shown = lessons.find(({ id }) => id === lesson.id)?.access
      t.equal(shown, states[`${decision.allowed}`], `${lesson.kind} for ${name}`)
    }
  }
})

t.test('it says by what and until when one has it', async (t) => {
  const until = now() + 30 * DAY_MS
  t.match((await page(buyer)).body.viewer, {
    right: { via: 'entitlement', endsAt: until },
    mayEdit: false,
    mayReview: true,
  })
  t.match((await page(member)).body.viewer, { right: { via: 'membership', endsAt: until }, mayReview: true })
  t.match((await page(teacher)).body.viewer, {
    right: { via: 'teaching', endsAt: null },
    mayEdit: true,
    mayReview: false,
  })
  t.match((await page(await person('operator'))).body.viewer, { right: { via: 'staff' }, mayEdit: true })
  t.match((await page(stranger)).body.viewer, { right: null, mayEdit: false, mayReview: false })
  t.equal((await page()).body.viewer, null)
})

t.test('a draft is there for its maker and operators, an archived course for those who have it', async (t) => {
  const attempts = async (id: string) => {
    const viewers = [undefined, stranger, member, buyer, teacher, await person('teacher'), await person('operator')]
    return Promise.all(viewers.map(async (viewer) => (await page(viewer, id)).status))
  }
  t.strictSame(await attempts(draft.id), [404, 404, 404, 404, 200, 404, 200])
  t.strictSame(await attempts(archived.id), [404, 404, 404, 200, 200, 404, 200])
  t.equal((await page(buyer, randomUUID())).status, 404)
  t.equal((await page(buyer, 'x')).status, 400)
})

t.test('it says how far one has come', async (t) => {
  const at = { watched: [], startedAt: now() }
  await db.insert(lessonProgress).values([
    { userId: buyer.id, lessonId: free.id, completedAt: now(), updatedAt: now() - 5, ...at },
    { userId: buyer.id, lessonId: trial.id, positionMs: 4000, updatedAt: now(), ...at },
  ])
  const { body } = await page(buyer)
  t.match(body.viewer.progress, {
    completed: 1,
    lessons: 4,
    percent: 25,
    last: { id: trial.id, kind: 'video', positionMs: 4000 },
  })
  t.strictSame(
    lessonsOf(body).map(({ completed }) => completed),
    [true, false, false, false],
  )
  t.match((await page(stranger)).body.viewer.progress, { completed: 0, percent: 0, last: null })
})

t.test('one’s own courses', async (t) => {
  const mine = async (from: typeof buyer, after = '') =>
    (await send(app, `GET /api/my/courses${after}`, undefined, from)).body
  const ids = ({ courses }: { courses: { id: string }[] }) => courses.map(({ id }) => id)

  t.test('are those one bought, archived or not, the last one used first', async (t) => {
    pass(1000)
    const { body } = await send(app, `PUT /api/lessons/${free.id}/progress`, { positionMs: 1, watched: [] }, buyer)
    t.equal(body.progress.updatedAt, now())
    const list = await mine(buyer)
    t.strictSame(ids(list), [course.id, archived.id])
    t.match(list.courses[0], { right: { via: 'entitlement' }, progress: { percent: 25, last: { id: free.id } } })
  })

  t.test('and those of a membership, or with a free lesson, once begun', async (t) => {
    t.strictSame(ids(await mine(member)), [])
    for (const viewer of [member, stranger])
      await send(app, `PUT /api/lessons/${free.id}/progress`, { positionMs: 1, watched: [] }, viewer)
    t.match((await mine(member)).courses, [{ id: course.id, right: { via: 'membership' } }])
    t.match((await mine(stranger)).courses, [{ id: course.id, right: null }])
  })

  t.test('stay in the list when their time is over', async (t) => {
    pass(31 * DAY_MS)
    t.match((await mine(await person('student', buyer.username))).courses, [
      { id: course.id, right: null },
      { id: archived.id, right: null },
    ])
  })

  t.test('come page by page', async (t) => {
    const busy = await person()
    for (let place = 0; place < 15; place++) {
      const { id } = await shelf.course(teacher.id)
      await grantIn(db, { userId: busy.id, subject: { courseId: id }, accessDays: null, at: now() - (place >> 1) })
    }
    const first = await mine(busy)
    const second = await mine(busy, `?after=${first.next}`)
    t.strictSame([first.courses.length, second.courses.length, second.next], [12, 3, null])
    t.equal(new Set([...ids(first), ...ids(second)]).size, 15)
  })

  t.test('need somebody who is signed in', async (t) => {
    t.equal((await send(app, 'GET /api/my/courses')).status, 401)
  })
})
