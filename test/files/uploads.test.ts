import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { eq } from 'drizzle-orm'
import t, { type Test } from 'tap'
import { files as filesTable, uploads as uploadsTable, videos } from '../../db/schema.ts'
import { createBusiness, createBusinessApp } from '../support/business.ts'
import { openTestDatabase } from '../support/database.ts'
import { type FileSide, openFileSide } from '../support/files.ts'
import { docx, elf, exe, html, m3u8, pdf, png, svg, zip, zipBomb } from '../support/material.ts'
import { ask, begin, patch, upload } from '../support/tus.ts'

const HOUR_MS = 60 * 60 * 1000
const db = await openTestDatabase(t)
const business = createBusiness(db)

async function serve(t: Test, side: FileSide) {
  const app = await createBusinessApp(business, { files: side })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const { port } = app.server.address() as { port: number }
  return { app, base: `http://127.0.0.1:${port}` }
}

const side = await openFileSide(t, business)
const { base } = await serve(t, side)
let teacher = await business.person('teacher')
let student = await business.person()
const staged = join(side.folder, 'uploads')
/** Time goes on, and everyone signs in anew. */
async function pass(ms: number) {
  business.pass(ms)
  teacher = await business.again(teacher)
  student = await business.again(student)
}
const rowOf = async (id: string) => (await db.select().from(filesTable).where(eq(filesTable.id, id)))[0]
const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

t.test('a file is uploaded in pieces, and stored as it was', async (t) => {
  const bytes = png(300_000)
  const { id, error } = await upload(base, teacher, bytes, { purpose: 'cover', filename: '封面 图.PNG' })
  t.equal(error, undefined)
  const row = await rowOf(id)
  t.match(row, { ownerId: teacher.id, purpose: 'cover', name: '封面 图.PNG', mimeType: 'image/png' })
  t.match(row, { sizeBytes: bytes.length, sha256: digest(bytes) })
  const stored = await side.storage.read(row!.storageKey)
  t.equal(digest(await buffer(stored!.stream)), digest(bytes))
  t.notOk((await readdir(staged)).includes(id), 'nothing is left where it was received')
  const state = await ask(base, `GET /api/uploads/${id}`, teacher)
  t.match(JSON.parse(state.text), { id, status: 'finished', refusal: null, file: { id, mimeType: 'image/png' } })
})

t.test('a video is handed to the job that makes it playable', async (t) => {
  const bytes = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'), randomBytes(1000)])
  const { id } = await upload(base, teacher, bytes, { purpose: 'video', filename: 'light.mov' })
  t.match(await rowOf(id), { mimeType: 'video/mp4', name: 'light.mov.mp4' })
  t.match((await db.select().from(videos).where(eq(videos.fileId, id)))[0], { status: 'queued', progressPercent: 0 })
  t.strictSame(side.added.at(-1), { name: 'makeVideo', data: { fileId: id } })
})

