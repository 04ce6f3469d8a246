/** A database for one test file. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import type { Test } from 'tap'
import { type Db, migrationsFolder, openDatabase } from '../../db/client.ts'

/** Opens a database that is closed with the test; PGlite in memory unless another address is given. */
export async function openTestDatabase(t: Test, url?: string): Promise<Db> {
  const { db, close } = await openDatabase(url ?? (await migratedInMemory()))
  t.teardown(close)
  return db
}

const KEPT = resolve(import.meta.dirname, '../../.cache/test-databases')

/**
 * The address of a database in memory that has its tables already. To make one takes PGlite some seconds, to load one a
 * fraction: a dump for each state of the migrations is kept in the project's cache folder.
 */
export async function migratedInMemory(): Promise<string> {
  const dump = join(KEPT, `${await stateOfMigrations()}.tar`)
  if (!existsSync(dump)) await makeDump(dump)
  return `pglite:?from=${dump}`
}

async function makeDump(dump: string): Promise<void> {
  const { driver, close } = await openDatabase('pglite:')
  const { client } = driver as { client: PGlite }
  const content = await client.dumpDataDir('none')
  await close()
  await mkdir(KEPT, { recursive: true })
  for (const old of await readdir(KEPT)) await rm(join(KEPT, old), { force: true })
  const own = `${dump}.${process.pid}`
  await writeFile(own, content.stream())
  await rename(own, dump)
}

async function stateOfMigrations(): Promise<string> {
  const hash = createHash('sha256')
  const { version } = JSON.parse(await readFile(packageOfPglite, 'utf8'))
  hash.update(version)
  for (const name of (await readdir(migrationsFolder)).filter((name) => name.endsWith('.sql')).sort())
    hash.update(name).update(await readFile(join(migrationsFolder, name)))
  return hash.digest('hex').slice(0, 16)
}

const packageOfPglite = resolve(import.meta.dirname, '../../node_modules/@electric-sql/pglite/package.json')
