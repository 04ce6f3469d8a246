import { eq } from 'drizzle-orm'
import { SignJWT } from 'jose'
import t from 'tap'
import { courses, entitlements, lessons } from '../../db/schema.ts'
import { readRange } from '../../src/files/routes.ts'
import { createBusiness, createBusinessApp } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { pdf, png } from '../support/material.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
const shelf = createShelf(db, business.now, side.storage)

const teacher = await business.person('teacher')
const buyer = await business.person()
const passer = await business.person()
const course = await shelf.course(teacher.id)
const lesson = await shelf.lesson(course, { kind: 'article' })
const bought = await shelf.entitle(buyer.id, course.id)
const notes = Buffer.from('0123456789'.repeat(10))
const attachment = await shelf.stored(teacher.id, 'attachment', notes, 'application/zip', '第一课 "讲义".zip')
await shelf.attach(lesson.id, attachment)

type Person = { headers: { authorization: string } }
const get = (url: string, from?: Person, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  app.inject({ method, url, headers: { ...from?.headers, ...headers } })
const addressOf = async (id: string, from: Person) =>
  (await app.inject({ method: 'POST', url: `/api/files/${id}/address`, headers: from.headers })).json().url as string

t.test('an attachment is for those who have the course', async (t) => {
  const url = `/api/files/${attachment}`
  for (const person of [buyer, teacher, await business.person('operator')]) {
    const answer = await get(url, person)
    t.equal(answer.statusCode, 200)
    t.equal(answer.body, notes.toString())
  }
  t.equal((await get(url, passer)).statusCode, 403)
  t.equal((await get(url)).statusCode, 401)
  t.equal((await get('/api/files/00000000-0000-4000-8000-000000000000', buyer)).statusCode, 404)
  t.equal((await get('/api/files/..%2f..%2fsecret', buyer)).statusCode, 400)
})

t.test('it is saved under its name, in every client, and believed to be nothing else', async (t) => {
  const { headers } = await get(`/api/files/${attachment}`, buyer)
  t.equal(
    headers['content-disposition'],
    `attachment; filename="___ ____.zip"; filename*=UTF-8''%E7%AC%AC%E4%B8%80%E8%AF%BE%20%22%E8%AE%B2%E4%B9%89%22.zip`,
  )
  t.match(headers, { 'content-type': 'application/zip', 'x-content-type-options': 'nosniff' })
  t.equal(headers['cache-control'], 'private, no-cache')
  t.match(headers['content-security-policy'], /default-src 'none'.*sandbox/)
})

t.test('ranges', async (t) => {
  const range = (value: string, headers = {}) => get(`/api/files/${attachment}`, buyer, { range: value, ...headers })
  const middle = await range('bytes=3-5')
  t.equal(middle.statusCode, 206)
  t.equal(middle.body, '345')
  t.match(middle.headers, { 'content-range': 'bytes 3-5/100', 'content-length': '3' })
  t.equal((await range('bytes=98-')).body, '89')
  t.equal((await range('bytes=-1')).body, '9')
  t.equal((await range('bytes=0-5000')).headers['content-range'], 'bytes 0-99/100')
  const beyond = await range('bytes=100-')
  t.equal(beyond.statusCode, 416)
  t.equal(beyond.headers['content-range'], 'bytes */100')
  t.equal((await range('bytes=0-1,5-6')).statusCode, 200, 'several ranges are as none')
  t.equal((await range('lines=1-2')).statusCode, 200)
  const { etag } = middle.headers
  t.equal((await range('bytes=0-1', { 'if-range': etag })).statusCode, 206)
  t.equal((await range('bytes=0-1', { 'if-range': '"another"' })).statusCode, 200)
})

t.test('ranges are read as RFC 9110 has them', async (t) => {
  t.strictSame(readRange('bytes=0-0', 10), { start: 0, end: 0 })
  t.strictSame(readRange('bytes=-20', 10), { start: 0, end: 9 })
  t.equal(readRange('bytes=-0', 10), 'unsatisfiable')
  t.equal(readRange('bytes=10-10', 10), 'unsatisfiable')
  for (const header of ['bytes=-', 'bytes=5-3', 'bytes=--1', 'bytes=1', 'bytes=a-b', '', undefined, 'bytes=0x1-2'])
    t.equal(readRange(header, 10), undefined, header ?? 'none')
})

t.test('what did not change is not sent again', async (t) => {
  const { etag } = (await get(`/api/files/${attachment}`, buyer)).headers
  const again = await get(`/api/files/${attachment}`, buyer, { 'if-none-match': `"x", W/${etag}` })
  t.equal(again.statusCode, 304)
  t.equal(again.body, '')
  t.equal((await get(`/api/files/${attachment}`, passer, { 'if-none-match': String(etag) })).statusCode, 403)
})

t.test('HEAD tells the same without the bytes', async (t) => {
  const answer = await get(`/api/files/${attachment}`, buyer, {}, 'HEAD')
  t.equal(answer.statusCode, 200)
  t.equal(answer.headers['content-length'], '100')
  t.equal(answer.body, '')
})

t.test('the cover of a published course is for everyone, that of a draft is not', async (t) => {
  const cover = await shelf.stored(teacher.id, 'cover', png(), 'image/png', 'cover.png')
  const draft = await shelf.course(teacher.id, { coverFileId: cover, status: 'draft' })
  t.equal((await get(`/api/files/${cover}`)).statusCode, 401)
  t.equal((await get(`/api/files/${cover}`, passer)).statusCode, 404)
  await db.update(courses).set({ status: 'published' }).where(eq(courses.id, draft.id))
  const { statusCode, headers } = await get(`/api/files/${cover}`)
  t.equal(statusCode, 200)
  t.match(headers['cache-control'], /^public/)
  t.match(headers['content-disposition'], /^inline/)
  t.match((await get(`/api/files/${cover}?download=1`)).headers['content-disposition'], /^attachment/)
})

t.test('a film is not downloaded by those who may watch it', async (t) => {
  const film = await shelf.stored(teacher.id, 'video', Buffer.alloc(10), 'video/mp4', 'film.mp4')
  await shelf.lesson(course, { kind: 'video', fileId: film })
  t.equal((await get(`/api/files/${film}`, buyer)).statusCode, 403)
  t.equal(
    (await app.inject({ method: 'POST', url: `/api/files/${film}/address`, headers: buyer.headers })).statusCode,
    403,
  )
  t.equal((await get(`/api/files/${film}`, teacher)).statusCode, 200)
})

t.test('a trial opens no document', async (t) => {
  const paper = await shelf.stored(teacher.id, 'document', pdf(), 'application/pdf', 'paper.pdf')
  await shelf.lesson(course, { kind: 'document', fileId: paper, trialSeconds: 60 })
  t.equal((await get(`/api/files/${paper}`, passer)).statusCode, 403)
  t.equal((await get(`/api/files/${paper}`, buyer)).statusCode, 200)
})

t.test('a signed address', async (t) => {
  const url = await addressOf(attachment, buyer)

  t.test('opens its file without a token, with ranges', async (t) => {
    t.equal((await get(url)).body, notes.toString())
    t.equal((await get(url, undefined, { range: 'bytes=0-1' })).body, '01')
    t.equal((await get(`${url}&download=1`)).statusCode, 200)
  })

  t.test('is not given to those who have no right', async (t) => {
    for (const [from, status] of [
      [passer, 403],
      [{ headers: { authorization: 'Bearer x' } }, 401],
    ] as const)
      t.equal(
        (await app.inject({ method: 'POST', url: `/api/files/${attachment}/address`, headers: from.headers }))
          .statusCode,
        status,
      )
  })

  t.test('opens no other file, and cannot be forged', async (t) => {
    const other = await shelf.stored(teacher.id, 'attachment', notes, 'application/zip', 'other.zip')
    await shelf.attach(lesson.id, other)
    const token = url.split('access=')[1]!
    t.equal((await get(`/api/files/${other}?access=${token}`)).statusCode, 401)
    const forged = await new SignJWT({ sid: buyer.user.sessionId, file: attachment })
      .setProtectedHeader({ alg: 'HS256' })
      .setAudience('file')
      .setSubject(buyer.id)
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode('some other secret that is long enough'))
    for (const bad of [forged, `${token}x`, token.slice(0, -3), 'x', buyer.accessToken])
      t.equal((await get(`/api/files/${attachment}?access=${bad}`)).statusCode, 401)
  })

  t.test('a token of the API is none, and it is none of the API’s', async (t) => {
    const token = url.split('access=')[1]!
    t.equal((await get('/api/me', { headers: { authorization: `Bearer ${token}` } })).statusCode, 401)
  })

  t.test('ends with the right, at once where the bus says so', async (t) => {
    t.equal((await get(url)).statusCode, 200)
    const revoked = { revokedAt: business.now(), revokeReason: 'refunded' as const }
    await db.update(entitlements).set(revoked).where(eq(entitlements.id, bought))
    t.equal((await get(url)).statusCode, 200, 'the answer of this second')
    await business.entitlements.announceRevoked({ userId: buyer.id, courseId: course.id, planId: null })
    t.equal((await get(url)).statusCode, 403)
    const again = await shelf.entitle(buyer.id, course.id)
    business.pass(1001)
    t.equal((await get(url)).statusCode, 200)
    await db.update(entitlements).set(revoked).where(eq(entitlements.id, again))
    business.pass(1001)
    t.equal((await get(url)).statusCode, 403, 'and within a second where it does not')
    await shelf.entitle(buyer.id, course.id)
    business.pass(1001)
  })

  t.test('ends with the sign-in', async (t) => {
    t.equal((await get(url)).statusCode, 200)
    await business.users.signOut(buyer.user)
    t.equal((await get(url)).statusCode, 401)
  })

  t.test('ends with its time', async (t) => {
    const url = await addressOf(attachment, teacher)
    t.equal((await get(url)).statusCode, 200)
    business.pass(61 * 60_000)
    t.equal((await get(url)).statusCode, 401)
  })
})

