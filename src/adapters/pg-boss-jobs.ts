/** Background work on pg-boss, in the database that everything else is in. */
import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { type DrizzleTransactionLike, fromDrizzle, fromPglite, PgBoss } from 'pg-boss'
import type { Database } from '../../db/client.ts'
import type { Jobs } from '../jobs/jobs.ts'

const TIME_ZONE = 'Asia/Shanghai'
const FIRST_RETRY_SECONDS = 2
const SLOWEST_RETRY_SECONDS = 10 * 60
/** A job that is due at once is heard of at once; this is for those that wait for their time. */
const POLL_SECONDS = 5
const STOP_LIMIT_MS = 5000
/** pg-boss's own, beside those of the application. */
const CONNECTIONS = 3

type Log = { warn(details: object, message: string): void; error(details: object, message: string): void }

export async function createJobs(
  { driver }: Pick<Database, 'driver'>,
  log: Log,
  pollSeconds = POLL_SECONDS,
): Promise<Jobs> {
  const where =
    driver.kind === 'pglite'
      ? { db: fromPglite(driver.client), backend: 'pglite' as const }
      : { connectionString: driver.url, max: CONNECTIONS }
  const boss = new PgBoss({ ...where, useListenNotify: true, monitorVacuum: false })
  boss.on('error', (error) => log.error({ err: error }, 'trouble with background work'))
  boss.on('warning', (warning) => log.warn({ warning }, 'background work is slow'))
  await boss.start()

  let closing: Promise<void> | undefined
  return {
    async handle<D extends object>(
      name: string,
      { retries = 10, concurrency = 1, timeoutSeconds = 900 }: Parameters<Jobs['handle']>[1],
      work: (data: D) => Promise<void>,
    ) {
      const options = {
        policy: 'short',
        notify: true,
        retryLimit: retries,
        retryDelay: FIRST_RETRY_SECONDS,
        retryBackoff: true,
        retryDelayMax: SLOWEST_RETRY_SECONDS,
        expireInSeconds: timeoutSeconds,
      }
      await boss.createQueue(name, options)
      const polling = { pollingIntervalSeconds: pollSeconds, notifyPollingIntervalSeconds: pollSeconds }
      await boss.work<D>(name, { ...polling, localConcurrency: concurrency }, async (jobs) => {
        for (const { id, data } of jobs)
          await work(data).catch((error) => {
            log.warn({ err: error, job: name, jobId: id }, 'a job failed, and is tried again if it may be')
            throw error
          })
      })
    },

    async add(name, data, { tx, startAt, key = randomUUID() } = {}) {
      await boss.send(name, data, {
        singletonKey: key,
        ...(startAt !== undefined && { startAfter: new Date(startAt) }),
        // Each driver answers `execute` in a shape of its own; pg-boss reads them all.
        ...(tx && { db: fromDrizzle(tx as unknown as DrizzleTransactionLike, sql) }),
      })
    },

    every: (name, cron) => boss.schedule(name, cron, {}, { tz: TIME_ZONE }),

    close: () => (closing ??= boss.stop({ graceful: true, timeout: STOP_LIMIT_MS, close: true })),
  }
}
