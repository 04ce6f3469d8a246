import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { broadcastSegments, broadcasts, lessons, replayFiles } from '../../db/schema.ts'
import { createLocalFileStorage } from '../../src/adapters/local-file-storage.ts'
import type { FileStorage } from '../../src/files/storage.ts'
import { createSpace, type SpaceDeps } from '../../src/playback/space.ts'
import { createBusiness } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import type { MadeUpClass } from '../support/made-up-class.ts'
import { createRecordedClasses } from '../support/recorded-class.ts'
import { createShelf } from '../support/shelf.ts'
import { silentLog } from '../support/silent-log.ts'

const MB = 1024 ** 2
const DAY_MS = 24 * 60 * 60 * 1000

const db = await openTestDatabase(t)
const business = createBusiness(db)
const teacher = await business.person('teacher')
const course = await createShelf(db, business.now).course(teacher.id)

/** A storage of its own, with the room that is made in it. */
function openSpace(t: Test, given: Partial<SpaceDeps> & { folder?: string } = {}) {
  const { folder = mkdtempSync(join(tmpdir(), 'jiangtang-space-')), ...rest } = given
  if (!given.folder) t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const storage = (rest.storage as FileStorage | undefined) ?? createLocalFileStorage(folder)
  const said: string[] = []
  const log = { ...silentLog, error: (_: object, message: string) => void said.push(message) }
  const { bus, now } = business
  const space = createSpace({
    ...{ db, bus, now, log, limitBytes: null, keepFreeBytes: 0, keepMs: null },
    ...rest,
    storage,
  })
  const classes = createRecordedClasses(business, space.store, course)
  const stored = async (lessonId: string) =>
    (await readdir(join(folder, 'broadcasts', lessonId), { recursive: true }).catch(() => [])).filter((name) =>
      /m4s$|mp4$/.test(name),
    ).length
  t.teardown(() => db.delete(broadcasts))
  return { folder, storage, space, classes, stored, said }
}

const rowsOf = (lessonId: string) => db.$count(broadcastSegments, eq(broadcastSegments.lessonId, lessonId))
const bytesOf = async (lessonId: string) =>
  (await db.select().from(broadcasts).where(eq(broadcasts.lessonId, lessonId)))[0]?.storedBytes

t.test('what is kept for replay stays, and what nobody may see any more goes', async (t) => {
  const { space, classes, stored } = openSpace(t, { keepMs: 10 * DAY_MS })
  const record = () => classes.record((madeUp) => madeUp.play(3))
  const [kept, hidden, removed, cancelled, gone] = [
    await record(),
    await record(),
    await record(),
    await record(),
    await record(),
  ]
  await db.update(broadcasts).set({ published: false }).where(eq(broadcasts.lessonId, hidden.id))
  await db.update(broadcasts).set({ removedAt: 1 }).where(eq(broadcasts.lessonId, removed.id))
  await db.delete(lessons).where(eq(lessons.id, gone.id))
  await db
    .update(lessons)
    .set({ startedAt: null, status: 'scheduled', cancelledAt: 1 })
    .where(eq(lessons.id, cancelled.id))
  await space.sweep()
  for (const { id } of [kept, hidden]) t.ok((await stored(id)) > 0 && (await rowsOf(id)) > 0)
  for (const { id } of [removed, cancelled, gone])
    t.strictSame([await stored(id), await rowsOf(id), await bytesOf(id)], [0, 0, undefined])
  business.pass(9 * DAY_MS)
  await space.sweep()
  t.ok((await stored(kept.id)) > 0)
  business.pass(DAY_MS)
  await space.sweep()
  for (const { id } of [kept, hidden]) t.strictSame([await stored(id), await bytesOf(id)], [0, undefined])
})

