import { eq } from 'drizzle-orm'
import t from 'tap'
import { lessons, videos } from '../../db/schema.ts'
import { grantIn } from '../../src/entitlements/grants.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { now, person, pass } = business
const shelf = createShelf(db, now)
const teacher = await person('teacher')
const course = await shelf.course(teacher.id)
const file = await shelf.file(teacher.id, { purpose: 'video' })
const LENGTH_MS = 10 * MINUTE_MS
await db.insert(videos).values({ fileId: file.id, status: 'ready', durationMs: LENGTH_MS, updatedAt: now() })
const video = await shelf.lesson(course, { kind: 'video', fileId: file.id })
const article = await shelf.lesson(course, { kind: 'article', body: 'Text' })

async function buyer() {
  const someone = await person()
  await grantIn(db, { userId: someone.id, subject: { courseId: course.id }, accessDays: null, at: now() })
  return someone
}
/** Signed in anew, for when time has passed. */
const again = ({ username }: { username: string }) => person('student', username)
const report = (from: Awaited<ReturnType<typeof buyer>> | undefined, body: object, lesson: { id: string } = video) =>
  send(app, `PUT /api/lessons/${lesson.id}/progress`, body, from)
const known = async (from: Awaited<ReturnType<typeof buyer>>, lesson: { id: string } = video) =>
  (await send(app, `GET /api/lessons/${lesson.id}/progress`, undefined, from)).body.progress

t.test('a lesson goes on where it was left, on any device', async (t) => {
  const one = await buyer()
  t.equal(await known(one), null)
  const answer = await report(one, { positionMs: 61_500, watched: [[0, 61_500]] })
  t.match(answer.body.progress, { positionMs: 61_500, watched: [[0, 61_500]], watchedMs: 61_500, completedAt: null })
  t.strictSame(await known(one), answer.body.progress)
})

t.test('reports add up, and a repeated one changes nothing', async (t) => {
  const one = await buyer()
  pass(MINUTE_MS)
  await report(one, { positionMs: 10_000, watched: [[0, 10_000]] })
  const gapped = {
    positionMs: 40_000,
    watched: [
      [30_000, 40_000],
      [9000, 12_000],
    ],
  }
  const first = (await report(one, gapped)).body.progress
  t.match(first, {
    watched: [
      [0, 12_000],
      [30_000, 40_000],
    ],
    watchedMs: 22_000,
  })
  t.strictSame((await report(one, gapped)).body.progress, first)
})

t.test('reports at the same time from two devices are both kept', async (t) => {
  const one = await buyer()
  await Promise.all(
    Array.from({ length: 8 }, (_, place) =>
      report(one, { positionMs: 0, watched: [[place * 10_000, place * 10_000 + 5000]] }),
    ),
  )
  t.equal((await known(one)).watchedMs, 40_000)
})

t.test('it is complete when nine tenths were watched, and stays so', async (t) => {
  let one = await buyer()
  await report(one, { positionMs: 0, watched: [] })
  pass(LENGTH_MS)
  one = await again(one)
  const most = LENGTH_MS * 0.9
  const skipped = await report(one, { positionMs: LENGTH_MS, watched: [[0, most - 1]] })
  t.equal(skipped.body.progress.completedAt, null, 'being at the end is not having watched')
  const watched = await report(one, { positionMs: most, watched: [[most - 1, most]] })
  t.equal(watched.body.progress.completedAt, now())
  pass(MINUTE_MS)
  const later = await report(one, { positionMs: 0, watched: [] })
  t.equal(later.body.progress.completedAt, watched.body.progress.completedAt)
})

t.test('nobody watches faster than a player plays', async (t) => {
  const one = await buyer()
  const claim = { positionMs: 300_000, watched: [[0, LENGTH_MS]] }
  const first = await report(one, claim)
  t.match(first.body.progress, { positionMs: 300_000, watched: [], watchedMs: 0 }, 'the place is kept all the same')
  pass(MINUTE_MS)
  t.equal((await report(one, claim)).body.progress.watchedMs, 0)
  pass(2 * MINUTE_MS)
  t.equal((await report(one, claim)).body.progress.watchedMs, LENGTH_MS, 'told again when it can be true')
})

