/** How full this node is, and its tuning while it runs. */
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { inArray } from 'drizzle-orm'
import { Check } from 'typebox/value'
import type { Db } from '../../db/client.ts'
import { lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import { MachineSchema, type NodeState, type Tuning } from './schema.ts'

/** What a media worker carries, as the pool says it. */
type Worker = Omit<NodeState['workers'][number], 'rooms'> & { routers: number }

export type CapacityDeps = {
  db: Db
  now: () => number
  /** Where `npm run plan -- --measure` leaves what it found. */
  dataDir: string
  /** Port of the first worker: the others take the next ones. */
  rtcPort: number
  pool: {
    readonly workers: readonly Worker[]
    readonly count: number
    readonly consumersPerWorker: number
    tune(tuning: { count: number; consumersPerWorker: number }): Promise<void>
  }
  openRooms(): { id: string; online: number }[]
  broadcastViewers(lessonId: string): number
}

export type Capacity = ReturnType<typeof createCapacity>

export function createCapacity({ db, now, dataDir, rtcPort, pool, openRooms, broadcastViewers }: CapacityDeps) {
  return {
    async state(): Promise<NodeState> {
      const open = openRooms()
      const ids = open.map(({ id }) => id)
      const titles = ids.length
        ? await db.select({ id: lessons.id, title: lessons.title }).from(lessons).where(inArray(lessons.id, ids))
        : []
      const titleOf = new Map(titles.map(({ id, title }) => [id, title]))
      return {
        workers: pool.workers.map(({ index, load, consumers, viewers, routers, pipes, limit, retiring }) => ({
          ...{ index, load, consumers, viewers, rooms: routers, pipes, limit, retiring },
        })),
        rooms: open.map(({ id, online }) => ({
          lessonId: id,
          title: titleOf.get(id) ?? '',
          people: online,
          broadcastViewers: broadcastViewers(id),
        })),
        tuning: { workers: pool.count, consumersPerWorker: pool.consumersPerWorker },
        machine: machineOf(dataDir),
      }
    },

    /** Until the next start; classes go on meanwhile. Throws `bad_request` where there are no ports for so many workers. */
    async tune(actorId: string, { workers, consumersPerWorker }: Tuning): Promise<void> {
      if (rtcPort + workers - 1 > 65_535)
        throw new AppError('bad_request', `RTC_PORT leaves no ports for ${workers} workers`)
      await pool.tune({ count: workers, consumersPerWorker })
      const details = { workers, consumersPerWorker }
      await record(db, { actorId, action: 'nodeTuned', subject: 'node', subjectId: 'media', details, at: now() })
    },
  }
}

/** Measured on another machine, of 2 cores (docs/benchmarks.md). */
const ELSEWHERE = { microsPerPacket: 22, broadcastViewersPerCore: 280 }
export const MEASURED = 'measured.json'

/** This machine as it was measured; a file that is not there, or holds something else, counts as none. */
export function machineOf(dataDir: string): NodeState['machine'] {
  const cores = availableParallelism()
  try {
    const measured = { cores, measured: true, ...JSON.parse(readFileSync(join(dataDir, MEASURED), 'utf8')) }
    if (Check(MachineSchema, measured)) return measured
  } catch {
    // Nobody has measured yet.
  }
  return { cores, measured: false, ...ELSEWHERE }
}
