import { execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { and, eq } from 'drizzle-orm'
import t from 'tap'
import { entitlements } from '../../db/schema.ts'
import type { LiveBroadcast } from '../../sfu/hls/ports.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { openMadeUpClass } from '../support/made-up-class.ts'
import { createRecordedClasses } from '../support/recorded-class.ts'
import { freePort } from '../support/server.ts'
import { createShelf } from '../support/shelf.ts'

const db = await openTestDatabase(t)
const business = createBusiness(db)
const on = new Map<string, LiveBroadcast>()
const classes = { broadcast: (lessonId: string) => on.get(lessonId), isRemoved: () => false }
const side = await openFileSide(t, business, { classes })
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
await app.listen({ port: 0, host: '127.0.0.1' })
const node = (app.server.address() as { port: number }).port
/** What came to the node, but for the questions whether somebody may. */
const fetched: string[] = []
app.server.prependListener('request', ({ url }: { url: string }) => {
  if (!url.endsWith('/may'))
    fetched.push(url.replace(/^\/api\/live\/[^/]+\//, '').replace(/^\/api\/replay\/[^/]+\//, 'replay/'))
})
const timesFetched = (path: string) => fetched.filter((each) => each === path).length

const shelf = createShelf(db, business.now)
const teacher = await business.person('teacher')
const course = await shelf.course(teacher.id)
const past = await createRecordedClasses(business, side.storage, course).record((madeUp) => madeUp.play(6))
const startedAt = business.now()
const lesson = await shelf.lesson(course, { status: 'live', startedAt, touchedAt: startedAt })
const madeUp = await openMadeUpClass({ lessonId: lesson.id, startedAt })
on.set(lesson.id, madeUp.broadcast)
await madeUp.play(8)

async function viewer(lessonId = lesson.id) {
  const person = await business.person()
  const right = { userId: person.id, courseId: course.id, startsAt: business.now(), createdAt: business.now() }
  await db.insert(entitlements).values(right)
  const { body } = await send(app, `POST /api/lessons/${lessonId}/play`, { playerId: randomUUID() }, person)
  return { person, at: (path: string) => body.url.replace('index.m3u8', path) as string }
}

const port = await startNginx()
const get = async (path: string, headers: Record<string, string> = {}) => {
  const asked = request({ host: '127.0.0.1', port, path, headers, rejectUnauthorized: false }).end()
  const [answer] = await once(asked, 'response')
  return { status: answer.statusCode as number, headers: answer.headers, bytes: await buffer(answer) }
}

t.test('no address that opens something stands in the log', async (t) => {
  const conf = readFileSync(resolve('deploy/nginx.conf'), 'utf8')
  const unlogged = [...conf.matchAll(/location ~ (\S+) \{([^}]*)\}/g)]
    .filter(([, , body]) => body!.includes('access_log off;'))
    .map(([, path]) => new RegExp(path!))
  const paths = Object.keys(app.swagger().paths!).filter((path) => path.includes('{token}'))
  t.ok(paths.length > 5)
  for (const path of paths) {
    const asked = path.replace('{token}', 'TOKEN').replace('{rendition}', 'v0').replace('{file}', '1.m4s')
    t.ok(
      unlogged.some((each) => each.test(asked)),
      path,
    )
  }
})

t.test('two viewers of a segment are one request to the node', async (t) => {
  const [one, other] = [await viewer(), await viewer()]
  for (const path of ['v0/1.m4s', 'v0/1.enc.m4s', 'v0/init-0.mp4', 'v0/3.1.m4s']) {
    const [first, second] = [await get(one.at(path)), await get(other.at(path))]
    t.equal(first.status, 200, path)
    t.equal(timesFetched(path), 1, path)
    t.same(second.bytes, first.bytes, path)
    t.match(second.headers['cache-control'], /^private, /, path)
    t.equal(second.headers['x-accel-expires'], undefined)
  }
  const range = await get(other.at('v0/1.m4s'), { range: 'bytes=4-7' })
  t.equal(range.status, 206)
  t.match(String(range.bytes), /styp|moof/)
})

t.test('many who come at once are one request, too', async (t) => {
  const { at } = await viewer()
  const answers = await Promise.all(Array.from({ length: 8 }, () => get(at('opus/2.m4s'))))
  t.ok(answers.every(({ status }) => status === 200))
  t.equal(timesFetched('opus/2.m4s'), 1)
})

t.test('who may not is given nothing out of the cache, and told why by the node', async (t) => {
  const { person, at } = await viewer()
  const paths = ['v0/1.m4s', 'v0/1.enc.m4s', 'v0/init-0.mp4', 'v0/3.1.m4s', 'v0/index.m3u8', 'v0/0.key']
  for (const path of paths) t.equal((await get(at(path))).status, 200, path)
  const mine = and(eq(entitlements.userId, person.id), eq(entitlements.courseId, course.id))
  await db.update(entitlements).set({ revokedAt: business.now(), revokeReason: 'refunded' }).where(mine)
  await business.entitlements.announceRevoked({ userId: person.id, courseId: course.id, planId: null })
  for (const path of paths) {
    const { status, bytes } = await get(at(path))
    t.equal(status, 403, path)
    t.equal(JSON.parse(String(bytes)).error.code, 'not_entitled', path)
  }
  const forged = await get(`/api/live/${lesson.id}.a.b.c/v0/1.m4s`)
  t.equal(forged.status, 401)
  t.equal(JSON.parse(String(forged.bytes)).error.code, 'unauthorized')
})

t.test('what is not there, and what is too much, keeps its status', async (t) => {
  const { at } = await viewer()
  t.equal((await get(at('v0/99.m4s'))).status, 404)
  let given = 0
  for (; given < 250; given++) if ((await get(at('v0/1.m4s'))).status !== 200) break
  t.ok(given > 190 && given <= 200, `one player is given ${given} segments at once, each of which it pays for once`)
  const { status, headers, bytes } = await get(at('v0/1.m4s'))
  t.equal(status, 429)
  t.equal(JSON.parse(String(bytes)).error.code, 'too_many_requests')
  t.ok(Number(headers['retry-after']) > 0)
})

t.test('playlists pass, also those that are waited for, over HTTP/2', async (t) => {
  const { at } = await viewer()
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false })
  t.teardown(() => session.close())
  const get2 = async (path: string) => {
    const stream = session.request({ ':path': path })
    const [headers] = await once(stream, 'response')
    return { status: headers[':status'], text: String(await buffer(stream)) }
  }
  const { text } = await get2(at('v0/index.m3u8'))
  const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text)!
  const asked = at(`v0/index.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
  const waiting = [get2(asked), get2(at(`v0/${msn}.${part}.m4s`))]
  const came = () => fetched.filter((path) => path.includes(`${msn}.${part}.m4s`) || path.includes('_HLS_msn')).length
  while (came() < 2) await pause(10)
  await madeUp.play(0.4)
  const [playlist, bytes] = await Promise.all(waiting)
  t.match(playlist!.text, `URI="${msn}.${part}.m4s"`)
  t.equal(bytes!.status, 200)
})

t.test('of a replay, too, each segment is one request to the node, and given only to those who may', async (t) => {
  const [one, other] = [await viewer(past.id), await viewer(past.id)]
  const master = String((await get(one.at('index.m3u8'))).bytes)
  t.match(master, /v0\/index\.m3u8/)
  const playlist = String((await get(one.at('v0/index.m3u8'))).bytes)
  const [segment] = /^\d+\.m4s$/m.exec(playlist)!
  const paths = ['v0/init-0.mp4', `v0/${segment}`]
  for (const path of paths) {
    const [first, second] = [await get(one.at(path)), await get(other.at(path))]
    t.equal(first.status, 200, path)
    t.same(second.bytes, first.bytes, path)
    t.equal(timesFetched(`replay/${path}`), 1, path)
    t.match(second.headers['cache-control'], /^private, /, path)
  }
  t.equal((await get(one.at(`v0/${segment}`), { range: 'bytes=0-15' })).status, 206)
  const key = await get(other.at('v0/0.key'))
  t.equal(key.bytes.length, 16)
  t.match(key.headers['cache-control'], 'no-store')
  const mine = and(eq(entitlements.userId, one.person.id), eq(entitlements.courseId, course.id))
  await db.update(entitlements).set({ revokedAt: business.now(), revokeReason: 'refunded' }).where(mine)
  await business.entitlements.announceRevoked({ userId: one.person.id, courseId: course.id, planId: null })
  for (const path of [...paths, 'index.m3u8', 'v0/index.m3u8', 'v0/0.key']) {
    const { status, bytes } = await get(one.at(path))
    t.equal(status, 403, path)
    t.equal(JSON.parse(String(bytes)).error.code, 'not_entitled', path)
    t.equal((await get(other.at(path))).status, 200, path)
  }
})

/** A real nginx with the file that operators are given, on ports and in folders of the test. */
async function startNginx(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-nginx-'))
  const [plain, tls] = [await freePort(), await freePort()]
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=class.example.com', '-days', '1', '-nodes', '-newkey', 'rsa:2048']
  execFileSync('openssl', ['req', '-x509', ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const conf = readFileSync(resolve(import.meta.dirname, '../../deploy/nginx.conf'), 'utf8')
    .replaceAll('127.0.0.1:3000', `127.0.0.1:${node}`)
    .replaceAll(/^ *listen \[::\].*\n/gm, '')
    .replace('listen 80;', `listen 127.0.0.1:${plain};`)
    .replace('listen 443 ', `listen 127.0.0.1:${tls} `)
    .replace(/ssl_certificate +\S+;/, `ssl_certificate ${cert};`)
    .replace(/ssl_certificate_key +\S+;/, `ssl_certificate_key ${key};`)
    .replace('/var/cache/nginx/jiangtang', join(folder, 'cache'))
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join('\n')
  const whole = `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events { worker_connections 256; }
    http { access_log off; ${places}\n${conf} }`
  writeFileSync(join(folder, 'nginx.conf'), whole)
  const nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'inherit',
  })
  const ended = once(nginx, 'exit')
  t.teardown(async () => {
    nginx.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  for (let tries = 0; tries < 200; tries++) {
    if (nginx.exitCode !== null) throw new Error(readFileSync(join(folder, 'error.log'), 'utf8'))
    const answers = await fetch(`http://127.0.0.1:${plain}`, { redirect: 'manual' }).catch(() => undefined)
    if (answers) return tls
    await pause(50)
  }
  throw new Error('nginx does not listen')
}