t.test('above the limit the oldest replay goes, and no more than has to', async (t) => {
  const limited: Partial<SpaceDeps> = { limitBytes: 1 }
  const { space, classes, stored, storage, folder } = openSpace(t)
  const record = () => classes.record((madeUp) => madeUp.play(3))
  const [first, second, third] = [await record(), await record(), await record()]
  const all = (await Promise.all([first, second, third].map(({ id }) => bytesOf(id)))).reduce<number>(
    (sum, bytes) => sum + bytes!,
    0,
  )
  await space.sweep()
  t.ok((await stored(first.id)) > 0, 'without a limit all stays')
  await openSpace(t, { ...limited, folder, storage, limitBytes: all - 1 }).space.sweep()
  t.equal(await stored(first.id), 0)
  for (const { id } of [second, third]) t.ok((await stored(id)) > 0)
})

t.test('a file that can be made again goes before any replay', async (t) => {
  const { classes, stored, storage, folder } = openSpace(t)
  const { id } = await classes.record((madeUp) => madeUp.play(3))
  const key = `broadcasts/${id}/files/x.mp4`
  await storage.put(key, Buffer.alloc(1000), { mimeType: 'video/mp4' })
  const made = { lessonId: id, version: 1, status: 'ready', sizeBytes: 1000, updatedAt: business.now() } as const
  await db.insert(replayFiles).values(made)
  const before = await rowsOf(id)
  const tight: FileStorage = { ...storage, freeBytes: async () => 0 }
  await openSpace(t, { folder, storage: tight, keepFreeBytes: 1000 }).space.sweep()
  t.equal(await storage.read(key), undefined)
  t.equal(await db.$count(replayFiles), 0)
  t.equal(await rowsOf(id), before)
  t.ok((await stored(id)) > 0)
})

t.test('so much of the disk is left free', async (t) => {
  const { space, classes, stored, storage, folder } = openSpace(t)
  const [first, second] = [
    await classes.record((madeUp) => madeUp.play(3)),
    await classes.record((madeUp) => madeUp.play(3)),
  ]
  const free = 5 * MB
  const tight: FileStorage = { ...storage, freeBytes: async () => free }
  await openSpace(t, { folder, storage: tight, keepFreeBytes: free }).space.sweep()
  t.ok((await stored(first.id)) > 0)
  await openSpace(t, { folder, storage: tight, keepFreeBytes: free + 1 }).space.sweep()
  t.equal(await stored(first.id), 0)
  t.ok((await stored(second.id)) > 0)
  await space.sweep()
})

t.test('of a class that is on its beginning goes, never its last minute, and its playlists forget that', async (t) => {
  const { classes, stored, storage, folder } = openSpace(t)
  const begun = await classes.begin()
  const { id } = begun.lesson
  const { broadcast } = begun.class
  business.bus.subscribe(
    'broadcastCut',
    ({ lessonId, beforeMsn }) => lessonId === id && broadcast.forgetBefore(beforeMsn),
  )
  await playOn(begun.class, 100)
  await begun.recorder.close()
  business.pass(100_000)
  const before = await bytesOf(id)
  const { space } = openSpace(t, { folder, storage, limitBytes: before! - 1 })
  await space.sweep()
  t.equal(await rowsOf(id), (await stored(id)) - 2, 'but for the init segments there is a row for each')
  const oldest = async () => {
    const rows = await db.select().from(broadcastSegments).where(eq(broadcastSegments.lessonId, id))
    return Math.min(...rows.map(({ msn }) => msn))
  }
  t.equal(await oldest(), 1, 'one moment was enough')
  t.match((await broadcast.playlist('v0', {})).text, /MEDIA-SEQUENCE:1\n/)

  await openSpace(t, { folder, storage, limitBytes: 1 }).space.sweep()
  const [edge] = await db
    .select()
    .from(broadcastSegments)
    .where(and(eq(broadcastSegments.lessonId, id), eq(broadcastSegments.msn, await oldest())))
  t.ok(edge!.startMs >= 38_000 && edge!.startMs < 43_000, `what is left begins at ${edge!.startMs} ms of 100 s`)
  for (const track of ['v0', 'opus']) {
    const { text } = await broadcast.playlist(track, {})
    t.match(text, new RegExp(`MEDIA-SEQUENCE:${await oldest()}\\n`))
    for (const [, msn] of text.matchAll(/^(\d+)\.m4s$/gm))
      t.ok(await broadcast.segment(track, Number(msn)), `${track} ${msn}`)
  }
  await begun.class.play(10)
  await begun.class.end()
  t.equal(broadcast.health.storeFailures, 0)
})

