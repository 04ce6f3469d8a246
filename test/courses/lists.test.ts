import t from 'tap'
import type { Lesson, LessonQuery } from '../../src/courses/schema.ts'
import { createBusiness, createBusinessApp, MINUTE_MS, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, lesson, lessons, pass } = business
const teacher = await person('teacher')
const assistant = await person('student')

const soon = await lesson(teacher.user, 30, 'soon')
const later = await lesson(teacher.user, 90, 'later')
const lobby = await lesson(teacher.user, 10, 'lobby')
await lessons.advance(lobby.id, 'openLobby')
const live = await lesson(teacher.user, 20, 'live')
await lessons.advance(live.id, 'start')
pass(MINUTE_MS)
const paused = await lesson((await person('teacher')).user, 20, 'paused')
await lessons.advance(paused.id, 'start')
await lessons.advance(paused.id, 'pause')
const ended = await lesson(teacher.user, 20, 'ended')
await lessons.advance(ended.id, 'start')
await lessons.advance(ended.id, 'end')
await lessons.addAssistant(teacher.user, later.id, assistant.username)

const titles = async (filter: LessonQuery['filter'], from?: typeof teacher) =>
  (await send(app, `GET /api/lessons?filter=${filter}`, undefined, from)).body.lessons.map(({ title }: Lesson) => title)

t.test('live lessons include paused ones, the youngest first', async (t) => {
  t.strictSame(await titles('live'), ['paused', 'live'])
})

t.test('upcoming lessons are scheduled or in the lobby, the soonest first', async (t) => {
  t.strictSame(await titles('upcoming'), ['lobby', 'soon', 'later'])
})

t.test('ended lessons are over', async (t) => {
  t.strictSame(await titles('ended'), ['ended'])
})

t.test('one’s own lessons are those one teaches or assists', async (t) => {
  t.strictSame(await titles('mine', teacher), ['later', 'soon', 'ended', 'live', 'lobby'].sort(byStart))
  t.strictSame(await titles('mine', assistant), ['later'])
  t.strictSame(await titles('mine', await person('operator')), [])
})

t.test('a visitor has no lessons', async (t) => {
  t.equal((await send(app, 'GET /api/lessons?filter=mine')).status, 401)
})

t.test('pages follow each other without a gap, whatever is added in front', async (t) => {
  const other = await person('teacher')
  const made = []
  for (let minutes = 100; minutes < 145; minutes++) made.push((await lesson(other.user, minutes)).id)
  const seen: string[] = []
  let next: string | null = null
  do {
    const after: string = next ? `&after=${next}` : ''
    const { body } = await send(app, `GET /api/lessons?filter=mine${after}`, undefined, other)
    t.ok(body.lessons.length <= 20)
    seen.push(...body.lessons.map(({ id }: Lesson) => id))
    next = body.next
    await lesson(other.user, 5000)
  } while (next)
  t.strictSame(seen, made.reverse())
})

t.test('a cursor that is none is refused', async (t) => {
  for (const after of ['x', '1_x', `1_${'g'.repeat(36)}`, `99999999999999999_${soon.id}`, `${soon.id}`, '%00'])
    t.equal((await send(app, `GET /api/lessons?filter=upcoming&after=${after}`)).status, 400, after)
})

t.test('a filter that is none is refused', async (t) => {
  for (const query of ['', '?filter=', '?filter=all', '?filter=live&filter=ended', '?filter=live&limit=1000'])
    t.equal((await send(app, `GET /api/lessons${query}`)).status, 400, query)
})

function byStart(one: string, other: string): number {
  const order = [later, soon, live, ended, lobby].sort((a, b) => b.startsAt - a.startsAt || (a.id < b.id ? 1 : -1))
  const place = (title: string) => order.findIndex((each) => each.title === title)
  return place(one) - place(other)
}
