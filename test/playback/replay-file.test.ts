import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { and, eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { broadcastSegments, broadcasts, replayFiles } from '../../db/schema.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createRecordedClasses } from '../support/recorded-class.ts'
import { createShelf } from '../support/shelf.ts'

const run = promisify(execFile)
const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
let teacher = await business.person('teacher')
const course = await createShelf(db, business.now).course(teacher.id)
const classes = createRecordedClasses(business, side.storage, course)

type Person = Awaited<ReturnType<typeof business.person>>
const ask = (lessonId: string, from: Person | undefined = teacher) =>
  send(app, `POST /api/lessons/${lessonId}/replay/file`, undefined, from)
const change = (lessonId: string, values: object) =>
  db.update(broadcasts).set(values).where(eq(broadcasts.lessonId, lessonId))

/** Has it made, and gives its bytes. */
async function fileOf(lessonId: string): Promise<{ bytes: Buffer; url: string }> {
  await ask(lessonId)
  await side.replayFiles.make(lessonId)
  const { url } = (await ask(lessonId)).body
  return { url, bytes: (await app.inject({ url })).rawPayload }
}

type Probed = {
  said: string
  sound: string
  frames: number
  packets: number
  seconds: number
  videoStart: number
  audioStart: number
}

/** What ffprobe and ffmpeg make of it. */
async function probed(t: Test, bytes: Buffer): Promise<Probed> {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-mp4-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'replay.mp4')
  writeFileSync(path, bytes)
  const probe = await run('ffprobe', [
    ...['-v', 'warning', '-count_frames', '-count_packets', '-show_streams', '-show_format', '-of', 'json', path],
  ])
  const decoded = await run('ffmpeg', [
    ...['-v', 'warning', '-nostdin', '-i', path, '-fps_mode', 'passthrough', '-enc_time_base', '-1', '-f', 'null', '-'],
  ])
  const { streams, format } = JSON.parse(probe.stdout)
  const of = (type: string) => streams.find((stream: { codec_type: string }) => stream.codec_type === type)
  return {
    said: probe.stderr + decoded.stderr,
    sound: of('audio').codec_name,
    frames: Number(of('video').nb_read_frames),
    packets: Number(of('video').nb_read_packets),
    seconds: Number(format.duration),
    videoStart: Number(of('video').start_time),
    audioStart: Number(of('audio').start_time),
  }
}

const whole = await classes.record((madeUp) => madeUp.play(12), ['320x180', '640x360'])

t.test('a replay becomes one file that plays anywhere, as it was', async (t) => {
  const { body } = await ask(whole.id)
  t.match(body, { status: 'queued', progressPercent: 0, url: null, sizeBytes: null })
  t.match(side.added.at(-1), { name: 'makeReplayFile', data: { lessonId: whole.id } })
  await side.replayFiles.make(whole.id)
  const ready = (await ask(whole.id)).body
  t.match(ready, { status: 'ready', progressPercent: 100 })
  const answer = await app.inject({ url: ready.url })
  t.equal(answer.headers['content-type'], 'video/mp4')
  t.match(answer.headers['content-disposition'], /^attachment; .*Shadow\.mp4/)
  t.equal(answer.rawPayload.length, ready.sizeBytes)
  const { said, sound, frames, packets, seconds, videoStart, audioStart } = await probed(t, answer.rawPayload)
  t.equal(said, '')
  t.equal(sound, 'aac')
  t.ok(packets > 350)
  t.equal(frames, packets, 'every picture is shown')
  const edit = (await send(app, `GET /api/lessons/${whole.id}/replay`, undefined, teacher)).body
  t.ok(Math.abs(seconds * 1000 - edit.durationMs) < 200, `${seconds} s of ${edit.durationMs} ms`)
  t.ok(Math.abs(videoStart - audioStart) < 0.045)
  t.match(answer.rawPayload.indexOf('moof'), -1)
})

