/** A PostgreSQL server for one test file, which can be stopped and started again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres from 'postgres'
import type { Test } from 'tap'
import { bound, findProgram, freePort, stop, untilItWorks } from './processes.ts'

const run = promisify(execFile)

/** Starts the server, and gives the address of its database. It ends with the test. */
export const startPostgres = async (t: Pick<Test, 'teardown'>): Promise<string> => (await startPostgresServer(t)).url

/** The same, for those who stop it and start it again. */
export async function startPostgresServer(t: Pick<Test, 'teardown'>) {
  const folder = await mkdtemp(join(tmpdir(), 'jiangtang-postgres-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const user = await handOver(folder)
  const initdb = [program('initdb'), '--auth=trust', '--username=postgres', '--encoding=UTF8', '--no-sync', folder]
  await run(...bound('INT', initdb, user))

  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'fsync=off']
  const command = [program('postgres'), '-D', folder, ...settings.flatMap((setting) => ['-c', setting])]
  let server: ChildProcess | undefined
  const start = async () => {
    server = spawn(...bound('INT', command, user), { stdio: 'ignore' })
    await untilItWorks(() => ask(url))
  }
  const end = async () => {
    if (server) await stop(server, 'SIGINT')
  }
  t.teardown(end)
  await start()
  return { url, start, stop: end }
}

/** PostgreSQL refuses to run as root: there the folder, and the server, go to the user that Debian's package made. */
async function handOver(folder: string): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const { uid, gid } = await stat('/var/lib/postgresql')
  await chown(folder, uid, gid)
  return 'postgres'
}

const debianFolder = '/usr/lib/postgresql'

/** The newest version's program: Debian keeps them out of the PATH. */
function program(name: string): string {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : []
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a))
  return findProgram(
    name,
    'postgresql',
    newestFirst.map((version) => join(debianFolder, version, 'bin')),
  )
}

async function ask(url: string): Promise<void> {
  const client = postgres(url, { max: 1, connect_timeout: 2 })
  try {
    await client`select 1`
  } finally {
    await client.end()
  }
}
