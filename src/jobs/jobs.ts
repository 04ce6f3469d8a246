/** The port to background work: what must happen soon, later or every day, on whichever node has time for it. */
import type { Db } from '../../db/client.ts'

export type JobOptions = {
  /** How often a job that failed is tried again, at growing intervals. */
  retries?: number
  /** How many of them run at once on one node. */
  concurrency?: number
  /** A job that takes longer counts as failed. */
  timeoutSeconds?: number
}

export interface Jobs {
  /** Names who does the jobs of this name. Each is done at least once, so doing it twice must do no harm. */
  handle<D extends object>(name: string, options: JobOptions, work: (data: D) => Promise<void>): Promise<void>
  /**
   * Has a job done as soon as there is time, or at `startAt` (milliseconds since 1970). With `tx` it is there only if
   * that transaction commits. Of several with one `key` that wait, one is kept.
   */
  add(name: string, data: object, options?: { tx?: Db; startAt?: number; key?: string }): Promise<void>
  /** Has a job done whenever this cron line says so, in Beijing's time. */
  every(name: string, cron: string): Promise<void>
  close(): Promise<void>
}
