import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { and, eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { entitlements, lessons, roomEvents, users } from '../../db/schema.ts'
import type { LiveBroadcast } from '../../sfu/hls/ports.ts'
import { signStream } from '../../src/playback/play-token.ts'
import { createPhones } from '../../src/users/phones.ts'
import { createBusiness, createBusinessApp, secret, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { personOf, writeClass } from '../support/logged-class.ts'
import { openMadeUpClass } from '../support/made-up-class.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const on = new Map<string, LiveBroadcast>()
const removed = new Set<string>()
const classes = {
  broadcast: (lessonId: string) => on.get(lessonId),
  isRemoved: (lessonId: string, userId: string) => removed.has(`${lessonId} ${userId}`),
}
const side = await openFileSide(t, business, { classes })
const shelf = createShelf(db, business.now)
const app = await createBusinessApp(business, { files: side })
await app.listen({ port: 0, host: '127.0.0.1' })
t.teardown(() => app.close())
const run = promisify(execFile)
const teacher = await business.person('teacher')
const course = await shelf.course(teacher.id)

type Person = Awaited<ReturnType<typeof business.person>>

/** A lesson that is on, and what is broadcast of it. */
async function liveClass(given: { trialSeconds?: number; seconds?: number } = {}) {
  const { seconds = 6, ...values } = given
  const startedAt = business.now()
  const lesson = await shelf.lesson(course, { status: 'live', startedAt, touchedAt: startedAt, ...values })
  const madeUp = await openMadeUpClass({ lessonId: lesson.id, startedAt })
  on.set(lesson.id, madeUp.broadcast)
  await madeUp.play(seconds)
  return { ...madeUp, lesson }
}

async function buyer() {
  const person = await business.person()
  const right = { userId: person.id, courseId: course.id, startsAt: business.now(), createdAt: business.now() }
  await db.insert(entitlements).values(right)
  return person
}

const play = (from: Person | undefined, lessonId: string, body: object = {}) =>
  send(app, `POST /api/lessons/${lessonId}/play`, { playerId: randomUUID(), ...body }, from)
const at = (url: string, path: string) => url.replace(/index\.m3u8$/, path)
const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })
const codeOf = async (url: string) => (await get(url)).json().error.code

async function refund({ id }: Person): Promise<void> {
  const mine = and(eq(entitlements.userId, id), eq(entitlements.courseId, course.id))
  await db.update(entitlements).set({ revokedAt: business.now(), revokeReason: 'refunded' }).where(mine)
  await business.entitlements.announceRevoked({ userId: id, courseId: course.id, planId: null })
}

const edgeOf = (playlist: string) => {
  const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(playlist)!
  return { msn: Number(msn), part: Number(part) }
}

t.test('who bought the course watches its class', async (t) => {
  const { lesson } = await liveClass()
  const person = await buyer()
  const { status, body } = await play(person, lesson.id)
  t.equal(status, 200)
  t.match(body, { kind: 'live', expiresInSeconds: 1800, durationMs: null, trialSeconds: null, replay: null })
  t.match(body.live, { startedAt: lesson.startedAt, partSeconds: 0.2, windowSeconds: 1800, trialEndsAt: null })
  const master = await get(body.url)
  t.equal(master.headers['content-type'], 'application/vnd.apple.mpegurl')
  t.match(master.body, /CODECS="avc1\.42[0-9a-f]{4},Opus",AUDIO="opus"\nv0\/index\.m3u8/)
  const playlist = (await get(at(body.url, 'v0/index.m3u8'))).body
  for (const [, name = ''] of playlist.matchAll(/URI="([^".]+\.[^"]*(?:m4s|mp4))"/g))
    if (!playlist.includes(`PRELOAD-HINT:TYPE=PART,URI="${name}"`))
      t.equal((await get(at(body.url, `v0/${name}`))).headers['content-type'], 'video/mp4', name)
  const [, init] = /MAP:URI="([^"]+)"/.exec(playlist)!
  t.equal((await get(at(body.url, `v0/${init}`))).rawPayload.toString('latin1', 4, 8), 'ftyp')
  const [name] = /^\d+\.m4s$/m.exec(playlist)!
  t.match((await get(at(body.url, `v0/${name}`))).rawPayload.toString('latin1'), /moof.*mdat/s)
  t.match((await get(at(body.url, 'opus/index.m3u8'))).body, /#EXTINF/)
})