t.test('a picture in an article is for those who may read so far, and for nobody else', async (t) => {
  const sold = await shelf.course(teacher.id)
  const owner = await business.again(teacher)
  const reader = await business.person()
  const taster = await business.person()
  await shelf.entitle(reader.id, sold.id)
  const picture = () => shelf.stored(teacher.id, 'image', png(), 'image/png', 'light.png')
  const [early, late, loose, foreign] = [await picture(), await picture(), await picture(), await picture()]
  const body = `![](/api/files/${early})\n\n${'Light falls. '.repeat(500)}\n\n![](/api/files/${late})`
  const article = await shelf.lesson(sold, { kind: 'article', body, trialSeconds: 10 })
  const thief = await business.person('teacher')
  const own = await shelf.course(thief.id, { priceFen: 0 })
  await shelf.lesson(own, { kind: 'article', body: `![](/api/files/${foreign})`, free: true })
  const answers = async (from?: Person) =>
    Promise.all([early, late, loose, foreign].map(async (id) => (await get(`/api/files/${id}`, from)).statusCode))
  t.strictSame(await answers(reader), [200, 200, 404, 404])
  t.strictSame(await answers(owner), [200, 200, 200, 200])
  t.strictSame(await answers(taster), [200, 403, 404, 404], 'the beginning that is tried')
  t.strictSame(await answers(thief), [200, 403, 404, 404], 'to name another’s picture opens nothing')
  t.strictSame(await answers(), [401, 401, 401, 401])
  await db.update(lessons).set({ trialSeconds: 0 }).where(eq(lessons.id, article.id))
  t.strictSame((await answers(taster)).slice(0, 2), [403, 403])
})

t.test('a file is removed by its owner, once nothing shows it', async (t) => {
  const owner = await business.again(teacher)
  const stranger = await business.person('teacher')
  const remove = (id: string, from: Person) =>
    app.inject({ method: 'DELETE', url: `/api/files/${id}`, headers: from.headers })
  t.equal((await remove(attachment, owner)).statusCode, 409)
  const loose = await shelf.stored(teacher.id, 'attachment', notes, 'application/zip', 'loose.zip')
  t.equal((await remove(loose, stranger)).statusCode, 404)
  t.equal((await remove(loose, owner)).statusCode, 204)
  t.equal(await side.storage.read(`originals/${loose}`), undefined)
  t.equal((await get(`/api/files/${loose}`, owner)).statusCode, 404)
})
