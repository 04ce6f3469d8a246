import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t from 'tap'
import { createLocalFileStorage } from '../../src/adapters/local-file-storage.ts'
import { fileStorageSuite } from './file-storage-suite.ts'

const folder = await mkdtemp(join(tmpdir(), 'jiangtang-files-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))
const unfinished = join(folder, '.unfinished')

fileStorageSuite(t, createLocalFileStorage(folder))

t.test('nothing half-written is left behind', async (t) => {
  const storage = createLocalFileStorage(folder)
  const broken = new Readable({
    read() {
      this.destroy(new Error('broke'))
    },
  })
  await t.rejects(storage.put('x', broken, { mimeType: 'text/plain' }), /broke/)
  t.strictSame(await readdir(unfinished), [])
})

t.test('what a crash left half-written long ago is removed at the start', async (t) => {
  await writeFile(join(unfinished, 'old'), 'half')
  await writeFile(join(unfinished, 'young'), 'half')
  const longAgo = Date.now() / 1000 - 72 * 60 * 60
  await utimes(join(unfinished, 'old'), longAgo, longAgo)
  await createLocalFileStorage(folder).close()
  t.strictSame(await readdir(unfinished), ['young'])
})
