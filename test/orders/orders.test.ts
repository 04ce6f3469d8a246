import t, { type Test } from 'tap'
import type { Db } from '../../db/client.ts'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { createStore } from '../support/store.ts'
import { createSuite } from './create-suite.ts'
import { paySuite } from './pay-suite.ts'
import { refundSuite } from './refund-suite.ts'

const suites = async (t: Test, db: Db) => {
  await t.test('orders', async (t) => createSuite(t, await createStore(db)))
  await t.test('paying', async (t) => paySuite(t, await createStore(db)))
  await t.test('refunds', async (t) => refundSuite(t, await createStore(db)))
}

t.test('PGlite', async (t) => suites(t, await openTestDatabase(t)))
t.test('PostgreSQL', async (t) => suites(t, await openTestDatabase(t, await startPostgres(t))))
