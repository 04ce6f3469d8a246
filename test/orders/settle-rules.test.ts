import t, { type Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { createStore } from '../support/store.ts'
import { settleRulesSuite } from './settle-rules-suite.ts'

const suite = async (t: Test, db: Db) => settleRulesSuite(t, await createStore(db))

t.test('PGlite', async (t) => suite(t, await openTestDatabase(t)))
t.test('PostgreSQL', async (t) => suite(t, await openTestDatabase(t, await startPostgres(t))))