t.test('where no replays are kept, a class leaves as much as one may go back, and nothing after its end', async (t) => {
  const { space, classes, stored } = openSpace(t, { keepMs: 0 })
  const begun = await classes.begin(undefined, { dvrMinutes: 1 })
  const { id } = begun.lesson
  await playOn(begun.class, 140)
  await begun.recorder.close()
  business.pass(140_000)
  await space.sweep()
  const rows = await db.select().from(broadcastSegments).where(eq(broadcastSegments.lessonId, id))
  const first = Math.min(...rows.map(({ startMs }) => startMs))
  t.ok(first >= 17_000 && first < 22_000, `from ${first} ms on`)
  await begun.class.end()
  await classes.end(id)
  await space.sweep()
  t.ok((await stored(id)) > 0, 'who is a little behind sees the end')
  business.pass(6 * 60_000)
  await space.sweep()
  t.equal(await stored(id), 0)
})

/** So slowly that all of it is stored before it leaves the memory. */
async function playOn(madeUp: MadeUpClass, seconds: number) {
  for (let played = 0; played < seconds; played += 10) {
    await madeUp.play(10)
    await madeUp.settled()
  }
}

/** A class and a replay on a disk that becomes full: the class loses nothing that is new. */
async function fillsUp(t: Test, space: ReturnType<typeof openSpace>) {
  const { classes, stored, said } = space
  const old = await classes.record((madeUp) => madeUp.play(20))
  const begun = await classes.begin()
  const { id } = begun.lesson
  for (let tries = 0; tries < 200 && (await rowsOf(old.id)) > 0; tries++) {
    await begun.class.play(4)
    await begun.class.settled()
    business.pass(4000)
  }
  t.equal(await stored(old.id), 0, 'the replay went')
  t.ok(said.length > 0, 'and the operator is told')
  await begun.class.play(4)
  await begun.class.end()
  t.equal(begun.class.broadcast.health.storeFailures, 0)
  const rows = await db.select().from(broadcastSegments).where(eq(broadcastSegments.lessonId, id))
  t.equal(rows.length, (await stored(id)) - 2)
  t.ok(rows.length > 4)
}

t.test(
  'a disk that is full costs the oldest replay, not the class',
  { skip: !mayMount() && 'needs root' },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'jiangtang-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder])
    t.teardown(() => {
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    })
    await fillsUp(t, openSpace(t, { folder }))
  },
)

t.test('so does a storage that says it is full', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-quota-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const local = createLocalFileStorage(folder)
  const sizes = new Map<string, number>()
  const storage: FileStorage = {
    ...local,
    async put(key, bytes, options) {
      const used = [...sizes.values()].reduce((sum, size) => sum + size, 0)
      const { length } = bytes as Uint8Array
      if (used + length > 8 * MB) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      sizes.set(key, length)
      await local.put(key, bytes, options)
    },
    async removeFolder(name) {
      for (const key of sizes.keys()) if (key.startsWith(`${name}/`)) sizes.delete(key)
      await local.removeFolder(name)
    },
  }
  await fillsUp(t, openSpace(t, { folder, storage }))
})

t.test('where nothing can be removed the class goes on, and says that it is not stored', async (t) => {
  const full = async () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-none-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const { classes } = openSpace(t, { folder, storage: { ...createLocalFileStorage(folder), put: full } })
  const begun = await classes.begin()
  await begun.class.play(5)
  t.match((await begun.class.broadcast.playlist('v0', {})).text, /#EXT-X-PART:/)
  await begun.class.end()
  t.ok(begun.class.broadcast.health.storeFailures > 0)
  t.match(begun.class.broadcast.health.warnings, ['store_fails'])
})

function mayMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-mount-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
