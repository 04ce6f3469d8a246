import t from 'tap'
import { createMemoryDirectory } from '../../src/adapters/memory-directory.ts'
import { directorySuite } from './directory-suite.ts'

const directory = createMemoryDirectory()
t.teardown(directory.close)

t.test('the directory of a single node', (t) => directorySuite(t, directory))

t.test('there is no other node', async (t) => {
  t.equal(await directory.roomiest(), null)
})
