/** A database for one test file. */
import type { Test } from 'tap'
import { type Db, openDatabase } from '../../db/client.ts'

/** Opens a database that is closed with the test; PGlite in memory unless another address is given. */
export async function openTestDatabase(t: Test, url = 'pglite:'): Promise<Db> {
  const { db, close } = await openDatabase(url)
  t.teardown(close)
  return db
}