t.test('many small claims are not believed either', async (t) => {
  const one = await buyer()
  for (let from = 0; from < LENGTH_MS; from += 30_000)
    await report(one, { positionMs: 0, watched: [[from, from + 30_000]] })
  t.ok((await known(one)).watchedMs <= 2 * MINUTE_MS)
})

t.test('nothing beyond the end is counted', async (t) => {
  const one = await buyer()
  await report(one, { positionMs: 0, watched: [] })
  pass(60 * MINUTE_MS)
  const { body } = await report(await again(one), {
    positionMs: 86_400_000,
    watched: [[LENGTH_MS - 1000, LENGTH_MS + 5000]],
  })
  t.match(body.progress, { positionMs: LENGTH_MS, watchedMs: 1000 })
})

t.test('an article is complete at its end', async (t) => {
  const one = await buyer()
  t.equal((await report(one, { positionMs: 0, watched: [] }, article)).body.progress.completedAt, null)
  const end = await report(one, { positionMs: 0, watched: [], finished: true }, article)
  t.equal(end.body.progress.completedAt, now())
})

t.test('saying that one has finished a video does not finish it', async (t) => {
  const one = await buyer()
  t.equal((await report(one, { positionMs: 0, watched: [], finished: true })).body.progress.completedAt, null)
})

t.test('a class is complete when half of it was watched', async (t) => {
  const live = await shelf.lesson(course)
  await db
    .update(lessons)
    .set({ status: 'ended', startedAt: now() - 4 * MINUTE_MS, endedAt: now() })
    .where(eq(lessons.id, live.id))
  const one = await buyer()
  const { body } = await report(one, { positionMs: 0, watched: [[0, 2 * MINUTE_MS]] }, live)
  t.equal(body.progress.completedAt, now())
})

t.test('only those report to whom the lesson is open', async (t) => {
  const nothing = { positionMs: 0, watched: [] }
  t.equal((await report(undefined, nothing)).status, 401)
  t.equal((await report(await person(), nothing)).body.error.code, 'not_entitled')
})

t.test('malformed reports are refused', async (t) => {
  const one = await buyer()
  for (const body of [
    {},
    { positionMs: -1, watched: [] },
    { positionMs: 0, watched: [[0]] },
    { positionMs: 0, watched: [[0, 1, 2]] },
    { positionMs: 0, watched: [[-1, 1]] },
    { positionMs: 0, watched: [[0, 1e9]] },
    { positionMs: 0, watched: [[0.5, 2]] },
    { positionMs: 0, watched: Array.from({ length: 201 }, () => [0, 1]) },
    { positionMs: 0, watched: [], completedAt: 1 },
  ])
    t.equal((await report(one, body)).status, 400, JSON.stringify(body).slice(0, 60))
  t.equal(await known(one), null)
})

t.test('of a trial, only what was given counts, and nothing is completed by it', async (t) => {
  const tried = await shelf.lesson(course, { kind: 'video', fileId: file.id, trialSeconds: 60 })
  const cut = await shelf.lesson(course, { kind: 'article', body: 'Text', trialSeconds: 60 })
  const curious = await person()
  await report(curious, { positionMs: 0, watched: [] }, tried)
  pass(LENGTH_MS)
  const from = await again(curious)
  const all = { positionMs: LENGTH_MS, watched: [[0, LENGTH_MS]] }
  t.match((await report(from, all, tried)).body.progress, {
    positionMs: 60_000,
    watched: [[0, 60_000]],
    watchedMs: 60_000,
    completedAt: null,
  })
  t.match((await report(from, { positionMs: 0, watched: [], finished: true }, cut)).body.progress, {
    completedAt: null,
  })
})
