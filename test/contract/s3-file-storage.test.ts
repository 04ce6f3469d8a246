import t from 'tap'
import { createS3FileStorage } from '../../src/adapters/s3-file-storage.ts'
import { startS3 } from '../support/s3.ts'
import { fileStorageSuite } from './file-storage-suite.ts'

const place = await startS3(t)
const open = (change: Partial<typeof place> = {}) => {
  const storage = createS3FileStorage({ ...place, ...change })
  t.teardown(() => storage.close())
  return storage
}

fileStorageSuite(t, open())

t.test('under a prefix', async (t) => {
  const [inside, beside] = [open({ prefix: 'school/files' }), open()]
  await inside.put('one', Buffer.from('1'), { mimeType: 'text/plain' })
  t.equal((await beside.read('school/files/one'))?.sizeBytes, 1)
  t.equal(await beside.read('one'), undefined)
})

t.test('a wrong secret, and a bucket that is not there, are found at the check', async (t) => {
  await t.rejects(open({ secretAccessKey: 'guessed' }).check())
  await t.rejects(open({ bucket: 'another-bucket' }).check())
})
