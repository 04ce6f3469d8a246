import { execFile } from 'node:child_process'
import { createDecipheriv } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { eq } from 'drizzle-orm'
import t from 'tap'
import { files as filesTable, videos as videosTable } from '../../db/schema.ts'
import { keyOf, manifestKey, posterKey, readManifest, segmentKey, videoFolder } from '../../src/files/video/manifest.ts'
import { createBusiness, createBusinessApp, send } from '../support/business.ts'
import { clipMaker, turned } from '../support/clips.ts'
import { openTestDatabase } from '../support/database.ts'
import { openFileSide } from '../support/files.ts'
import { createShelf } from '../support/shelf.ts'

const run = promisify(execFile)
const db = await openTestDatabase(t)
const business = createBusiness(db)
const side = await openFileSide(t, business)
const shelf = createShelf(db, business.now, side.storage)
const app = await createBusinessApp(business, { files: side })
t.teardown(() => app.close())
const clip = await clipMaker(t)
const teacher = await business.person('teacher')

async function queued(bytes: Buffer, mimeType = 'video/mp4') {
  const fileId = await shelf.stored(teacher.id, 'video', bytes, mimeType)
  await shelf.video(fileId)
  return fileId
}
const rowOf = async (fileId: string) => (await db.select().from(videosTable).where(eq(videosTable.fileId, fileId)))[0]!

async function made(bytes: Buffer, mimeType = 'video/mp4') {
  const fileId = await queued(bytes, mimeType)
  await side.videos.make(fileId)
  const row = await rowOf(fileId)
  if (row.status !== 'ready') return { fileId, row }
  const folder = videoFolder(fileId, row.runId!)
  const stored = await side.storage.read(manifestKey(folder))
  return { fileId, row, folder, manifest: readManifest(await text(stored!.stream)) }
}

/** All segments of a rendition, decrypted by the book and joined: what a player would decode. */
async function decrypted({ row, folder, manifest }: Awaited<ReturnType<typeof made>>, name: 'main' | 'low' = 'main') {
  const { segmentMs } = manifest!.renditions.find((each) => each.name === name)!
  const parts = []
  for (const number of segmentMs.keys()) {
    const stored = await side.storage.read(segmentKey(folder!, name, number))
    const iv = Buffer.alloc(16)
    iv.writeUInt32BE(number, 12)
    const decipher = createDecipheriv('aes-128-cbc', keyOf(row.key!, name), iv)
    const bytes = await buffer(stored!.stream)
    if (number === 0) t.not(bytes[0], 0x47, 'what is stored is encrypted')
    parts.push(decipher.update(bytes), decipher.final())
  }
  const path = join(side.folder, `${name}-${row.fileId}.ts`)
  await writeFile(path, Buffer.concat(parts))
  const probed = await run('ffprobe', ['-v', 'error', '-print_format', 'json', '-show_streams', '-count_packets', path])
  return JSON.parse(probed.stdout).streams as {
    codec_name: string
    nb_read_packets: string
    width?: number
    height?: number
  }[]
}

t.test('a film that browsers play is only cut, not encoded', async (t) => {
  const film = await clip('playable')
  const result = await made(film)
  t.match(result.row, { status: 'ready', progressPercent: 100, failure: null, width: 320, height: 180, attempts: 1 })
  t.ok(Math.abs(result.row.durationMs! - 20_000) < 300, `${result.row.durationMs} ms`)
  const [rendition, ...others] = result.manifest!.renditions
  t.strictSame(others, [])
  t.strictSame(rendition!.segmentMs, [6000, 6000, 6000, 2000])
  t.match(rendition!.codecs, /^avc1\.42[ce]0[0-9a-f]{2},mp4a\.40\.2$/)
  const streams = await decrypted(result)
  t.strictSame(streams.map(({ codec_name }) => codec_name).sort(), ['aac', 'h264'])
  t.equal(streams.find(({ codec_name }) => codec_name === 'h264')!.nb_read_packets, '500', 'every picture is there')
  const poster = await side.storage.read(posterKey(result.folder!))
  t.strictSame((await buffer(poster!.stream)).subarray(0, 3), Buffer.from([0xff, 0xd8, 0xff]))
  t.strictSame(await readdir(join(side.folder, 'work')), [], 'nothing is left of the work')
})

t.test('VP9 and Opus become H.264 and AAC', async (t) => {
  const result = await made(await clip('vp9'), 'video/webm')
  t.match(result.row, { status: 'ready', width: 320, height: 180 })
  const streams = await decrypted(result)
  t.strictSame(streams.map(({ codec_name }) => codec_name).sort(), ['aac', 'h264'])
})

t.test('a large picture becomes 1080p, and a smaller one for slow networks', async (t) => {
  const result = await made(await clip('large'), 'video/matroska')
  t.match(result.manifest!.renditions, [
    { name: 'main', width: 1920, height: 1080 },
    { name: 'low', width: 854, height: 480 },
  ])
  const streams = await decrypted(result, 'low')
  t.match(
    streams.find(({ codec_name }) => codec_name === 'h264'),
    { width: 854, height: 480 },
  )
  t.not(keyOf(result.row.key!, 'main').toString('hex'), keyOf(result.row.key!, 'low').toString('hex'))
})

t.test('a film without sound is a film', async (t) => {
  const result = await made(await clip('silent'))
  t.equal(result.row.status, 'ready')
  t.match(result.manifest!.renditions[0]!.codecs, /^avc1\.[0-9a-f]{6}$/)
})

t.test('a film that a phone wants turned is turned', async (t) => {
  const result = await made(await turned(await clip('silent')))
  t.match(result.row, { status: 'ready', width: 180, height: 320 })
  t.match((await decrypted(result))[0], { width: 180, height: 320 })
})

