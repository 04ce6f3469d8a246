/** Background work that happens when a test says so; what was added in a transaction is there only if that commits. */
import { and, asc, eq, lte, sql } from 'drizzle-orm'
import { bigint, json, pgTable, serial, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Db } from '../../db/client.ts'
import type { Jobs } from '../../src/jobs/jobs.ts'

const waiting = pgTable(
  'fake_jobs',
  {
    id: serial().primaryKey(),
    name: text().notNull(),
    key: text(),
    data: json().notNull(),
    startAt: bigint('start_at', { mode: 'number' }).notNull(),
  },
  (table) => [uniqueIndex('fake_jobs_key').on(table.name, table.key)],
)

const TOO_MANY = 5000

export type FakeJobs = Awaited<ReturnType<typeof createFakeJobs>>

export async function createFakeJobs(db: Db, now: () => number) {
  await db.execute(
    sql`create table if not exists fake_jobs (id serial primary key, name text not null, key text, data json not null, start_at bigint not null, unique (name, key))`,
  )
  const workers = new Map<string, (data: object) => Promise<void>>()
  const failures: unknown[] = []

  const jobs: Jobs = {
    async handle<D extends object>(name: string, _options: object, work: (data: D) => Promise<void>) {
      workers.set(name, work as (data: object) => Promise<void>)
    },
    async add(name, data, { tx = db, startAt = now(), key } = {}) {
      await tx.insert(waiting).values({ name, data, startAt, key }).onConflictDoNothing()
    },
    every: async () => {},
    close: async () => {},
  }

  /** Does what is due, oldest first; a job that fails comes again in two seconds. Tells how many it did. */
  async function runDue(most = TOO_MANY): Promise<number> {
    for (let done = 0; done < most; done++) {
      const [next] = await db
        .select()
        .from(waiting)
        .where(lte(waiting.startAt, now()))
        .orderBy(asc(waiting.startAt), asc(waiting.id))
        .limit(1)
      if (!next) return done
      const { id, name, data } = next
      await db.delete(waiting).where(eq(waiting.id, id))
      await workers.get(name)!(data as object).catch(async (error) => {
        failures.push(error)
        await jobs.add(name, data as object, { startAt: now() + 2000, ...(next.key && { key: next.key }) })
      })
    }
    if (most < TOO_MANY) return most
    throw new Error('the jobs do not come to an end')
  }

  return {
    ...jobs,
    runDue,
    failures,
    waiting: (name: string) => db.$count(waiting, and(eq(waiting.name, name))),
    /** When the next one is due; undefined where none waits. */
    async nextAt(): Promise<number | undefined> {
      const [next] = await db.select({ at: waiting.startAt }).from(waiting).orderBy(asc(waiting.startAt)).limit(1)
      return next?.at
    },
    /** As if each had died of its last retry. */
    forget: () => db.delete(waiting),
  }
}
