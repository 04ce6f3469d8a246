/** What background work must do, on every database. */
import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import type { Database } from '../../db/client.ts'
import { createJobs } from '../../src/adapters/pg-boss-jobs.ts'
import { silentLog } from '../support/silent-log.ts'

type Numbered = { number: number }

export async function jobsSuite(t: Test, database: Database) {
  const jobs = await createJobs(database, silentLog, 0.5)
  t.teardown(() => jobs.close())

  /** A kind of job of its own, with all that was done of it and a way to wait for so many. */
  async function kind(work: (data: Numbered) => Promise<void> = async () => {}, retries = 3) {
    const name = `job-${randomUUID()}`
    const done: number[] = []
    let wake = () => {}
    await jobs.handle<Numbered>(name, { retries }, async (data) => {
      done.push(data.number)
      wake()
      await work(data)
    })
    const untilDone = async (count: number) => {
      while (done.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      return done
    }
    return { name, done, untilDone }
  }

  t.test('a job is done, with its data', async (t) => {
    const { name, untilDone } = await kind()
    await jobs.add(name, { number: 7 })
    t.strictSame(await untilDone(1), [7])
  })

  t.test('a job of a transaction that fails is never done; one of a transaction that commits is', async (t) => {
    const { name, untilDone } = await kind()
    const doomed = database.db.transaction(async (tx) => {
      await jobs.add(name, { number: 1 }, { tx })
      throw new Error('no')
    })
    await t.rejects(doomed, { message: 'no' })
    await database.db.transaction((tx) => jobs.add(name, { number: 2 }, { tx }))
    t.strictSame(await untilDone(1), [2])
  })

  t.test('a job that fails is tried again', async (t) => {
    let failures = 0
    const { name, untilDone } = await kind(async () => {
      if (failures++ === 0) throw new Error('not yet')
    })
    await jobs.add(name, { number: 3 })
    t.strictSame(await untilDone(2), [3, 3])
  })

  t.test('of jobs with one key that wait, one is kept', async (t) => {
    const { name, untilDone } = await kind()
    const startAt = Date.now() + 1500
    for (const number of [1, 2, 3]) await jobs.add(name, { number }, { key: 'same', startAt })
    await jobs.add(name, { number: 4 }, { key: 'other', startAt: startAt + 1500 })
    t.strictSame(await untilDone(2), [1, 4])
  })
}