t.test('a film with too few key frames is encoded anew', async (t) => {
  const result = await made(await clip('fewKeyFrames'))
  t.equal(result.row.status, 'ready')
  t.ok(Math.max(...result.manifest!.renditions[0]!.segmentMs) <= 6500, 'it can be sought in')
})

t.test('what is no film is refused with a reason, and not tried again', async (t) => {
  const playable = await clip('playable')
  const ftyp = Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1')
  const m3u8 = Buffer.from('#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n')
  for (const [what, bytes, failure] of [
    ['only sound', await clip('audioOnly'), 'no_video_track'],
    ['garbage behind the right beginning', Buffer.concat([ftyp, Buffer.alloc(5000, 7)]), 'not_a_video'],
    ['a film whose table was lost', playable.subarray(0, 600), 'not_a_video'],
    ['a list of files of this machine', m3u8, 'not_a_video'],
    ['nothing', Buffer.alloc(0), 'not_a_video'],
  ] as const) {
    const { row, fileId } = await made(bytes)
    t.match(row, { status: 'failed', failure, attempts: 1 }, what)
    t.strictSame(await readdir(join(side.folder, 'files', 'videos', fileId)).catch(() => []), [], 'nothing is stored')
  }
})

t.test('whoever uploaded it sees how far it is, nobody else', async (t) => {
  const fileId = await queued(await clip('playable'))
  const ask = (from: typeof teacher) => send(app, `GET /api/files/${fileId}/video`, undefined, from)
  t.match((await ask(teacher)).body, { status: 'queued', progressPercent: 0, failure: null })
  t.equal((await ask(await business.person('teacher'))).status, 404)
  t.equal((await ask(await business.person())).status, 404)
  t.equal((await ask(await business.person('operator'))).status, 200)
  await side.videos.make(fileId)
  t.match((await ask(teacher)).body, { status: 'ready', progressPercent: 100, width: 320, height: 180 })
})

t.test('a long one tells its progress, and can be called off', async (t) => {
  const fileId = await queued(await clip('slow'), 'video/matroska')
  const making = side.videos.make(fileId)
  while ((await rowOf(fileId)).progressPercent < 3) await pause(50)
  t.match(await rowOf(fileId), { status: 'processing' })
  t.match((await send(app, `POST /api/files/${fileId}/video/cancel`, undefined, teacher)).body, {
    status: 'failed',
    failure: 'cancelled',
  })
  await making
  t.match(await rowOf(fileId), { status: 'failed', failure: 'cancelled' })
  t.strictSame(await readdir(join(side.folder, 'work')), [], 'ffmpeg is gone with its files')

  t.test('and asked for again', async (t) => {
    t.match((await send(app, `POST /api/files/${fileId}/video/retry`, undefined, teacher)).body, {
      status: 'queued',
      failure: null,
    })
    t.strictSame(side.added.at(-1), { name: 'makeVideo', data: { fileId } })
    const stranger = await business.person('teacher')
    t.equal((await send(app, `POST /api/files/${fileId}/video/retry`, undefined, stranger)).status, 404)
  })

  t.test('the server stops in the middle of it, and another goes on', async (t) => {
    const first = await openFileSide(t, business, { folder: side.folder })
    const making = first.videos.make(fileId)
    while ((await rowOf(fileId)).progressPercent < 2) await pause(50)
    await first.videos.close()
    await t.rejects(making, /stopping/, 'the job is not done')
    t.match(await rowOf(fileId), { status: 'queued', attempts: 0, failure: null })
  })

  t.test('the server is killed in the middle of it, and another takes over a minute later', async (t) => {
    await db
      .update(videosTable)
      .set({ status: 'processing', attempts: 1, runId: fileId, updatedAt: business.now() })
      .where(eq(videosTable.fileId, fileId))
    side.added.length = 0
    await side.videos.sweep()
    t.strictSame(side.added, [], 'while it may be alive it is left alone')
    await side.videos.make(fileId)
    t.match(await rowOf(fileId), { status: 'processing', runId: fileId })
    business.pass(61_000)
    await side.videos.sweep()
    t.match(side.added, [{ name: 'makeVideo', data: { fileId } }])
    const taking = side.videos.make(fileId)
    while ((await rowOf(fileId)).runId === fileId) await pause(20)
    t.match(await rowOf(fileId), { status: 'processing', attempts: 2 })
    await db.delete(filesTable).where(eq(filesTable.id, fileId))
    await taking
    t.strictSame(await readdir(join(side.folder, 'work')), [], 'a run whose film is removed ends')
  })
})

t.test('one that kills the server again and again is given up', async (t) => {
  const fileId = await queued(await clip('playable'))
  await db.update(videosTable).set({ attempts: 3 }).where(eq(videosTable.fileId, fileId))
  await side.videos.make(fileId)
  t.match(await rowOf(fileId), { status: 'failed', failure: 'internal' })
})

t.test('trouble of the moment is tried again, three times in all', async (t) => {
  const fileId = await queued(await clip('playable'))
  await side.storage.remove(`originals/${fileId}`)
  const away = await openFileSide(t, business, {
    folder: side.folder,
    storage: { ...side.storage, removeFolder: async () => Promise.reject(new Error('the storage is away')) },
  })
  await t.rejects(away.videos.make(fileId), /storage is away/)
  t.match(await rowOf(fileId), { status: 'queued', attempts: 1 })
  await t.rejects(away.videos.make(fileId), /storage is away/)
  await away.videos.make(fileId)
  t.match(await rowOf(fileId), { status: 'failed', failure: 'internal', attempts: 3 })
})