t.test('a blocking reload and a hinted part wait for what is to come', async (t) => {
  const { lesson, play: goOn } = await liveClass()
  const { url } = (await play(await buyer(), lesson.id)).body
  const { msn, part } = edgeOf((await get(at(url, 'v0/index.m3u8'))).body)
  let answered = 0
  const waiting = [
    get(at(url, `v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)),
    get(at(url, `v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}&_HLS_skip=YES`)),
    get(at(url, `v0/${msn}.${part}.m4s`)),
  ]
  for (const each of waiting) each.then(() => (answered += 1))
  await get(at(url, 'v0/index.m3u8'))
  t.equal(answered, 0)
  await goOn(0.4)
  const [full, delta, bytes] = await Promise.all(waiting)
  t.match(full!.body, `URI="${msn}.${part}.m4s"`)
  t.match(delta!.body, `URI="${msn}.${part}.m4s"`)
  t.equal(bytes!.statusCode, 200)
})

t.test('what cannot be given is refused by its own status', async (t) => {
  const { lesson } = await liveClass()
  const { url } = (await play(await buyer(), lesson.id)).body
  const { msn } = edgeOf((await get(at(url, 'v0/index.m3u8'))).body)
  const table: [path: string, status: number][] = [
    [`v0/index.m3u8?_HLS_msn=${msn + 9}`, 400],
    ['v0/index.m3u8?_HLS_part=1', 400],
    ['v0/index.m3u8?_HLS_msn=x', 400],
    ['v0/index.m3u8?_HLS_msn=-1', 400],
    ['v0/index.m3u8?anything=else', 200],
    ['v9/index.m3u8', 404],
    [`v0/${msn + 9}.0.m4s`, 404],
    [`v0/${msn + 9}.m4s`, 404],
    ['v0/0.99.m4s', 404],
    ['v0/init-99.mp4', 404],
    ['v0/secret.txt', 400],
    ['v0/..%2f0.m4s', 400],
    ['constructor/index.m3u8', 400],
    ['toString/index.m3u8', 400],
  ]
  for (const [path, status] of table) {
    const { statusCode, headers } = await get(at(url, path))
    t.equal(statusCode, status, path)
    if (status >= 400) t.equal(headers['cache-control'], 'no-store', path)
  }
})

t.test('a wait that is in vain ends with 503', async (t) => {
  const startedAt = business.now()
  const lesson = await shelf.lesson(course, { status: 'live', startedAt, touchedAt: startedAt })
  const options = { targetDurationSeconds: 0.01 }
  const madeUp = await openMadeUpClass({ lessonId: lesson.id, startedAt, options })
  on.set(lesson.id, madeUp.broadcast)
  await madeUp.play(5)
  const { url } = (await play(await buyer(), lesson.id)).body
  const { msn, part } = edgeOf((await get(at(url, 'v0/index.m3u8'))).body)
  const answer = await get(at(url, `v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`))
  t.equal(answer.statusCode, 503)
  t.equal(answer.headers['retry-after'], '1')
})

t.test(
  'caches are told what they may keep: players for themselves, and only a cache that asks us for all',
  async (t) => {
    const { lesson } = await liveClass()
    const { url } = (await play(await buyer(), lesson.id)).body
    const kept = async (path: string) => {
      const { headers } = await get(at(url, path))
      return [headers['cache-control'], headers['x-accel-expires']]
    }
    t.strictSame(await kept('index.m3u8'), ['private, max-age=1', '1'])
    t.strictSame(await kept('v0/index.m3u8'), ['private, max-age=1', '1'])
    t.strictSame(await kept('v0/index.m3u8?_HLS_msn=0&_HLS_part=0'), ['private, max-age=18', '18'])
    t.strictSame(await kept('v0/init-0.mp4'), ['private, max-age=86400, immutable', '3600'])
    t.strictSame(await kept('v0/1.m4s'), ['private, max-age=86400, immutable', '3600'])
    t.strictSame(await kept('v0/1.0.m4s'), ['private, max-age=60', '60'])
  },
)

t.test('any page may read it, a range of it, and playlists smaller than they are', async (t) => {
  const { lesson } = await liveClass()
  const { url } = (await play(await buyer(), lesson.id)).body
  const whole = await get(at(url, 'v0/1.m4s'))
  t.equal(whole.headers['access-control-allow-origin'], '*')
  t.equal(whole.headers['cross-origin-resource-policy'], 'cross-origin')
  t.equal((await get(at(url, 'v0/999.m4s'))).headers['access-control-allow-origin'], '*')
  const preflight = await app.inject({ method: 'OPTIONS', url: at(url, 'v0/1.m4s') })
  t.equal(preflight.statusCode, 204)
  t.equal(preflight.headers['access-control-allow-headers'], 'range')

  const part = await get(at(url, 'v0/1.m4s'), { range: 'bytes=10-19' })
  t.equal(part.statusCode, 206)
  t.equal(part.headers['content-range'], `bytes 10-19/${whole.rawPayload.length}`)
  t.same(part.rawPayload, whole.rawPayload.subarray(10, 20))
  t.equal((await get(at(url, 'v0/1.m4s'), { range: 'bytes=99999999-' })).statusCode, 416)
  const head = await app.inject({ method: 'HEAD', url: at(url, 'v0/1.m4s') })
  t.equal(Number(head.headers['content-length']), whole.rawPayload.length)
  t.equal(head.rawPayload.length, 0)

  const plain = await get(at(url, 'v0/index.m3u8'))
  const small = await get(at(url, 'v0/index.m3u8'), { 'accept-encoding': 'gzip, br' })
  t.equal(small.headers['content-encoding'], 'gzip')
  t.equal(small.headers.vary, 'accept-encoding')
  t.equal(String(gunzipSync(small.rawPayload)), plain.body)
  t.ok(
    small.rawPayload.length < plain.rawPayload.length / 3,
    `${small.rawPayload.length} of ${plain.rawPayload.length}`,
  )
})

t.test('who has no right is given no address', async (t) => {
  const { lesson } = await liveClass()
  t.equal((await play(undefined, lesson.id)).status, 401)
  t.match((await play(await business.person(), lesson.id)).body, { error: { code: 'not_entitled' } })
  t.equal((await play(await business.again(teacher), lesson.id)).status, 200)
})

t.test('a class that is not on says so', async (t) => {
  const person = await buyer()
  const { lesson } = await liveClass()
  on.delete(lesson.id)
  t.match((await play(person, lesson.id)).body, { error: { code: 'not_live' } }, 'it is not broadcast here')
  const planned = await shelf.lesson(course, { startsAt: business.now() + 60_000 })
  t.match((await play(person, planned.id)).body, { error: { code: 'not_live' } })
})

t.test('an address', async (t) => {
  const paths = ['index.m3u8', 'standard.m3u8', 'v0/index.m3u8', 'v0/1.0.m4s', 'v0/1.m4s', 'v0/init-0.mp4']
  const refusedAll = async (t: Test, url: string, code: string) => {
    for (const path of paths) t.equal(await codeOf(at(url, path)), code, path)
  }
  const { lesson, play: goOn } = await liveClass({ trialSeconds: 0 })

  t.test('cannot be forged, and is of one lesson', async (t) => {
    const person = await buyer()
    const { url } = (await play(person, lesson.id)).body
    const token = url.split('/')[3] as string
    const claims = {
      userId: person.id,
      sessionId: person.user.sessionId,
      lessonId: lesson.id,
      playerId: randomUUID(),
    }
    const sign = (secret: string, kind: 'live' | 'replay') =>
      signStream(kind, claims, new TextEncoder().encode(secret), business.now())
    const other = await liveClass()
    const [, head, body, seal] = token.split('.') as [string, string, string, string]
    for (const bad of [
      token.replace(lesson.id, other.lesson.id),
      token.slice(token.indexOf('.') + 1),
      `${lesson.id}.${head}.${body}.${[...seal].reverse().join('')}`,
      await sign('another secret that is long enough too', 'live'),
      await sign('another secret for tests, long enough', 'replay'),
      person.accessToken,
      'x',
    ])
      t.equal(await codeOf(`/api/live/${bad}/v0/index.m3u8`), 'unauthorized')
  })

  t.test('ends with the right at the very next request, and within one that waits', async (t) => {
    const person = await buyer()
    const { url } = (await play(person, lesson.id)).body
    for (const path of paths) t.equal((await get(at(url, path))).statusCode, 200, path)
    const { msn, part } = edgeOf((await get(at(url, 'v0/index.m3u8'))).body)
    const waiting = [
      get(at(url, `v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)),
      get(at(url, `v0/${msn}.${part}.m4s`)),
    ]
    await get(at(url, 'v0/index.m3u8'))
    await refund(person)
    await refusedAll(t, url, 'not_entitled')
    await goOn(0.4)
    for (const answer of await Promise.all(waiting)) t.equal(answer.json().error.code, 'not_entitled')
  })

  t.test('ends within a second where nobody says that the right has ended', async (t) => {
    const person = await buyer()
    const { url } = (await play(person, lesson.id)).body
    t.equal((await get(url)).statusCode, 200)
    await db.update(entitlements).set({ endsAt: business.now() }).where(eq(entitlements.userId, person.id))
    business.pass(1001)
    await refusedAll(t, url, 'not_entitled')
  })

  t.test('ends with the sign-in, with the room, and with another device', async (t) => {
    const [signedOut, sentOut, moved] = [await buyer(), await buyer(), await buyer()]
    const first = (await play(signedOut, lesson.id)).body
    t.equal((await get(first.url)).statusCode, 200)
    await business.users.signOut(signedOut.user)
    await refusedAll(t, first.url, 'unauthorized')

    const second = (await play(sentOut, lesson.id)).body
    removed.add(`${lesson.id} ${sentOut.id}`)
    await refusedAll(t, second.url, 'removed')
    t.match((await play(sentOut, lesson.id, { takeOver: true })).body, { error: { code: 'removed' } })

    const third = (await play(moved, lesson.id)).body
    t.equal((await get(third.url)).statusCode, 200)
    t.match((await play(moved, lesson.id)).body, { error: { code: 'playing_elsewhere' } })
    const fourth = (await play(moved, lesson.id, { takeOver: true })).body
    await refusedAll(t, third.url, 'taken_over')
    t.equal((await get(fourth.url)).statusCode, 200)
  })

  t.test('ends with its time, also where it is known', async (t) => {
    const person = await buyer()
    const { url } = (await play(person, lesson.id)).body
    business.pass(29 * 60_000)
    t.equal((await get(url)).statusCode, 200)
    business.pass(2 * 60_000)
    await refusedAll(t, url, 'unauthorized')
  })
})

