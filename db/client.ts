/** The database: PostgreSQL on a server, PGlite for a single node, the demo and tests; one `Db` type for both. */
import { openAsBlob } from 'node:fs'
import { resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { migrate as migratePglite } from 'drizzle-orm/pglite/migrator'
import { drizzle as drizzlePostgres } from 'drizzle-orm/postgres-js'
import { migrate as migratePostgres } from 'drizzle-orm/postgres-js/migrator'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { lockFolder } from './folder-lock.ts'
import * as schema from './schema.ts'

export type Db = PgDatabase<PgQueryResultHKT, typeof schema>
/** What is under `db`, for a library that brings statements of its own. */
export type Driver = { kind: 'pglite'; client: PGlite } | { kind: 'postgres'; url: string }
export type Database = { db: Db; driver: Driver; close(): Promise<void> }

export const migrationsFolder = resolve(import.meta.dirname, 'migrations')
/** Held while migrations run, so that nodes that start together take turns. */
const MIGRATION_LOCK = 7_230_001

/**
 * Opens the database that the URL names and brings its tables up to date: `postgres://…`, `pglite:FOLDER`, or
 * `pglite:` for one in memory that is gone when closed; `pglite:?from=FILE` is in memory too, and begins as what PGlite
 * dumped into that file.
 */
export const openDatabase = (url: string): Promise<Database> =>
  url.startsWith('pglite:') ? openPglite(url.slice('pglite:'.length)) : openPostgres(url)

const FROM = '?from='

async function openPglite(place: string): Promise<Database> {
  const dump = place.startsWith(FROM) ? place.slice(FROM.length) : undefined
  const folder = dump === undefined ? place : ''
  const unlock = folder ? lockFolder(folder) : () => {}
  try {
    const client = await PGlite.create(folder || 'memory://', dump ? { loadDataDir: await openAsBlob(dump) } : {})
    const db = drizzlePglite(client, { schema })
    await migratePglite(db, { migrationsFolder })
    let closing: Promise<void> | undefined
    return { db, driver: { kind: 'pglite', client }, close: () => (closing ??= client.close().finally(unlock)) }
  } catch (error) {
    unlock()
    throw error
  }
}

async function openPostgres(url: string): Promise<Database> {
  await migrateInTurn(url)
  const client = postgres(url, { onnotice: () => {} })
  let closing: Promise<void> | undefined
  return {
    db: drizzlePostgres(keepingStatements(client), { schema }),
    driver: { kind: 'postgres', url },
    close: () => (closing ??= client.end({ timeout: 5 })),
  }
}

/**
 * The same client, on which PostgreSQL parses and plans a statement once for each connection. Drizzle asks for that only
 * where a statement has a name; without it every one costs another way to the database, to describe its values.
 */
export function keepingStatements<T extends Sql | TransactionSql>(client: T): T {
  const within = (body: (inner: TransactionSql) => unknown) => (inner: TransactionSql) => body(keepingStatements(inner))
  const unsafe: Sql['unsafe'] = (text, values, options) => client.unsafe(text, values, { ...options, prepare: true })
  const begin = (body: (inner: TransactionSql) => unknown) => (client as Sql).begin(within(body))
  const savepoint = (body: (inner: TransactionSql) => unknown) => (client as TransactionSql).savepoint(within(body))
  return new Proxy(client, {
    get: (target, key) =>
      key === 'unsafe' ? unsafe : key === 'begin' ? begin : key === 'savepoint' ? savepoint : Reflect.get(target, key),
  })
}

async function migrateInTurn(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`
    await migratePostgres(drizzlePostgres(client), { migrationsFolder })
  } finally {
    await client.end({ timeout: 5 })
  }
}
