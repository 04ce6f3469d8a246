/** Statements whose text is written once: to write it costs Drizzle as much as to send it. */
import { type SQL, sql } from 'drizzle-orm'
import { PgDatabase, PgDialect, type PgSession } from 'drizzle-orm/pg-core'
import type { Db } from './client.ts'

/** What stands in the text for the values that each call brings. */
export type Blanks<V> = { [K in keyof V]-?: SQL<V[K]> }

type Query<R> = PromiseLike<R> & { prepare(name: string): unknown }

/**
 * A statement for any database and any transaction. `write` is called once, so that what it writes can depend on
 * nothing but the blanks.
 */
export function statement<V extends Record<string, unknown>, R>(write: (db: Db, blanks: Blanks<V>) => Query<R>) {
  let text: Text | undefined
  return (db: Db, values: V): Promise<R> => {
    text ??= write(scribe, blanks as Blanks<V>).prepare('') as Text
    const { prepared, joinsNotNullableMap } = text
    const query = Object.assign(db._.session.prepareQuery(...prepared), { joinsNotNullableMap })
    return query.execute(values) as Promise<R>
  }
}

type Prepared = Parameters<PgSession['prepareQuery']>
/** Which joined tables may be missing, Drizzle notes on what the session makes of the text. */
type Text = { prepared: Prepared; joinsNotNullableMap?: Record<string, boolean> }

/** In place of a session that would run what it is asked to prepare. */
const session = {
  prepareQuery: (...prepared: Prepared) => ({
    prepared,
    setToken() {
      return this
    },
  }),
}
const scribe: Db = new PgDatabase(new PgDialect(), session as unknown as PgSession, undefined)

const blanks = new Proxy({}, { get: (_, name) => sql.placeholder(String(name)) })
