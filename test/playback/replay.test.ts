import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { and, eq } from 'drizzle-orm'
import t from 'tap'
import { broadcastSegments, broadcasts, entitlements, lessonProgress } from '../../db/schema.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createRecordedClasses } from '../support/recorded-class.ts'
import { createShelf } from '../support/shelf.ts'

const run = promisify(execFile)
const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now)
const app = await createBusinessApp(business, { files: side })
await app.listen({ port: 0, host: '127.0.0.1' })
t.teardown(() => app.close())
const base = `http://127.0.0.1:${(app.server.address() as { port: number }).port}`
const teacher = await business.person('teacher')
const course = await shelf.course(teacher.id)
const classes = createRecordedClasses(business, side.storage, course)

type Person = Awaited<ReturnType<typeof business.person>>

async function buyer() {
  const person = await business.person()
  const right = { userId: person.id, courseId: course.id, startsAt: business.now(), createdAt: business.now() }
  await db.insert(entitlements).values(right)
  return person
}
const student = await buyer()

const play = async (from: Person | undefined, lessonId: string, body: object = {}) =>
  send(app, `POST /api/lessons/${lessonId}/play`, { playerId: randomUUID(), takeOver: true, ...body }, from)
const at = (url: string, path: string) => url.replace(/index\.m3u8$/, path)
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
const codeOf = async (url: string) => (await get(url)).json().error?.code
const segmentsIn = (playlist: string) => [...playlist.matchAll(/^[^#\n]+\.m4s$/gm)].map(([name]) => name)
const change = (lessonId: string, values: Partial<typeof broadcasts.$inferInsert>) => {
  business.pass(1001)
  return db.update(broadcasts).set(values).where(eq(broadcasts.lessonId, lessonId))
}

/** What ffmpeg says of it, and how many pictures it finds. */
async function watched(url: string): Promise<{ said: string; frames: number }> {
  const address = `${base}${url}`
  const probe = ['-v', 'warning', '-count_frames', '-show_streams', '-of', 'json', '-select_streams', 'v:0', address]
  const { stdout, stderr } = await run('ffprobe', probe)
  const decoded = await run('ffmpeg', [
    ...['-v', 'warning', '-nostdin', '-i', address],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-f', 'null', '-'],
  ])
  const frames = Number(JSON.parse(stdout).streams[0].nb_read_frames)
  return { said: stderr + decoded.stderr, frames }
}

const whole = await classes.record((madeUp) => madeUp.play(13), ['320x180', '640x360'])

t.test('who bought the course watches its class again', async (t) => {
  const { status, body } = await play(student, whole.id)
  t.equal(status, 200)
  t.match(body, {
    kind: 'replay',
    expiresInSeconds: 1800,
    positionMs: 0,
    trialSeconds: null,
    width: 640,
    height: 360,
    live: null,
    replay: { startedAt: whole.startedAt, chapters: [], wholeUrl: null },
  })
  t.ok(body.durationMs > 12_700 && body.durationMs < 13_700, `${body.durationMs} ms`)
  t.equal(body.replay.runs.length, 1)
  t.strictSame(body.replay.runs[0], { positionMs: 0, mediaMs: body.replay.trimStartMs })

  const master = await get(body.url)
  t.equal(master.headers['content-type'], 'application/vnd.apple.mpegurl')
  t.match(master.body, /RESOLUTION=320x180,CODECS="avc1\.42[0-9a-f]{4},Opus",AUDIO="opus"\nv0\/index\.m3u8/)
  t.match(master.body, /RESOLUTION=640x360,.*\nv1\/index\.m3u8/)
  const playlist = (await get(at(body.url, 'v1/index.m3u8'))).body
  t.match(playlist, /#EXT-X-PLAYLIST-TYPE:VOD\n/)
  t.match(
    playlist,
    /#EXT-X-MAP:URI="init-0\.mp4"\n#EXT-X-PROGRAM-DATE-TIME:.*\n#EXT-X-KEY:METHOD=AES-128,URI="0\.key"\n/,
  )
  t.match(playlist, /#EXT-X-ENDLIST\n$/)
  t.notMatch(playlist, /DISCONTINUITY|IV=/)
  const seconds = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce((sum, [, each]) => sum + Number(each), 0)
  t.ok(Math.abs(seconds * 1000 - body.durationMs) < 2)

  const { said, frames } = await watched(body.url)
  t.equal(said, '', 'ffmpeg and ffprobe have nothing to say')
  t.ok(frames > 375, `${frames} pictures`)
})

t.test('all that is played is encrypted but for init segments, and cached only where it needs the key', async (t) => {
  const { url } = (await play(student, whole.id)).body
  const cache = async (path: string) => (await get(at(url, path))).headers['cache-control']
  for (const path of ['index.m3u8', 'v0/index.m3u8', 'v0/0.key', 'v0/7777.m4s'])
    t.equal(await cache(path), 'private, no-store', path)
  for (const path of ['v0/0.m4s', 'v0/init-0.mp4', 'opus/0.m4s'])
    t.match(await cache(path), /^private, max-age=\d+, immutable$/, path)
  const segment = (await get(at(url, 'v0/0.m4s'))).rawPayload
  t.notOk(segment.includes('moof'))
  t.equal(segment.length % 16, 0)
  t.same((await get(at((await play(await buyer(), whole.id)).body.url, 'v0/0.m4s'))).rawPayload, segment)
  const keys = await Promise.all(['v0/0.key', 'opus/0.key'].map(async (path) => (await get(at(url, path))).rawPayload))
  t.strictSame(
    keys.map(({ length }) => length),
    [16, 16],
  )
  t.notSame(keys[0], keys[1])
})

t.test('a range of a segment is given as one, and any page may ask', async (t) => {
  const { url } = (await play(student, whole.id)).body
  const segment = at(url, 'v0/1.m4s')
  const bytes = (await get(segment)).rawPayload
  const part = await get(segment, { range: 'bytes=16-31' })
  t.equal(part.statusCode, 206)
  t.equal(part.headers['content-range'], `bytes 16-31/${bytes.length}`)
  t.same(part.rawPayload, bytes.subarray(16, 32))
  t.equal((await get(segment, { range: `bytes=${bytes.length}-` })).statusCode, 416)
  t.equal(part.headers['access-control-allow-origin'], '*')
  const preflight = await app.inject({ method: 'OPTIONS', url: segment })
  t.equal(preflight.statusCode, 204)
  t.equal(preflight.headers['access-control-allow-headers'], 'range')
})

t.test('what is not there is not found', async (t) => {
  const { url } = (await play(student, whole.id)).body
  for (const path of ['v7/index.m3u8', 'v0/999.m4s', 'v0/9.key', 'v0/init-5.mp4', 'v7/0.m4s', 'v0/01.m4s'])
    t.equal(await codeOf(at(url, path)), 'not_found', path)
  for (const path of ['v0/..%2f0.m4s', 'v0/init-.mp4', 'V0/0.m4s', 'v0/0.mp4'])
    t.equal(await codeOf(at(url, path)), 'bad_request', path)
})

t.test('the ends are trimmed at key frames, and what was trimmed off is not given out', async (t) => {
  const lesson = await classes.record((madeUp) => madeUp.play(13))
  const untrimmed = (await play(student, lesson.id)).body
  await change(lesson.id, { trimStartMs: 5000, trimEndMs: 9000, version: 2 })
  const { body } = await play(student, lesson.id)
  const playlist = (await get(at(body.url, 'v0/index.m3u8'))).body
  const names = segmentsIn(playlist)
  t.ok(names.length >= 2 && names.length <= 3, names.join(' '))
  t.ok(body.replay.trimStartMs <= 5000 && body.replay.trimStartMs > 2500, `from ${body.replay.trimStartMs}`)
  t.ok(body.replay.trimStartMs + body.durationMs >= 9000 && body.durationMs < 7000)
  t.match(playlist, new RegExp(`MEDIA-SEQUENCE:${names[0]!.replace('.m4s', '')}\\n`))
  const date = new Date(lesson.startedAt! + body.replay.trimStartMs).toISOString()
  t.match(playlist, `PROGRAM-DATE-TIME:${date}`)
  t.strictSame(segmentsIn((await get(at(body.url, 'opus/index.m3u8'))).body), names)
  t.equal((await watched(body.url)).said, '')
  for (const { url } of [untrimmed, body])
    t.equal(await codeOf(at(url, 'v0/0.m4s')), url === body.url ? 'not_found' : 'taken_over')

  t.test('but to those who teach', async (t) => {
    const { body } = await play(teacher, lesson.id)
    t.match(body.replay.wholeUrl, /whole\.m3u8$/)
    t.match((await get(body.replay.wholeUrl)).body, /v0\/whole\.m3u8/)
    const all = (await get(at(body.url, 'v0/whole.m3u8'))).body
    t.ok(segmentsIn(all).length > names.length && segmentsIn(all).includes('0.m4s'))
    t.equal((await get(at(body.url, 'v0/0.m4s'))).statusCode, 200)
    t.strictSame(segmentsIn((await get(at(body.url, 'v0/index.m3u8'))).body), names)
    const { url } = (await play(student, lesson.id)).body
    for (const path of ['whole.m3u8', 'v0/whole.m3u8']) t.equal(await codeOf(at(url, path)), 'forbidden')
  })
})

t.test('a replay that is hidden is refused at the next request, but not to those who teach', async (t) => {
  const lesson = await classes.record((madeUp) => madeUp.play(5))
  const paths = ['index.m3u8', 'v0/index.m3u8', 'v0/0.key', 'v0/0.m4s', 'v0/init-0.mp4']
  const { url } = (await play(student, lesson.id)).body
  for (const path of paths) t.equal((await get(at(url, path))).statusCode, 200)
  await change(lesson.id, { published: false })
  for (const path of paths) t.equal(await codeOf(at(url, path)), 'no_replay', path)
  t.match((await play(student, lesson.id)).body, { error: { code: 'no_replay' } })
  const { body } = await play(teacher, lesson.id)
  for (const path of paths) t.equal((await get(at(body.url, path))).statusCode, 200)
  await change(lesson.id, { removedAt: business.now() })
  for (const path of paths) t.equal(await codeOf(at(body.url, path)), 'no_replay', path)
})

t.test('whoever got the money back is refused at the next request', async (t) => {
  const person = await buyer()
  const { url } = (await play(person, whole.id)).body
  const paths = ['index.m3u8', 'v0/index.m3u8', 'v0/0.key', 'v0/0.m4s', 'v0/init-0.mp4']
  for (const path of paths) t.equal((await get(at(url, path))).statusCode, 200)
  await db
    .update(entitlements)
    .set({ revokedAt: business.now(), revokeReason: 'refunded' })
    .where(and(eq(entitlements.userId, person.id), eq(entitlements.courseId, course.id)))
  await business.entitlements.announceRevoked({ userId: person.id, courseId: course.id, planId: null })
  for (const path of paths) t.equal(await codeOf(at(url, path)), 'not_entitled', path)
  t.match((await play(person, whole.id)).body, { error: { code: 'not_entitled' } })
})

t.test('who has no right is given no address, and one device plays at a time', async (t) => {
  t.equal((await play(undefined, whole.id)).status, 401)
  t.match((await play(await business.person(), whole.id)).body, { error: { code: 'not_entitled' } })
  const person = await buyer()
  const { url } = (await play(person, whole.id)).body
  const second = await play(person, whole.id, { takeOver: false })
  t.match(second.body, { error: { code: 'playing_elsewhere' } })
  await play(person, whole.id)
  t.equal(await codeOf(at(url, 'v0/0.m4s')), 'taken_over')
  const [lessonId, head, claims, seal] = url.split('/')[3]!.split('.')
  const forged = [
    `${randomUUID()}.${head}.${claims}.${seal}`,
    `${lessonId}.${head}.${claims}.${seal!.slice(0, -4)}AAAA`,
  ]
  for (const token of forged) t.equal(await codeOf(`/api/replay/${token}/index.m3u8`), 'unauthorized')
  t.equal(await codeOf(`/api/live/${url.split('/')[3]}/index.m3u8`), 'unauthorized', 'nor is it one of a live class')
})

t.test('a trial ends on the server', async (t) => {
  const lesson = await classes.record((madeUp) => madeUp.play(9), undefined, { trialSeconds: 3 })
  const { body } = await play(await business.person(), lesson.id)
  t.match(body, { trialSeconds: 3 })
  t.ok(body.durationMs > 8000, 'how long all of it is may be known')
  const names = segmentsIn((await get(at(body.url, 'v0/index.m3u8'))).body)
  t.strictSame(names, ['0.m4s', '1.m4s'])
  t.strictSame(segmentsIn((await get(at(body.url, 'opus/index.m3u8'))).body), names)
  t.equal(await codeOf(at(body.url, 'v0/2.m4s')), 'trial_ended')
  t.equal(await codeOf(at(body.url, 'opus/2.m4s')), 'trial_ended')
})

t.test('a class that is on, or never was recorded, has no replay', async (t) => {
  const { lesson } = await classes.begin()
  t.match((await play(student, lesson.id)).body, { error: { code: 'not_live' } })
  const unrecorded = await shelf.lesson(course, { status: 'ended', startedAt: 1, endedAt: 2 })
  t.match((await play(student, unrecorded.id)).body, { error: { code: 'no_replay' } })
})

t.test('what a process that died had recorded is replayed ten seconds after the class is ended', async (t) => {
  const begun = await classes.begin()
  await begun.class.play(7)
  const recorded = () => db.$count(broadcastSegments, eq(broadcastSegments.lessonId, begun.lesson.id))
  for (let tries = 0; tries < 500 && (await recorded()) < 6; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  await classes.end(begun.lesson.id)
  const early = await play(student, begun.lesson.id)
  t.match(early.body, { error: { code: 'no_replay' } })
  t.equal(early.headers['retry-after'], '2', 'it is worth asking again')
  business.pass(10_000)
  const { body } = await play(student, begun.lesson.id)
  t.match(body, { kind: 'replay' })
  t.ok(body.durationMs > 5500, `${body.durationMs} ms`)
  t.equal((await watched(body.url)).said, '')
})

t.test('a class that another process went on with is one replay, in which times of the class are found', async (t) => {
  const begun = await classes.begin()
  await begun.class.play(6)
  await begun.class.suspend()
  await begun.recorder.close()
  const second = await begun.open(30_000)
  await second.play(6)
  await second.end()
  await classes.end(begun.lesson.id)
  const { body } = await play(student, begun.lesson.id)
  const { runs } = body.replay
  t.equal(runs.length, 2)
  t.ok(runs[1].mediaMs >= 29_900 && runs[1].mediaMs < 31_000, `${runs[1].mediaMs}`)
  t.ok(runs[1].positionMs > 5500 && runs[1].positionMs < 7000, `${runs[1].positionMs}`)
  for (const track of ['v0', 'opus']) {
    const playlist = (await get(at(body.url, `${track}/index.m3u8`))).body
    t.equal(playlist.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 1)
    t.equal(playlist.match(/#EXT-X-PROGRAM-DATE-TIME/g)?.length, 2)
    t.match(playlist, /#EXT-X-KEY:METHOD=NONE\n#EXT-X-MAP:URI="init-\d+.mp4"\n.*\n#EXT-X-KEY:.*,IV=0x[0-9a-f]{32}\n/)
    for (const name of segmentsIn(playlist)) t.equal((await get(at(body.url, `${track}/${name}`))).statusCode, 200)
  }
})

t.test(
  'a segment that could not be stored is left out of every rendition, and a layer that is missing stood in for',
  async (t) => {
    const lesson = await classes.record(
      async (madeUp) => {
        await madeUp.play(6)
        await madeUp.show(['320x180', '640x360'])
        await madeUp.play(8)
      },
      ['320x180'],
    )
    const of = (rendition: string, msn: number) =>
      and(
        eq(broadcastSegments.lessonId, lesson.id),
        eq(broadcastSegments.rendition, rendition),
        eq(broadcastSegments.msn, msn),
      )
    await db.delete(broadcastSegments).where(of('opus', 1))
    const { body } = await play(student, lesson.id)
    const texts = await Promise.all(
      ['v0', 'v1', 'opus'].map(async (track) => (await get(at(body.url, `${track}/index.m3u8`))).body as string),
    )
    const numbers = texts.map((text) => segmentsIn(text).map((name) => name.replace('../v0/', '')))
    t.strictSame(numbers[0], numbers[1])
    t.strictSame(numbers[0], numbers[2])
    t.notOk(numbers[0]!.includes('1.m4s'))
    const breaks = texts.map((text) => text.match(/#EXT-X-DISCONTINUITY\n/g)?.length)
    t.strictSame(new Set(breaks).size, 1, 'breaks are in all of them')
    t.ok(segmentsIn(texts[1]!).includes('../v0/0.m4s'), 'the higher layer begins as the lower one')
    t.match(texts[1], /#EXT-X-MAP:URI="\.\.\/v0\/init-0\.mp4"/)
    t.match(texts[1], /URI="\.\.\/v0\/0\.key"/)
    t.equal(body.replay.runs.length, 2)
  },
)

t.test('everyone goes on where they were, but for who had come to the end', async (t) => {
  const person = await buyer()
  const report = (positionMs: number) =>
    send(app, `PUT /api/lessons/${whole.id}/progress`, { positionMs, watched: [[0, positionMs]] }, person)
  await report(6000)
  t.match((await play(person, whole.id)).body, { positionMs: 6000 })
  await db.update(lessonProgress).set({ positionMs: 12_000 }).where(eq(lessonProgress.userId, person.id))
  t.match((await play(person, whole.id)).body, { positionMs: 0 })
})

t.test('an address is good for half an hour', async (t) => {
  const { url } = (await play(await buyer(), whole.id)).body
  business.pass(29 * 60_000)
  t.equal((await get(url)).statusCode, 200)
  business.pass(2 * 60_000)
  t.equal(await codeOf(url), 'unauthorized')
})

t.test('one person is given about as much of replays as one person watches, whichever address is used', async (t) => {
  const long = await classes.record((madeUp) => madeUp.play(13))
  await db
    .update(broadcastSegments)
    .set({ durationMs: 30 * 60_000 })
    .where(eq(broadcastSegments.lessonId, long.id))
  const person = await buyer()
  const playerId = randomUUID()
  const address = async () => (await play(person, long.id, { playerId })).body.url
  const url = await address()
  for (let count = 0; count < 4; count++) t.equal((await get(at(url, 'v0/0.m4s'))).statusCode, 200)
  const refused = await get(at(url, 'v0/0.m4s'))
  t.equal(refused.statusCode, 429)
  t.ok(Number(refused.headers['retry-after']) > 0)
  business.pass(1000)
  const another = await address()
  t.equal((await get(at(another, 'v0/0.m4s'))).statusCode, 429)
  t.equal((await get(at(another, 'v0/0.m4s/may'))).statusCode, 429, 'nor does a cache in front give it')
  t.equal((await get(at(another, 'v0/index.m3u8'))).statusCode, 200)
  business.pass(150_000)
  t.equal((await get(at(another, 'v0/0.m4s'))).statusCode, 200)
})
