import { eq } from 'drizzle-orm'
import t from 'tap'
import { courses, lessons as lessonsTable } from '../../db/schema.ts'
import { createFrames } from '../../src/courses/frame-store.ts'
import { jpegSize } from '../../src/courses/jpeg.ts'
import { type BusinessApp, createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { createShelf } from '../support/shelf.ts'

const business = createBusiness(await openTestDatabase(t))
const app = await createBusinessApp(business)
t.teardown(() => app.close())
const { person, lesson, lessons, pass } = business
const shelf = createShelf(business.db, business.now)

/** The markers of a JPEG of this size, with as many bytes as wanted in between. */
function jpeg(width = 320, height = 180, length = 200): Buffer {
  const header = Buffer.from('ffd8ffe000044a46ffc0000b080000000001011100ffda0002', 'hex')
  header.writeUInt16BE(height, 13)
  header.writeUInt16BE(width, 15)
  return Buffer.concat([header, Buffer.alloc(length - header.length - 2, 7), Buffer.from('ffd9', 'hex')])
}

type Sender = Awaited<ReturnType<typeof person>>
const put = (id: string, from: Sender | undefined, body: Buffer | object = jpeg(), type = 'image/jpeg') =>
  send(app, `PUT /api/lessons/${id}/frame`, body, from, { 'content-type': type })
const get = (id: string, headers = {}) => app.inject({ url: `/api/lessons/${id}/frame.jpg`, headers })
const cardOf = async (id: string) => (await send(app as BusinessApp, `GET /api/lessons/${id}`)).body.lesson

async function liveLesson() {
  const teacher = await person('teacher')
  const { id } = await lesson(teacher.user)
  await lessons.advance(id, 'start')
  return { teacher, id }
}

t.test('everyone may look at the current picture of a live class, which its card tells of', async (t) => {
  const { teacher, id } = await liveLesson()
  t.equal((await cardOf(id)).frameAt, null)
  t.equal((await get(id)).statusCode, 404)
  t.equal((await put(id, teacher)).status, 204)
  t.equal((await cardOf(id)).frameAt, business.now())
  const answer = await get(id)
  t.equal(answer.statusCode, 200)
  t.match(answer.headers, { 'content-type': 'image/jpeg', 'cache-control': 'public, max-age=10' })
  t.ok(answer.rawPayload.equals(jpeg()))
})

t.test('of a lesson that is sold, the picture is shown only where a taste of it is given', async (t) => {
  const { teacher, id } = await liveLesson()
  const course = await shelf.course(teacher.id)
  const set = (values: Partial<typeof lessonsTable.$inferInsert>) => {
    pass(2001)
    return business.db.update(lessonsTable).set(values).where(eq(lessonsTable.id, id))
  }
  const shown = async () => {
    const [{ frameAt }, { statusCode }] = [await cardOf(id), await get(id)]
    t.equal(statusCode === 200, frameAt !== null, 'the card tells of what there is')
    return statusCode === 200
  }
  await put(id, teacher)
  await set({ courseId: course.id })
  t.notOk(await shown())
  await put(id, teacher)
  await set({ trialSeconds: 60 })
  await put(id, teacher)
  t.ok(await shown())
  await set({ trialSeconds: 0, free: true })
  await put(id, teacher)
  t.ok(await shown())
  await business.db.update(courses).set({ status: 'draft' }).where(eq(courses.id, course.id))
  pass(2001)
  t.equal((await get(id)).statusCode, 404)
})

t.test('who has seen the picture is not sent it again, until there is another', async (t) => {
  const { teacher, id } = await liveLesson()
  await put(id, teacher)
  const { etag } = (await get(id)).headers
  const again = await get(id, { 'if-none-match': etag })
  t.equal(again.statusCode, 304)
  t.equal(again.rawPayload.length, 0)
  pass(20_000)
  await put(id, teacher, jpeg(160, 90))
  t.ok((await get(id, { 'if-none-match': etag })).rawPayload.equals(jpeg(160, 90)))
})

t.test('only the teacher of the lesson sends and removes its picture', async (t) => {
  const { teacher, id } = await liveLesson()
  await put(id, teacher)
  const others = [await person('teacher'), await person('student'), await person('operator')]
  for (const other of others) {
    t.equal((await put(id, other)).status, 403)
    t.equal((await send(app, `DELETE /api/lessons/${id}/frame`, undefined, other)).status, 403)
  }
  t.equal((await put(id, undefined)).status, 401)
  t.equal((await get(id)).statusCode, 200)
  t.equal((await send(app, `DELETE /api/lessons/${id}/frame`, undefined, teacher)).status, 204)
  t.equal((await get(id)).statusCode, 404)
})

t.test('a lesson that is not live has no picture', async (t) => {
  const teacher = await person('teacher')
  const { id } = await lesson(teacher.user)
  t.match(await put(id, teacher), { status: 409, body: { error: { code: 'conflict' } } })
  await lessons.advance(id, 'start')
  for (const [away, back] of [['pause', 'resume'], ['end']] as const) {
    await put(id, teacher)
    t.equal((await get(id)).statusCode, 200)
    await lessons.advance(id, away)
    t.equal((await get(id)).statusCode, 404)
    t.equal((await cardOf(id)).frameAt, null)
    if (back) await lessons.advance(id, back)
  }
})

t.test('a lesson that was moved on elsewhere loses its picture, too', async (t) => {
  const { teacher, id } = await liveLesson()
  await put(id, teacher)
  pass(61_000)
  await lessons.sweep()
  t.equal((await cardOf(id)).status, 'paused')
  t.equal((await cardOf(id)).frameAt, null)
  t.equal((await get(id)).statusCode, 404)
})

t.test('a picture that nobody renews is no longer the current one', async (t) => {
  const { teacher, id } = await liveLesson()
  await put(id, teacher)
  pass(90_001)
  t.equal((await cardOf(id)).frameAt, null)
  t.equal((await get(id)).statusCode, 404)
})

t.test('what is not a small JPEG is refused', async (t) => {
  const { teacher, id } = await liveLesson()
  const wrong = {
    'too wide': jpeg(321, 180),
    'too high': jpeg(320, 181),
    'a page': Buffer.from('<html><script>alert(1)</script></html>'),
    'a PNG': Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
    'cut off': jpeg().subarray(0, -2),
    'only its ends': Buffer.from('ffd8ffd9', 'hex'),
    'without a size': Buffer.from('ffd8ffe000044a46ffda000200000000000000ffd9', 'hex'),
    'with a length that leads nowhere': Buffer.from('ffd8ffe0ffff4a46ffda000200000000000000ffd9', 'hex'),
    'with no length at all': Buffer.from(`ffd8${'ffe00000'.repeat(50)}ffd9`, 'hex'),
  }
  for (const [name, bytes] of Object.entries(wrong))
    t.match(await put(id, teacher, bytes), { status: 400, body: { error: { code: 'bad_request' } } }, name)
  t.match(await put(id, teacher, jpeg(320, 180, 30 * 1024 + 1)), { status: 413 }, 'too many bytes')
  t.match(await put(id, teacher, { a: 1 }, 'application/json'), { status: 400 }, 'JSON')
  t.match(await put(id, teacher, jpeg(), 'image/png'), { status: 400 }, 'of another type')
  t.equal((await put(id, teacher, jpeg(320, 180, 30 * 1024))).status, 204)
})

t.test('pictures come no faster than one in five seconds', async (t) => {
  const { teacher, id } = await liveLesson()
  await put(id, teacher)
  pass(4999)
  t.match(await put(id, teacher), { status: 429 })
  pass(1)
  t.equal((await put(id, teacher)).status, 204)
})

t.test('a node holds a thousand pictures, the youngest', async (t) => {
  const frames = createFrames(() => 1)
  for (let lesson = 0; lesson <= 1000; lesson++) frames.put(String(lesson), jpeg())
  t.equal(frames.get('0'), undefined)
  t.ok(frames.get('1'))
  frames.put('1', jpeg(160, 90))
  t.ok(frames.get('2'), 'a renewed one drives out no other')
})

t.test('the size of a JPEG is read past its other segments, whatever its kind', async (t) => {
  t.strictSame(jpegSize(jpeg(101, 180)), { width: 101, height: 180 })
  const progressive = Buffer.from(jpeg(64, 36))
  progressive.writeUInt16BE(0xffc2, 8)
  t.strictSame(jpegSize(progressive), { width: 64, height: 36 })
  t.equal(jpegSize(Buffer.alloc(0)), undefined)
})