t.test('it goes on where it stopped', async (t) => {
  const bytes = png(400_000)
  t.test('after the connection broke in the middle of a piece', async (t) => {
    const { id } = await begin(base, teacher, bytes.length, { purpose: 'cover', filename: 'a.png' })
    const headers = {
      ...teacher.headers,
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
      'content-length': String(bytes.length),
    }
    const broken = request(`${base}/api/uploads/${id}`, { method: 'PATCH', headers })
    broken.on('error', () => {})
    broken.write(bytes.subarray(0, 150_000))
    while ((await stat(join(staged, id))).size < 100_000) await new Promise((resolve) => setTimeout(resolve, 10))
    broken.destroy()
    const head = await ask(base, `HEAD /api/uploads/${id}`, teacher)
    const offset = Number(head.headers.get('upload-offset'))
    t.ok(offset >= 100_000 && offset < bytes.length, `${offset} bytes were kept`)
    t.equal(head.headers.get('cache-control'), 'no-store')
    const rest = await patch(base, teacher, id, offset, bytes.subarray(offset))
    t.equal(rest.status, 204)
    t.match(await rowOf(id), { sha256: digest(bytes) })
  })

  t.test('after the server was started anew', async (t) => {
    const before = await serve(t, side)
    let uploadUrl = ''
    const half = new Promise<void>((resolve) => {
      void upload(
        before.base,
        teacher,
        bytes,
        { purpose: 'cover', filename: 'b.png' },
        {
          onProgress: (uploading, sent) => {
            if (sent < 128 * 1024) return
            uploadUrl = uploading.url!
            void uploading.abort().then(resolve)
          },
        },
      )
    })
    await half
    await before.app.close()
    const after = await serve(t, await openFileSide(t, business, { folder: side.folder }))
    const id = uploadUrl.split('/').at(-1)!
    const here = Number((await ask(after.base, `HEAD /api/uploads/${id}`, teacher)).headers.get('upload-offset'))
    t.ok(here >= 128 * 1024, 'what was sent is still there')
    await upload(after.base, teacher, bytes, {}, { uploadUrl: `${after.base}/api/uploads/${id}` })
    t.match(await rowOf(id), { sha256: digest(bytes) })
  })

  t.test('after the server stopped between the last byte and the storage', async (t) => {
    const { id } = await begin(base, teacher, bytes.length, { purpose: 'cover', filename: 'c.png' })
    await writeFile(join(staged, id), bytes)
    await db.update(uploadsTable).set({ status: 'received' }).where(eq(uploadsTable.id, id))
    await pass(2 * 60_000)
    await side.uploads.sweep()
    t.match(await rowOf(id), { sha256: digest(bytes) })
  })

  t.test('after the server stopped between the storage and the database', async (t) => {
    const { id } = await begin(base, teacher, bytes.length, { purpose: 'cover', filename: 'd.png' })
    await rm(join(staged, id))
    await side.storage.put(`originals/${id}`, bytes, { mimeType: 'image/png' })
    const found = { status: 'received', mimeType: 'image/png', sha256: digest(bytes) } as const
    await db.update(uploadsTable).set(found).where(eq(uploadsTable.id, id))
    await pass(2 * 60_000)
    await side.uploads.sweep()
    t.match(await rowOf(id), { sha256: digest(bytes) })
  })
})

t.test('a client that did not hear the last answer finds its upload finished', async (t) => {
  const bytes = pdf()
  const { id } = await upload(base, teacher, bytes, { purpose: 'document', filename: 'a.pdf' })
  const head = await ask(base, `HEAD /api/uploads/${id}`, teacher)
  t.equal(head.status, 200)
  t.equal(head.headers.get('upload-offset'), String(bytes.length))
  t.equal((await patch(base, teacher, id, 0, bytes)).code, 'conflict')
  await side.uploads.finish(id)
  t.equal(
    (await db.select().from(filesTable).where(eq(filesTable.id, id))).length,
    1,
    'finishing again changes nothing',
  )
})

