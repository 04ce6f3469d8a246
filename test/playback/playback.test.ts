import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { and, eq } from 'drizzle-orm'
import { SignJWT } from 'jose'
import t, { type Test } from 'tap'
import { entitlements, lessonProgress, lessons } from '../../db/schema.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { clipMaker } from '../support/clips.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { pdf } from '../support/material.ts'
import { createShelf } from '../support/shelf.ts'

const run = promisify(execFile)
const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now, side.storage)
const app = await createBusinessApp(business, { files: side })
await app.listen({ port: 0, host: '127.0.0.1' })
t.teardown(() => app.close())
const base = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`
const clip = await clipMaker(t)

const teacher = await business.person('teacher')
const course = await shelf.course(teacher.id)
const film = await shelf.stored(teacher.id, 'video', await clip('playable'), 'video/mp4')
await shelf.video(film)
await side.videos.make(film)
const lesson = await shelf.lesson(course, { kind: 'video', fileId: film, trialSeconds: 8 })
const locked = await shelf.lesson(course, { kind: 'video', fileId: film })

type Person = Awaited<ReturnType<typeof business.person>>
const play = (from: Person | undefined, lessonId = lesson.id, body: object = {}) =>
  send(app, `POST /api/lessons/${lessonId}/play`, { playerId: randomUUID(), ...body }, from)
const get = (url: string) => app.inject({ url })
const at = (url: string, path: string) => url.replace(/index\.m3u8$/, path)
const statusOf = async (url: string, path: string) => (await get(at(url, path))).statusCode
const codeOf = async (url: string, path: string) => (await get(at(url, path))).json().error?.code

async function buyer() {
  const person = await business.person()
  return Object.assign(person, { right: await shelf.entitle(person.id, course.id) })
}

/** What an independent player makes of it: seconds of picture, and whether there was trouble. */
async function watched(url: string): Promise<number> {
  const args = [
    '-v',
    'error',
    '-print_format',
    'json',
    '-count_packets',
    '-show_streams',
    '-select_streams',
    'v',
    `${base}${url}`,
  ]
  const { stdout, stderr } = await run('ffprobe', args)
  if (stderr) throw new Error(stderr)
  return Number(JSON.parse(stdout).streams[0].nb_read_packets) / 25
}

t.test('who bought it watches all of it', async (t) => {
  const person = await buyer()
  const { status, body } = await play(person)
  t.equal(status, 200)
  t.match(body, { kind: 'video', positionMs: 0, trialSeconds: null, width: 320, height: 180, expiresInSeconds: 1800 })
  t.ok(Math.abs(body.durationMs - 20_000) < 300)
  const master = await get(body.url)
  t.equal(master.headers['content-type'], 'application/vnd.apple.mpegurl')
  t.match(master.body, /BANDWIDTH=\d+,RESOLUTION=320x180,CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"\nmain\/index\.m3u8/)
  const playlist = (await get(at(body.url, 'main/index.m3u8'))).body
  t.equal([...playlist.matchAll(/^\d+\.ts$/gm)].length, 4)
  t.match(playlist, /#EXT-X-KEY:METHOD=AES-128,URI="key"\n/)
  t.match(playlist, /#EXT-X-ENDLIST\n$/)
  t.equal(await watched(body.url), 20, 'another player decrypts and decodes every picture')
  t.equal((await get(body.posterUrl)).headers['content-type'], 'image/jpeg')
})

t.test('one person is given about as much as one person watches', async (t) => {
  const [person, other] = [await buyer(), await buyer()]
  const { url } = (await play(person)).body
  for (let fetched = 0; fetched < 1800; fetched += 6)
    if ((await statusOf(url, 'main/0.ts')) !== 200) t.fail(`refused after ${fetched} seconds`)
  const refusal = await get(at(url, 'main/0.ts'))
  t.equal(refusal.statusCode, 429)
  t.equal(refusal.headers['retry-after'], '2')
  t.equal(await statusOf(url, 'main/index.m3u8'), 200)
  const anew = (await play(person, lesson.id, { takeOver: true })).body
  t.equal(await codeOf(anew.url, 'main/0.ts'), 'too_many_requests', 'another address does not help')
  t.equal(await statusOf((await play(other)).body.url, 'main/0.ts'), 200)
  business.pass(2000)
  t.equal(await statusOf(anew.url, 'main/0.ts'), 200)
  t.equal(await codeOf(anew.url, 'main/1.ts'), 'too_many_requests')
})

t.test('caches may keep segments, and nothing else', async (t) => {
  const { url } = (await play(await buyer())).body
  const cache = async (path: string) => (await get(at(url, path))).headers['cache-control']
  t.equal(await cache('index.m3u8'), 'private, no-store')
  t.equal(await cache('main/index.m3u8'), 'private, no-store')
  t.equal(await cache('main/key'), 'private, no-store')
  t.match(await cache('main/0.ts'), /^private, max-age=\d+, immutable$/)
  t.equal((await get(at(url, 'main/key'))).rawPayload.length, 16)
})

t.test('a trial ends on the server', async (t) => {
  const passer = await business.person()
  const { body } = await play(passer)
  t.match(body, { trialSeconds: 8 })
  const playlist = (await get(at(body.url, 'main/index.m3u8'))).body
  t.strictSame(
    [...playlist.matchAll(/^\d+\.ts$/gm)].map(([name]) => name),
    ['0.ts', '1.ts'],
  )
  t.match(playlist, /#EXT-X-ENDLIST/)
  t.equal(await watched(body.url), 12, 'whole segments, of which the last begins within the trial')
  t.equal(await statusOf(body.url, 'main/1.ts'), 200)
  for (const number of [2, 3]) t.equal(await codeOf(body.url, `main/${number}.ts`), 'trial_ended')
  t.equal(await codeOf(body.url, 'main/4.ts'), 'not_found')
  t.equal(await codeOf(body.url, 'main/999999.ts'), 'not_found')

  t.test('and becomes the whole the moment it is bought, at the same address', async (t) => {
    await shelf.entitle(passer.id, course.id)
    await business.entitlements.announceGranted({ userId: passer.id, courseId: course.id, planId: null })
    t.equal(await statusOf(body.url, 'main/3.ts'), 200)
    t.equal(await watched(body.url), 20)
  })
})

t.test('who has no right is given no address', async (t) => {
  t.equal((await play(undefined)).status, 401)
  t.match((await play(await business.person(), locked.id)).body, { error: { code: 'not_entitled' } })
  t.equal((await play(teacher, randomUUID())).status, 404)
  t.equal((await play(teacher, 'nonsense')).status, 400)
  t.equal((await play(teacher, lesson.id, { playerId: 'x' })).status, 400)
  const draft = await shelf.lesson(await shelf.course(teacher.id, { status: 'draft' }), { kind: 'video', fileId: film })
  t.equal((await play(await business.person(), draft.id)).status, 404)
  t.equal((await play(teacher, draft.id)).status, 200)
})

t.test('an address', async (t) => {
  const paths = ['index.m3u8', 'main/index.m3u8', 'main/key', 'main/0.ts', 'poster.jpg']
  const refusedAll = async (t: Test, url: string, code: string) => {
    for (const path of paths) t.equal(await codeOf(url, path), code, path)
  }

  t.test('cannot be forged', async (t) => {
    const { url } = (await play(await buyer())).body
    const token = url.split('/')[3]
    const [head, claims, seal] = token.split('.')
    const person = await business.person()
    const play_ = {
      userId: person.id,
      sessionId: person.user.sessionId,
      lessonId: lesson.id,
      fileId: film,
      playerId: randomUUID(),
    }
    const sign = (secret: string, audience: string) =>
      new SignJWT({ play: play_ })
        .setProtectedHeader({ alg: 'HS256' })
        .setAudience(audience)
        .setExpirationTime('1h')
        .sign(new TextEncoder().encode(secret))
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`
    for (const bad of [
      `${head}.${claims}.${[...seal].reverse().join('')}`,
      none,
      await sign('another secret that is long enough too', 'play'),
      await sign('another secret for tests, long enough', 'file'),
      person.accessToken,
      'x',
    ])
      t.equal(await statusOf(`/api/play/${bad}/index.m3u8`, 'main/key'), 401)
  })

  t.test('leads to nothing but its own video', async (t) => {
    const { url } = (await play(await buyer())).body
    for (const path of [
      'main/..%2f..%2fmanifest.json',
      'main/manifest.json',
      'other/index.m3u8',
      'main/-1.ts',
      'main/0.TS',
      'main/0',
      '%2e%2e/key',
    ])
      t.ok([400, 404].includes(await statusOf(url, path)), path)
    t.equal(await statusOf(url, 'low/index.m3u8'), 404, 'a rendition that this video has not')
  })

  t.test('ends with the right, at every kind of request', async (t) => {
    const person = await buyer()
    const { url } = (await play(person, locked.id)).body
    for (const path of paths) t.equal(await statusOf(url, path), 200, path)
    const refunded = { revokedAt: business.now(), revokeReason: 'refunded' as const }
    await db.update(entitlements).set(refunded).where(eq(entitlements.id, person.right))
    await business.entitlements.announceRevoked({ userId: person.id, courseId: course.id, planId: null })
    await refusedAll(t, url, 'not_entitled')
  })

  t.test('ends within a second where nobody says that the right has ended', async (t) => {
    const person = await business.person()
    const soon = business.now() + 500
    await db.insert(entitlements).values({
      userId: person.id,
      courseId: course.id,
      startsAt: business.now(),
      endsAt: soon,
      createdAt: business.now(),
    })
    const { url } = (await play(person, locked.id)).body
    t.equal(await statusOf(url, 'main/key'), 200)
    business.pass(1001)
    await refusedAll(t, url, 'not_entitled')
  })

  t.test('ends with the sign-in', async (t) => {
    const person = await buyer()
    const { url } = (await play(person)).body
    t.equal(await statusOf(url, 'main/key'), 200)
    await business.users.signOut(person.user)
    await refusedAll(t, url, 'unauthorized')
  })

  t.test('ends when another device takes over, which is asked first', async (t) => {
    const person = await buyer()
    const first = (await play(person)).body
    t.equal(await statusOf(first.url, 'main/key'), 200)
    t.match((await play(person)).body, { error: { code: 'playing_elsewhere' } })
    t.equal(await statusOf(first.url, 'main/key'), 200, 'asking changes nothing')
    const second = (await play(person, lesson.id, { takeOver: true })).body
    t.equal(await statusOf(second.url, 'main/key'), 200)
    await refusedAll(t, first.url, 'taken_over')
  })

  t.test('ends with its time, and is renewed by its player before', async (t) => {
    const person = await buyer()
    const playerId = randomUUID()
    const { url } = (await play(person, lesson.id, { playerId })).body
    business.pass(29 * 60_000)
    t.equal(await statusOf(url, 'main/key'), 200)
    const renewed = (await play(await business.again(person), lesson.id, { playerId })).body
    business.pass(2 * 60_000)
    t.equal(await statusOf(url, 'main/key'), 401)
    t.equal(await statusOf(renewed.url, 'main/key'), 200)
  })

  t.test('ends when the lesson is given another film', async (t) => {
    const owner = await business.again(teacher)
    const mine = await shelf.lesson(course, { kind: 'video', fileId: film })
    const { url } = (await play(owner, mine.id, { takeOver: true })).body
    t.equal(await statusOf(url, 'main/key'), 200)
    await db.update(lessons).set({ fileId: null }).where(eq(lessons.id, mine.id))
    business.pass(1001)
    t.equal(await statusOf(url, 'main/key'), 404)
    t.match((await play(owner, mine.id)).body, { error: { code: 'video_not_ready' } })
  })
})

