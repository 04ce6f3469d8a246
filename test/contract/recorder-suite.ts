/** What the recording of broadcasts must do, on every database. */
import { randomUUID } from 'node:crypto'
import { asc, eq } from 'drizzle-orm'
import type { Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { broadcastRenditions, broadcastSegments, broadcasts } from '../../db/schema.ts'
import type { RecordedRendition, RecordedSegment } from '../../sfu/hls/ports.ts'
import { createDatabaseRecorder } from '../../src/adapters/database-recorder.ts'
import { silentLog } from '../support/silent-log.ts'

const AT = 1_900_000_000_000

const segment = (msn: number, values: Partial<RecordedSegment> = {}): RecordedSegment => ({
  rendition: 'v0',
  msn,
  startMs: msn * 2000,
  durationMs: 2000,
  bytes: 1000,
  init: 0,
  discontinuity: false,
  independent: true,
  ...values,
})
const picture: RecordedRendition = {
  rendition: 'v0',
  init: 0,
  kind: 'video',
  codecs: 'avc1.42c01f',
  width: 640,
  height: 360,
}

export async function recorderSuite(t: Test, db: Db) {
  const open = (on = db) => createDatabaseRecorder({ db: on, now: () => AT + 60_000, log: silentLog })
  const rows = (lessonId: string) =>
    db
      .select()
      .from(broadcastSegments)
      .where(eq(broadcastSegments.lessonId, lessonId))
      .orderBy(asc(broadcastSegments.msn), asc(broadcastSegments.rendition))
  const broadcast = async (lessonId: string) =>
    (await db.select().from(broadcasts).where(eq(broadcasts.lessonId, lessonId)))[0]

  t.test('a class is recorded whole by the time its end resolves', async (t) => {
    const [recorder, lessonId] = [open(), randomUUID()]
    t.equal(await recorder.resume(lessonId, AT), undefined, 'nothing is left of what never was')
    t.match(await broadcast(lessonId), { startedAt: AT, endedAt: null, published: true, storedBytes: 0 })
    recorder.rendition(lessonId, picture)
    for (let msn = 0; msn < 5000; msn++) recorder.add(lessonId, segment(msn))
    await recorder.end(lessonId)
    const stored = await rows(lessonId)
    t.equal(stored.length, 5000)
    t.strictSame(stored[4321], { lessonId, ...segment(4321) })
    t.match(await broadcast(lessonId), { endedAt: AT + 60_000, storedBytes: 5_000_000 })
    t.strictSame(await db.select().from(broadcastRenditions).where(eq(broadcastRenditions.lessonId, lessonId)), [
      { lessonId, ...picture },
    ])
  })

  t.test('segments come into the database while the class goes on', async (t) => {
    const [recorder, lessonId] = [open(), randomUUID()]
    await recorder.resume(lessonId, AT)
    recorder.add(lessonId, segment(0))
    for (let tries = 0; tries < 200 && (await rows(lessonId)).length === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 20))
    t.equal((await rows(lessonId)).length, 1)
    await recorder.close()
  })

  t.test('another process goes on where nobody has been, recorded or not', async (t) => {
    const [first, lessonId] = [open(), randomUUID()]
    await first.resume(lessonId, AT)
    first.rendition(lessonId, picture)
    first.rendition(lessonId, { ...picture, init: 2 })
    first.rendition(lessonId, { ...picture, rendition: 'opus', kind: 'audio', width: null, height: null })
    first.add(lessonId, segment(7))
    await first.close()
    const left = await open().resume(lessonId, AT + 5)
    t.ok(left!.nextMsn > 8 && left!.nextInit.v0! > 3 && left!.nextInit.opus! > 1)
    t.strictSame(Object.keys(left!.nextInit).sort(), ['opus', 'v0'])
    t.match(await broadcast(lessonId), { startedAt: AT, endedAt: null }, 'it is the same broadcast')
  })

  t.test('what is recorded again under one number is there once, as it was last', async (t) => {
    const [recorder, lessonId] = [open(), randomUUID()]
    await recorder.resume(lessonId, AT)
    recorder.rendition(lessonId, picture)
    recorder.add(lessonId, segment(1))
    await recorder.close()
    recorder.rendition(lessonId, { ...picture, codecs: 'avc1.42c015' })
    recorder.add(lessonId, segment(1, { bytes: 5, discontinuity: true }))
    await recorder.end(lessonId)
    t.strictSame(await rows(lessonId), [{ lessonId, ...segment(1, { bytes: 5, discontinuity: true }) }])
    t.match(await db.select().from(broadcastRenditions).where(eq(broadcastRenditions.lessonId, lessonId)), [
      { codecs: 'avc1.42c015' },
    ])
  })

  t.test('rows wait while the database is away, and nobody is stopped by it', async (t) => {
    const lessonId = randomUUID()
    let away = false
    const shaky = new Proxy(db, {
      get: (target, key) =>
        key === 'transaction' && away ? () => Promise.reject(new Error('away')) : Reflect.get(target, key),
    })
    const recorder = open(shaky)
    await recorder.resume(lessonId, AT)
    away = true
    recorder.add(lessonId, segment(0))
    await t.rejects(recorder.end(lessonId), { message: 'away' })
    recorder.add(lessonId, segment(1))
    await recorder.close()
    t.equal((await rows(lessonId)).length, 0)
    away = false
    await recorder.end(lessonId)
    t.strictSame(
      (await rows(lessonId)).map(({ msn }) => msn),
      [0, 1],
    )
  })
}
