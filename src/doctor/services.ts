/** What the server stands on: database, bus, storage, payment providers, and the clocks of all of them. */
import { randomUUID } from 'node:crypto'
import { access, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import type { Settings } from '../../config/settings.ts'
import type { FileStorage } from '../files/storage.ts'
import type { PaymentProvider } from '../payments/provider.ts'
import { fail, type Told, warn, well } from './finding.ts'

const OLDEST_POSTGRES = 15
/** Tickets, leases and signatures are compared with the time of other machines. */
const CLOCKS_MAY_DIFFER_MS = 1000
const ANSWER_MS = 5000

export async function database({ databaseUrl }: Pick<Settings, 'databaseUrl'>): Promise<Told> {
  if (databaseUrl.startsWith('pglite:')) {
    const folder = databaseUrl.slice('pglite:'.length)
    if (!folder) return warn('PGlite in memory', 'all of it is gone when the server stops: set DATABASE_URL')
    await mkdir(dirname(folder), { recursive: true })
    await access(dirname(folder), constants.W_OK)
    return well(`PGlite in ${folder}: one process, one machine`)
  }
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {}, connect_timeout: ANSWER_MS / 1000 })
  try {
    const before = Date.now()
    const [row] = await client<{ version: string; at: number }[]>`
      select current_setting('server_version') as version, extract(epoch from clock_timestamp())::float8 * 1000 as at`
    const took = Date.now() - before
    const { version, at } = row!
    const ahead = Math.round(before + took / 2 - at)
    const detail = `PostgreSQL ${version}, answers in ${took} ms`
    if (Number.parseInt(version, 10) < OLDEST_POSTGRES) return fail(detail, `${OLDEST_POSTGRES} or newer is needed`)
    if (Math.abs(ahead) > CLOCKS_MAY_DIFFER_MS + took)
      return warn(`${detail}; this machine’s clock is ${ahead} ms ahead of it`, 'run an NTP client on both')
    return well(detail)
  } finally {
    await client.end({ timeout: 1 })
  }
}

export async function bus({ busUrl }: Pick<Settings, 'busUrl'>): Promise<Told> {
  if (busUrl.startsWith('memory:')) return well('in memory: one node')
  const client = new Redis(busUrl, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
    connectTimeout: ANSWER_MS,
  })
  // What went wrong is what `connect` throws.
  client.on('error', () => {})
  try {
    await client.connect()
    const before = Date.now()
    const [[seconds, micros], info] = await Promise.all([client.time(), client.info('server')])
    const took = Date.now() - before
    const ahead = Math.round(before + took / 2 - (Number(seconds) * 1000 + Number(micros) / 1000))
    const detail = `Redis ${/redis_version:(\S+)/.exec(info)?.[1] ?? ''}, answers in ${took} ms`
    if (Math.abs(ahead) > CLOCKS_MAY_DIFFER_MS + took)
      return warn(`${detail}; this machine’s clock is ${ahead} ms ahead of it`, 'run an NTP client on both')
    return well(detail)
  } finally {
    client.disconnect()
  }
}

/** Writes a file, reads it and removes it. */
export async function storage(store: FileStorage): Promise<Told> {
  const key = `doctor/${randomUUID()}`
  const startedAt = performance.now()
  await store.put(key, Buffer.from('how are you'), { mimeType: 'text/plain' })
  try {
    const found = await store.read(key)
    const chunks = found ? await found.stream.toArray() : []
    if (String(Buffer.concat(chunks)) !== 'how are you')
      return fail('what was written is not what is read', 'see its log')
  } finally {
    await store.remove(key)
  }
  return well(`writes, reads and removes in ${Math.round(performance.now() - startedAt)} ms`)
}

/** Their own self-tests, which call the providers. */
export async function payments(providers: PaymentProvider[], demo: boolean): Promise<Told> {
  if (providers.length === 0)
    return demo
      ? well('the sandbox, which comes with the demo')
      : warn('no provider', 'nothing can be sold: docs/operating.md')
  const checks = (await Promise.all(providers.map((provider) => provider.selfTest()))).flat()
  const bad = checks.filter(({ result }) => result === 'failed')
  const names = [...new Set(checks.map(({ provider }) => provider))].join(', ')
  if (bad.length === 0) return well(`${names}: ${checks.length} checks are well`)
  const detail = bad.map(({ provider, check, detail }) => `${provider} ${check}: ${detail}`).join('; ')
  return fail(detail, 'see docs/operating.md, Taking real money')
}
