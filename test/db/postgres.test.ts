import postgres from 'postgres'
import t from 'tap'
import { openDatabase } from '../../db/client.ts'
import { lessons, users } from '../../db/schema.ts'
import { openTestDatabase } from '../support/database.ts'
import { startPostgres } from '../support/postgres.ts'
import { databaseSuite } from './database-suite.ts'

const url = await startPostgres(t)

t.test('nodes that start together on a new database all find its tables', async (t) => {
  const nodes = await Promise.all([1, 2, 3, 4].map(() => openDatabase(url)))
  for (const { db } of nodes) t.equal(await db.$count(lessons), 0)
  await Promise.all(nodes.map(({ close }) => close()))
})

t.test('PostgreSQL', async (t) => databaseSuite(t, await openTestDatabase(t, url)))

t.test('a connection that the server cuts is replaced', async (t) => {
  const db = await openTestDatabase(t, url)
  const count = () => db.$count(users)
  await count()
  const operator = postgres(url, { max: 1 })
  await operator`select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and datname = current_database()`
  await operator.end()
  await t.resolves(count().catch(count))
})

t.test('a database that is not there is an error at once', async (t) => {
  await t.rejects(openDatabase('postgres://postgres@127.0.0.1:1/postgres'), { code: 'ECONNREFUSED' })
})
