import t from 'tap'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { moneyRulesSuite } from './money-rules-suite.ts'

t.test('PGlite', async (t) => moneyRulesSuite(t, await openTestDatabase(t)))
t.test('PostgreSQL', async (t) => moneyRulesSuite(t, await openTestDatabase(t, await startPostgres(t))))