t.test('a range of it is given as one', async (t) => {
  const { url, bytes } = await fileOf(whole.id)
  const part = await app.inject({ url, headers: { range: 'bytes=100-199' } })
  t.equal(part.statusCode, 206)
  t.equal(part.headers['content-range'], `bytes 100-199/${bytes.length}`)
  t.same(part.rawPayload, bytes.subarray(100, 200))
  t.equal((await app.inject({ url, headers: { range: `bytes=${bytes.length}-` } })).statusCode, 416)
  t.equal((await app.inject({ method: 'HEAD', url })).headers['content-length'], String(bytes.length))
})

t.test('what was trimmed off is not in it, and another trim makes another file', async (t) => {
  const lesson = await classes.record((madeUp) => madeUp.play(10))
  const all = await probed(t, (await fileOf(lesson.id)).bytes)
  await change(lesson.id, { trimStartMs: 4000, trimEndMs: 7000, version: 9 })
  t.match((await ask(lesson.id)).body, { status: 'queued' })
  const part = await probed(t, (await fileOf(lesson.id)).bytes)
  t.equal(part.said, '')
  t.ok(part.seconds > 3 && part.seconds < 6 && part.seconds < all.seconds, `${part.seconds} s of ${all.seconds}`)
})

t.test('pictures of another size, and what is missing in between, are one film all the same', async (t) => {
  const lesson = await classes.record(
    async (madeUp) => {
      await madeUp.play(6)
      await madeUp.show(['640x360'])
      await madeUp.play(8)
    },
    ['320x180'],
  )
  await db
    .delete(broadcastSegments)
    .where(
      and(
        eq(broadcastSegments.lessonId, lesson.id),
        eq(broadcastSegments.rendition, 'opus'),
        eq(broadcastSegments.msn, 1),
      ),
    )
  const { bytes } = await fileOf(lesson.id)
  const { said, sound, frames, packets, seconds } = await probed(t, bytes)
  t.equal(said, '')
  t.equal(sound, 'opus', 'ffmpeg would lose the second size')
  t.equal(frames, packets)
  const { durationMs } = (await send(app, `GET /api/lessons/${lesson.id}/replay`, undefined, teacher)).body
  t.ok(Math.abs(seconds * 1000 - durationMs) < 200, `${seconds} s of ${durationMs} ms`)
})

t.test('it is for those who teach, also behind its address', async (t) => {
  const student = await business.person()
  t.equal((await ask(whole.id, student)).status, 403)
  t.equal((await send(app, `POST /api/lessons/${whole.id}/replay/file`)).status, 401)
  const { url } = await fileOf(whole.id)
  const broken = url.replace(/.{6}$/, 'AAAAAA')
  t.equal((await app.inject({ url: broken })).json().error.code, 'unauthorized')
  await business.users.signOut(teacher.user)
  t.equal((await app.inject({ url })).json().error.code, 'unauthorized')
  teacher = await business.again(teacher)
})

t.test('one that cannot be made says so, and may be asked for again', async (t) => {
  const lesson = await classes.record((madeUp) => madeUp.play(4))
  const { storage } = side
  await storage.remove(`broadcasts/${lesson.id}/v0/0.m4s`)
  await ask(lesson.id)
  await side.replayFiles.make(lesson.id)
  const [row] = await db.select().from(replayFiles).where(eq(replayFiles.lessonId, lesson.id))
  t.equal(row!.status, 'failed')
  t.match((await ask(lesson.id)).body, { status: 'queued' })
})

t.test('it is removed after a day, and with its replay', async (t) => {
  const files = () => readdirSync(join(side.folder, 'files/broadcasts', whole.id, 'files')).length
  await fileOf(whole.id)
  business.pass(23 * 60 * 60_000)
  await side.replayFiles.sweep()
  t.equal(files(), 1)
  business.pass(2 * 60 * 60_000)
  await side.replayFiles.sweep()
  t.throws(files, { code: 'ENOENT' })
  teacher = await business.again(teacher)
  t.match((await ask(whole.id)).body, { status: 'queued', url: null })
})