t.test('a video that is not ready says so', async (t) => {
  const owner = await business.again(teacher)
  const raw = await shelf.stored(teacher.id, 'video', Buffer.alloc(10), 'video/mp4')
  await shelf.video(raw)
  const unready = await shelf.lesson(course, { kind: 'video', fileId: raw })
  t.match((await play(owner, unready.id)).body, { error: { code: 'video_not_ready' } })
  const article = await shelf.lesson(course, { kind: 'article' })
  t.match((await play(owner, article.id)).body, { error: { code: 'conflict' } })
})

t.test('it goes on where its viewer was, on any device', async (t) => {
  const person = await buyer()
  const note = (positionMs: number) =>
    db
      .insert(lessonProgress)
      .values({
        userId: person.id,
        lessonId: lesson.id,
        positionMs,
        watched: [],
        startedAt: business.now(),
        updatedAt: business.now(),
      })
      .onConflictDoUpdate({ target: [lessonProgress.userId, lessonProgress.lessonId], set: { positionMs } })
  await note(9500)
  t.equal((await play(person)).body.positionMs, 9500)
  await note(18_000)
  t.equal((await play(person, lesson.id, { takeOver: true })).body.positionMs, 0, 'from the beginning after the end')
  await db.delete(lessonProgress).where(and(eq(lessonProgress.userId, person.id)))
})

t.test('a document is opened whole, or not at all', async (t) => {
  const paper = await shelf.stored(teacher.id, 'document', pdf(), 'application/pdf', 'paper.pdf')
  const reading = await shelf.lesson(course, { kind: 'document', fileId: paper, trialSeconds: 60 })
  const { body } = await play(await buyer(), reading.id)
  t.match(body, { kind: 'document', trialSeconds: null, durationMs: null })
  t.equal((await get(body.url)).body, pdf().toString('latin1'))
  t.match((await play(await business.person(), reading.id)).body, { error: { code: 'not_entitled' } })
})
