import t from 'tap'
import { openDatabase } from '../../db/client.ts'
import { migratedInMemory } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { jobsSuite } from './jobs-suite.ts'

t.test('jobs on PGlite', async (t) => {
  const database = await openDatabase(await migratedInMemory())
  t.teardown(database.close)
  await jobsSuite(t, database)
})

t.test('jobs on PostgreSQL', async (t) => {
  const database = await openDatabase(await startPostgres(t))
  t.teardown(database.close)
  await jobsSuite(t, database)
})
