/** A connection to Redis that outlives a restart of Redis, and says once that it is gone and once that it is back. */
import { once } from 'node:events'
import { Redis } from 'ioredis'

export const ANSWER_LIMIT_MS = 2000
/** What all keys and channels of ours begin with. */
export const prefix = 'jiangtang:'

export type Log = { info(details: object, message: string): void; warn(details: object, message: string): void }

type Options = { commandTimeout?: number; enableOfflineQueue?: boolean; autoResendUnfulfilledCommands?: boolean }

export type Connection = {
  client: Redis
  /** Waits a moment for one that is down, and not at all for one that is down for long. */
  ready(): Promise<void>
}

export function connect(url: string, log: Log, slowestRetryMs: number, options: Options = {}): Connection {
  const client = new Redis(url, {
    ...options,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, slowestRetryMs),
  })
  client.setMaxListeners(0)
  let down = false
  let goneAt: number | undefined = performance.now()
  client.on('close', () => {
    goneAt ??= performance.now()
  })
  client.on('error', (error) => {
    if (!down) log.warn({ err: error }, 'Redis is gone')
    down = true
  })
  client.on('ready', () => {
    if (down) log.info({}, 'Redis is back')
    down = false
    goneAt = undefined
  })
  return {
    client,
    async ready() {
      if (client.status === 'ready') return
      const leftMs = (goneAt ?? performance.now()) + ANSWER_LIMIT_MS - performance.now()
      if (leftMs <= 0) throw new Error('Redis is away')
      await once(client, 'ready', { signal: AbortSignal.timeout(Math.ceil(leftMs)) })
    },
  }
}
