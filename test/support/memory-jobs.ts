/** Background work in memory, for tests with very many jobs: one that waits under a key is kept, none survives `forget`. */
import type { Jobs } from '../../src/jobs/jobs.ts'

type Waiting = { name: string; data: object; startAt: number }

export function createMemoryJobs(now: () => number) {
  const workers = new Map<string, (data: object) => Promise<void>>()
  let waiting = new Map<string, Waiting>()
  let unnamed = 0

  const jobs: Jobs = {
    async handle<D extends object>(name: string, _options: object, work: (data: D) => Promise<void>) {
      workers.set(name, work as (data: object) => Promise<void>)
    },
    async add(name, data, { startAt = now(), key = `${++unnamed}` } = {}) {
      const id = `${name} ${key}`
      if (!waiting.has(id)) waiting.set(id, { name, data, startAt })
    },
    every: async () => {},
    close: async () => {},
  }

  return {
    ...jobs,
    /** Does what is due; what fails comes again in two seconds. */
    async runDue(): Promise<void> {
      for (let done = true; done; ) {
        done = false
        for (const [id, { name, data, startAt }] of waiting) {
          if (startAt > now()) continue
          done = true
          waiting.delete(id)
          await workers.get(name)!(data).catch(() => waiting.set(id, { name, data, startAt: now() + 2000 }))
        }
      }
    },
    count: () => waiting.size,
    forget: () => {
      waiting = new Map()
    },
  }
}
