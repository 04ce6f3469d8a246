import t from 'tap'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { statementSuite } from './statement-suite.ts'

t.test('PGlite', async (t) => statementSuite(t, await openTestDatabase(t)))
t.test('PostgreSQL', async (t) => statementSuite(t, await openTestDatabase(t, await startPostgres(t))))
