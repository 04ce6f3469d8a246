import t, { type Test } from 'tap'
import { openDatabase } from '../../db/client.ts'
import { migratedInMemory } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { jobsSuite } from './jobs-suite.ts'

async function suite(t: Test, url: string) {
  const database = await openDatabase(url)
  t.teardown(database.close)
  await jobsSuite(t, database)
}

t.test('PGlite', async (t) => suite(t, await migratedInMemory()))
t.test('PostgreSQL', async (t) => suite(t, await startPostgres(t)))