t.test('what a file is stands in its bytes', async (t) => {
  const take = (purpose: string, filename: string, bytes: Buffer) => upload(base, teacher, bytes, { purpose, filename })
  const refused: [string, string, Buffer][] = [
    ['cover', 'cover.png', html],
    ['cover', 'cover.svg', svg],
    ['cover', 'cover.png', pdf()],
    ['cover', 'cover.png', exe],
    ['image', 'cat.jpg', svg],
    ['video', 'film.mp4', m3u8],
    ['video', 'film.mp4', png()],
    ['document', 'paper.pdf', docx()],
    ['document', 'paper.pdf', Buffer.concat([html, pdf()])],
    ['attachment', 'setup.zip', exe],
    ['attachment', 'run.pdf', elf],
    ['attachment', 'page.pdf', html],
    ['attachment', 'list.txt', Buffer.from('just words')],
    ['attachment', 'film.mp4', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1')],
  ]
  for (const [purpose, filename, bytes] of refused) {
    const { id, error } = await take(purpose, filename, bytes)
    t.same(error, { status: 415, code: 'unsupported_type' }, `${purpose} ${filename}`)
    t.equal(await rowOf(id), undefined)
    t.notOk((await readdir(staged)).includes(id), 'its bytes are gone')
    t.equal((await ask(base, `HEAD /api/uploads/${id}`, teacher)).status, 415)
  }
  const taken: [string, string, Buffer, string, string][] = [
    ['attachment', 'report.docx', docx(), 'report.docx', 'wordprocessingml'],
    ['attachment', 'report.zip', docx(), 'report.zip.docx', 'wordprocessingml'],
    ['attachment', 'notes.zip', zip(), 'notes.zip', 'application/zip'],
    ['attachment', 'bomb.zip', zipBomb(), 'bomb.zip', 'application/zip'],
    ['attachment', 'slides.pdf', pdf(), 'slides.pdf', 'application/pdf'],
    // A picture with a page behind it is a picture, and is called one.
    ['image', 'cat.html', Buffer.concat([png(), html]), 'cat.html.png', 'image/png'],
    ['image', 'cat.png.exe', png(), 'cat.png.exe.png', 'image/png'],
  ]
  for (const [purpose, filename, bytes, name, type] of taken) {
    const { id, error } = await take(purpose, filename, bytes)
    t.equal(error, undefined, filename)
    const row = await rowOf(id)
    t.equal(row?.name, name)
    t.ok(row?.mimeType.includes(type), `${row?.mimeType} of ${filename}`)
  }
})

t.test('what cannot be is refused before all of it was sent', async (t) => {
  const bytes = Buffer.concat([exe, Buffer.alloc(3_000_000)])
  const { id, error } = await upload(base, teacher, bytes, { purpose: 'video', filename: 'film.mp4' })
  t.same(error, { status: 415, code: 'unsupported_type' })
  t.equal((await patch(base, teacher, id, 0, bytes)).status, 415)
  t.notOk((await readdir(staged)).includes(id))
})

t.test('names are only names', async (t) => {
  for (const [filename, kept] of [
    ['../../../etc/passwd.png', 'passwd.png'],
    ['..\\..\\windows\\a.png', 'a.png'],
    ['/', 'file.png'],
    ['', 'file.png'],
    ['...', 'file.png'],
    ['a\r\nSet-Cookie: x=1.png', 'aSet-Cookie x=1.png'],
    ['光\u202Egnp.exe', '光gnp.exe.png'],
    ['x'.repeat(500), `${'x'.repeat(150)}.png`],
  ] as const) {
    const { id } = await upload(base, teacher, png(), { purpose: 'image', filename })
    t.equal((await rowOf(id))?.name, kept, JSON.stringify(filename))
  }
  t.strictSame((await readdir(side.folder)).sort(), ['files', 'uploads'], 'nothing was written elsewhere')
})

t.test('sizes are bounded by what a file is for', async (t) => {
  const size = async (purpose: string, bytes: number) =>
    (await begin(base, teacher, bytes, { purpose, filename: 'x' })).code
  t.equal(await size('cover', 10 * 1024 ** 2 + 1), 'file_too_large')
  t.equal(await size('document', 200 * 1024 ** 2 + 1), 'file_too_large')
  t.equal(await size('attachment', 500 * 1024 ** 2 + 1), 'file_too_large')
  t.equal(await size('video', 64 * 1024 ** 2 + 1), 'file_too_large')
  t.equal(await size('cover', 0), 'bad_request')
  t.equal(await size('nonsense', 10), 'bad_request')
  const bytes = png(1000)
  const { id } = await begin(base, teacher, bytes.length, { purpose: 'cover', filename: 'a.png' })
  t.equal((await patch(base, teacher, id, 0, Buffer.concat([bytes, bytes]))).status, 413, 'more than was announced')
  t.equal((await ask(base, `HEAD /api/uploads/${id}`, teacher)).headers.get('upload-offset'), '0')
  t.equal((await ask(base, `DELETE /api/uploads/${id}`, teacher)).status, 204)
})

t.test('nonsense in the protocol is refused', async (t) => {
  const bytes = png(1000)
  const { id } = await begin(base, teacher, bytes.length, { purpose: 'cover', filename: 'a.png' })
  for (const offset of [-1, '1e1', '0x0', ' ', 'abc', '9'.repeat(30)])
    t.ok((await patch(base, teacher, id, offset, bytes)).status >= 400, `offset ${offset}`)
  t.equal((await patch(base, teacher, id, 5, bytes.subarray(5))).status, 409, 'a hole')
  for (const length of ['-5', '1e3', 'x', '', '9'.repeat(30)])
    t.equal(
      (await ask(base, 'POST /api/uploads', teacher, { 'upload-length': length })).status,
      400,
      `length ${length}`,
    )
  const deferred = { 'upload-defer-length': '1', 'upload-metadata': 'purpose Y292ZXI=' }
  t.equal((await ask(base, 'POST /api/uploads', teacher, deferred)).status, 400)
  const parts = { 'upload-length': '10', 'upload-concat': 'partial', 'upload-metadata': 'purpose Y292ZXI=' }
  t.equal((await ask(base, 'POST /api/uploads', teacher, parts)).status, 400)
  const garbled = { 'upload-length': '10', 'upload-metadata': 'purpose ###' }
  t.equal((await ask(base, 'POST /api/uploads', teacher, garbled)).status, 400)
  for (const path of ['..%2f..%2fsecret', '%2e%2e', 'nonsense'])
    t.ok([400, 404].includes((await ask(base, `HEAD /api/uploads/${path}`, teacher)).status), path)
  t.equal((await ask(base, `DELETE /api/uploads/${id}`, teacher)).status, 204)
  t.equal((await ask(base, `HEAD /api/uploads/${id}`, teacher)).status, 404)
})

t.test('an upload is its owner’s alone, at every request', async (t) => {
  const other = await business.person('teacher')
  const bytes = png(1000)
  const { id } = await begin(base, teacher, bytes.length, { purpose: 'cover', filename: 'a.png' })
  for (const thief of [other, student, await business.person('admin')]) {
    t.equal((await ask(base, `HEAD /api/uploads/${id}`, thief)).status, 404)
    t.equal((await ask(base, `GET /api/uploads/${id}`, thief)).status, 404)
    t.equal((await patch(base, thief, id, 0, bytes)).status, 404)
    t.equal((await ask(base, `DELETE /api/uploads/${id}`, thief)).status, 404)
  }
  const own = await begin(base, other, bytes.length, { purpose: 'cover', filename: 'a.png' })
  const mine = `/api/uploads/${own.id}?of=/${id}`
  const sent = { 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' }
  t.equal((await ask(base, `PATCH ${mine}`, other, sent, bytes.subarray(0, 10))).status, 204)
  t.equal((await ask(base, `DELETE ${mine}`, other)).status, 204)
  const offset = (await ask(base, `HEAD /api/uploads/${id}`, teacher)).headers.get('upload-offset')
  t.equal(offset, '0', 'what follows in an address does not make it another upload’s')
  t.equal((await ask(base, `HEAD /api/uploads/${id}`, undefined)).status, 401)
  t.equal((await ask(base, 'POST /api/uploads', undefined, { 'upload-length': '10' })).status, 401)
  t.equal((await patch(base, teacher, id, 0, bytes)).status, 204)
})

t.test('students upload pictures and nothing else', async (t) => {
  for (const purpose of ['cover', 'video', 'document', 'attachment'])
    t.equal((await begin(base, student, 10, { purpose, filename: 'x' })).code, 'forbidden', purpose)
  t.equal((await upload(base, student, png(), { purpose: 'image', filename: 'x.png' })).error, undefined)
  const rules = async (who: typeof student) =>
    JSON.parse((await ask(base, 'GET /api/uploads/rules', who)).text).purposes
  const purposesOf = async (who: typeof student) =>
    (await rules(who)).map(({ purpose }: { purpose: string }) => purpose)
  t.match(await rules(student), [{ purpose: 'image', maxBytes: 10 * 1024 ** 2 }, { purpose: 'chat' }])
  t.strictSame(await purposesOf(student), ['image', 'chat'])
  t.strictSame((await purposesOf(teacher)).sort(), ['attachment', 'chat', 'cover', 'document', 'image', 'video'])
})

t.test('who brings no material has room for so much, finished or not', async (t) => {
  const hoarder = await business.person()
  const ask = (sizeBytes: number) => begin(base, hoarder, sizeBytes, { purpose: 'image', filename: 'a.png' })
  const MB = 1024 ** 2
  const shared = { ownerId: hoarder.id, purpose: 'image', name: 'a.png', mimeType: 'image/png', sha256: '' } as const
  await db.insert(filesTable).values({ ...shared, sizeBytes: 85 * MB, storageKey: 'originals/a', createdAt: 1 })
  t.equal((await ask(10 * MB)).status, 201)
  t.match(await ask(5 * MB + 1), { status: 507, code: 'storage_full' })
  t.equal((await ask(5 * MB)).status, 201)
  t.equal((await ask(1)).code, 'storage_full')
})

t.test('a claimed checksum is compared', async (t) => {
  const bytes = png(100)
  const right = await upload(base, teacher, bytes, { purpose: 'image', filename: 'a.png', sha256: digest(bytes) })
  t.equal(right.error, undefined)
  const wrong = await upload(base, teacher, bytes, { purpose: 'image', filename: 'a.png', sha256: '0'.repeat(64) })
  t.same(wrong.error, { status: 422, code: 'checksum_mismatch' })
})

t.test('unfinished uploads are few for each person, also when they are begun at once', async (t) => {
  const eager = await business.person('teacher')
  const all = await Promise.all(
    Array.from({ length: 14 }, () => begin(base, eager, 10, { purpose: 'image', filename: 'a.png' })),
  )
  t.equal(all.filter(({ status }) => status === 201).length, 10)
  t.equal(all.filter(({ code }) => code === 'too_many_uploads').length, 4)
  t.equal(
    (await begin(base, teacher, 10, { purpose: 'image', filename: 'a.png' })).status,
    201,
    'others are not hindered',
  )
})

t.test('abandoned uploads are removed after a day, with their bytes', async (t) => {
  let idle = await business.person('teacher')
  const bytes = png(1000)
  const old = await begin(base, idle, bytes.length, { purpose: 'image', filename: 'a.png' })
  await patch(base, idle, old.id, 0, bytes.subarray(0, 500))
  await pass(23 * HOUR_MS)
  idle = await business.again(idle)
  const young = await begin(base, idle, bytes.length, { purpose: 'image', filename: 'b.png' })
  await pass(2 * HOUR_MS)
  idle = await business.again(idle)
  await side.uploads.sweep()
  t.equal((await ask(base, `HEAD /api/uploads/${old.id}`, idle)).status, 404)
  t.equal((await ask(base, `HEAD /api/uploads/${young.id}`, idle)).status, 200)
  t.notOk((await readdir(staged)).includes(old.id))
  t.ok((await readdir(staged)).includes(young.id))
})

t.test('answers carry the headers of every other answer, and no foreign page may read them', async (t) => {
  const { headers } = await begin(base, await business.person('teacher'), 10, { purpose: 'image', filename: 'a.png' })
  t.match(headers.get('location'), /^\/api\/uploads\/[0-9a-f-]{36}$/)
  t.equal(headers.get('access-control-allow-origin'), 'http://localhost')
  t.ok(headers.get('x-ratelimit-limit'))
})

t.test('a connection that is cut does not stop the server', async (t) => {
  const someone = await business.person('teacher')
  const { id } = await begin(base, someone, 1_000_000, { purpose: 'image', filename: 'a.png' })
  const headers = {
    ...someone.headers,
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': '1000000',
  }
  const cut = request(`${base}/api/uploads/${id}`, { method: 'PATCH', headers })
  cut.on('error', () => {})
  await once(cut, 'socket')
  cut.write(png())
  cut.destroy()
  t.equal((await ask(base, `HEAD /api/uploads/${id}`, someone)).status, 200)
})
