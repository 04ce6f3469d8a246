/** A Redis server for one test file, which can be stopped and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import type { Test } from 'tap'
import { bound, findProgram, freePort, stop, untilItWorks } from './processes.ts'

export async function startRedis(t: Pick<Test, 'teardown'>) {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-redis-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  const program = findProgram('redis-server', 'redis-server')
  const command = [program, '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  let server: ChildProcess | undefined

  const start = async () => {
    server = spawn(...bound('TERM', command), { stdio: 'ignore' })
    await untilItWorks(() => ask(url))
  }
  const end = async () => {
    if (server) await stop(server, 'SIGTERM')
  }
  t.teardown(end)
  await start()
  return { url, start, stop: end }
}

async function ask(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.ping()
  } finally {
    client.disconnect()
  }
}