t.test('a trial ends on the server, so long after its first entry', async (t) => {
  const { lesson, play: goOn } = await liveClass({ trialSeconds: 30 })
  const passer = await business.person()
  business.pass(10_000)
  const { body } = await play(passer, lesson.id)
  t.match(body, { trialSeconds: 30, live: { trialEndsAt: business.now() + 30_000 } })
  business.pass(29_500)
  t.equal((await get(at(body.url, 'v0/1.m4s'))).statusCode, 200)
  const { msn, part } = edgeOf((await get(at(body.url, 'v0/index.m3u8'))).body)
  const waiting = get(at(body.url, `v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`))
  await get(at(body.url, 'v0/index.m3u8'))
  business.pass(600)
  await goOn(0.4)
  t.equal((await waiting).json().error.code, 'trial_ended')
  t.equal(await codeOf(at(body.url, 'v0/1.m4s')), 'trial_ended')
  t.match((await play(passer, lesson.id)).body, { error: { code: 'trial_ended' } }, 'it does not begin anew')
})

t.test('an address that is passed around soon gives no more than one of its players needs', async (t) => {
  const { lesson } = await liveClass()
  const person = await buyer()
  const { url } = (await play(person, lesson.id)).body
  /** Media seconds that are given in so many seconds to so many players of picture and sound. */
  const given = async (players: number, seconds: number) => {
    let sum = 0
    for (let second = 0; second < seconds; second += 2) {
      for (let player = 0; player < players; player++)
        for (const path of ['v0/1.m4s', 'opus/1.m4s']) if ((await get(at(url, path))).statusCode === 200) sum += 2
      business.pass(2000)
    }
    return sum
  }
  t.equal(await given(1, 300), 600, 'one player is never refused')
  await given(10, 60)
  const shared = await given(10, 60)
  t.ok(shared <= 60 * 2.5 + 2, `${shared} s in a minute, and not 1200`)
  const fetchTwice = async (from: string) => [await get(at(from, 'v0/1.m4s')), await get(at(from, 'v0/1.m4s'))].at(-1)!
  const refused = await fetchTwice(url).then(() => fetchTwice(url))
  t.equal(refused.statusCode, 429)
  t.ok(Number(refused.headers['retry-after']) > 0)
  const again = (await play(await business.again(person), lesson.id, { takeOver: true })).body
  t.equal((await get(at(again.url, 'v0/1.m4s'))).statusCode, 429, 'another address of the same person changes nothing')
})

