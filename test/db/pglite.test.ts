import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../../db/client.ts'
import { users } from '../../db/schema.ts'
import { openTestDatabase } from '../support/database.ts'
import { databaseSuite } from './database-suite.ts'

t.test('PGlite, new in memory', async (t) => databaseSuite(t, await openTestDatabase(t, 'pglite:')))

t.test('PGlite, in memory from a dump', async (t) => {
  const db = await openTestDatabase(t)
  t.strictSame(await db.select().from(users), [], 'its tables are there, and empty')
})

t.test('a folder', async (t) => {
  const parent = await mkdtemp(join(tmpdir(), 'jiangtang-pglite-'))
  t.teardown(() => rm(parent, { recursive: true, force: true }))
  const folder = join(parent, 'deep', 'database')

  const first = await openDatabase(`pglite:${folder}`)
  await first.db.insert(users).values({ username: 'kept', displayName: 'K', passwordHash: '-', createdAt: 1 })

  t.test('is refused while another has it open', async (t) => {
    await t.rejects(openDatabase(`pglite:${folder}`), /in use by process/)
  })

  await first.close()

  t.test('may be closed twice', async (t) => {
    await t.resolves(first.close())
  })

  t.test('keeps what was stored, also behind the lock of a process that died', async (t) => {
    await writeFile(`${folder}.pid`, '999999999')
    const again = await openDatabase(`pglite:${folder}`)
    t.teardown(again.close)
    t.strictSame(await again.db.select({ username: users.username }).from(users), [{ username: 'kept' }])
  })
})
