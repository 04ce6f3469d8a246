/** Random events on PostgreSQL, where transactions run into each other. */
import t from 'tap'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { propertySuite } from './property-suite.ts'

t.test('whatever befalls orders on PostgreSQL', async (t) => {
  await propertySuite(t, await openTestDatabase(t, await startPostgres(t)), 1400)
})