t.test('one person cannot hold many requests open', async (t) => {
  const { lesson, end } = await liveClass()
  const { url } = (await play(await buyer(), lesson.id)).body
  const { msn, part } = edgeOf((await get(at(url, 'v0/index.m3u8'))).body)
  const waiting = Array.from({ length: 20 }, () => get(at(url, `v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)))
  const refused = await Promise.race(waiting)
  t.equal(refused.statusCode, 429)
  await end()
  const codes = (await Promise.all(waiting)).map(({ statusCode }) => statusCode)
  t.equal(codes.filter((code) => code === 200).length, 12)
})

t.test('for standard latency there are whole segments, encrypted, which another player decrypts', async (t) => {
  const { lesson, end } = await liveClass({ seconds: 10 })
  const { body } = await play(await buyer(), lesson.id)
  t.match((await get(body.live.standardUrl)).body, /\nv0\/standard\.m3u8\n/)
  const { headers, body: playlist } = await get(at(body.url, 'v0/standard.m3u8'))
  t.match(headers, { 'cache-control': 'private, max-age=1', 'x-accel-expires': '1' })
  t.notMatch(playlist, /EXT-X-PART|PRELOAD/)
  t.match(playlist, /#EXT-X-KEY:METHOD=AES-128,URI="0\.key"\n#EXTINF:[\d.]+,\n0\.enc\.m4s/)
  const [sealed, clear] = [await get(at(body.url, 'v0/1.enc.m4s')), await get(at(body.url, 'v0/1.m4s'))]
  t.match(sealed.headers, { 'cache-control': 'private, max-age=86400, immutable' })
  t.notOk(sealed.rawPayload.includes('moof'))
  t.ok(clear.rawPayload.includes('moof'))
  await end()
  const url = `http://127.0.0.1:${(app.server.address() as { port: number }).port}${at(body.url, 'v0/standard.m3u8')}`
  const args = ['-v', 'warning', '-nostdin', '-i', url, '-fps_mode', 'passthrough', '-enc_time_base', '-1']
  const { stdout, stderr } = await run('ffmpeg', [...args, '-progress', 'pipe:1', '-f', 'null', '-'])
  t.equal(stderr, '')
  const frames = Number([...stdout.matchAll(/^frame=(\d+)$/gm)].at(-1)![1])
  t.ok(frames > 240, `${frames} pictures in 10 s`)
})

t.test('a key is kept nowhere, and given only for what the playlist names', async (t) => {
  const { lesson } = await liveClass()
  const person = await buyer()
  const { url } = (await play(person, lesson.id)).body
  const key = await get(at(url, 'v0/0.key'))
  t.equal(key.rawPayload.length, 16)
  t.equal(key.headers['cache-control'], 'no-store')
  t.equal(key.headers['x-accel-expires'], undefined)
  t.notSame((await get(at(url, 'opus/0.key'))).rawPayload, key.rawPayload)
  t.equal((await get(at(url, 'v0/1.key'))).statusCode, 404, 'of a time to come')
  t.equal((await get(at(url, 'v9/0.key'))).statusCode, 404)
  await refund(person)
  for (const path of ['v0/0.key', 'v0/1.enc.m4s', 'v0/standard.m3u8'])
    t.equal(await codeOf(at(url, path)), 'not_entitled')
})

t.test('who watches is told of the end, and nobody else comes in', async (t) => {
  const { lesson, end } = await liveClass()
  const person = await buyer()
  const { url } = (await play(person, lesson.id)).body
  await get(at(url, 'v0/index.m3u8'))
  await end()
  on.delete(lesson.id)
  await db.update(lessons).set({ status: 'ended', endedAt: business.now() }).where(eq(lessons.id, lesson.id))
  t.match((await get(at(url, 'opus/index.m3u8'))).body, /#EXT-X-ENDLIST/)
  t.equal((await play(await buyer(), lesson.id)).body.kind, undefined)
})

t.test('the mark of a viewer is theirs alone, and shown where the teacher wants it', async (t) => {
  const { lesson } = await liveClass()
  const person = await buyer()
  t.equal((await play(person, lesson.id)).body.watermark, null)
  await db.update(lessons).set({ watermark: true }).where(eq(lessons.id, lesson.id))
  const marked = async () => (await play(person, lesson.id, { takeOver: true })).body.watermark
  t.equal(await marked(), `ID ${person.id.slice(0, 8)}`)
  const phones = createPhones({ current: secret })
  const phone = '+8613800138000'
  const sealed = { phoneSealed: phones.seal(phone, person.id), phoneIndex: phones.indexOf(phone) }
  await db.update(users).set(sealed).where(eq(users.id, person.id))
  t.equal(await marked(), '138****8000')
})

t.test(
  'who goes back is told what was done to the board, a page at a time, and nothing else that happened',
  async (t) => {
    const { lesson } = await liveClass()
    const person = await buyer()
    const { events, log } = writeClass(lesson.startedAt!)
    const by = personOf(teacher.id, 'teacher')
    log('pageShown', by, { page: { fileId: null, number: 1 } })
    log('messageSent', by, { text: 'Good morning' })
    log('pageShown', by, { page: null })
    await db.insert(roomEvents).values(events.map((event) => ({ roomId: lesson.id, ...event })))
    const { url } = (await play(person, lesson.id)).body
    const first = (await get(at(url, 'board?limit=1'))).json()
    t.match(first, { events: [{ seq: 1, type: 'pageShown', mediaMs: 1000 }], next: 1 })
    t.equal(first.events.length, 1)
    const second = (await get(at(url, 'board?limit=5&afterSeq=1'))).json()
    t.match(second, { events: [{ seq: 3, data: { page: null } }], next: null })
    t.equal(second.events.length, 1)
    await refund(person)
    t.equal(await codeOf(at(url, 'board')), 'not_entitled')
    const greedy = (await play(await buyer(), lesson.id)).body.url
    let asked = 0
    while ((await get(at(greedy, 'board'))).statusCode === 200 && asked < 100) asked += 1
    t.ok(asked < 50, 'and costs as much as a good deal of the picture')
  },
)

t.test('those who watch are counted, each once', async (t) => {
  const { lesson } = await liveClass()
  const { live } = side.playback
  const people = [await buyer(), await buyer()]
  for (const person of people) {
    const { url } = (await play(person, lesson.id)).body
    for (const path of ['v0/index.m3u8', 'opus/index.m3u8']) await get(at(url, path))
  }
  t.equal(live.watching(lesson.id), 2)
  business.pass(11_000)
  t.equal(live.watching(lesson.id), 0)
})

t.test('who comes back after a long pause is counted, and has one seat, whichever address is used', async (t) => {
  const { lesson } = await liveClass()
  const person = await buyer()
  const playerId = randomUUID()
  const { url: earlier } = (await play(person, lesson.id, { playerId })).body
  await get(at(earlier, 'v0/index.m3u8'))
  business.pass(5 * 60_000)
  const { url: later } = (await play(person, lesson.id, { playerId })).body
  await get(at(later, 'v0/index.m3u8'))
  business.pass(11_000)
  await get(at(earlier, 'v0/index.m3u8'))
  t.equal(side.playback.live.watching(lesson.id), 1)
  const answers = []
  for (let count = 0; count < 220; count++) answers.push((await get(at(earlier, 'v0/1.m4s'))).statusCode)
  t.equal(answers.at(-1), 429)
  t.equal((await get(at(later, 'v0/1.m4s'))).statusCode, 429)
})
