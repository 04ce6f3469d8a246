/** The whole server in this process, on ports and folders of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { loadSettings } from '../../config/settings.ts'
import { startServer } from '../../src/main.ts'
import { migratedInMemory } from './database.ts'

export const SECRET = 'a secret for tests that is long enough'

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

const quietLog = () => pino({ level: process.env.LOG_LEVEL ?? 'fatal' })

/** Starts the server with these settings over quiet defaults; `close()` removes its folder too. */
export async function openServer(settings: Record<string, string> = {}, log = quietLog()) {
  const dataDir = await mkdtemp(join(tmpdir(), 'jiangtang-test-'))
  const { PORT: port = String(await freePort()) } = settings
  const rtcPort = await freePort()
  const env = {
    PORT: port,
    HOST: '127.0.0.1',
    RTC_PORT: String(rtcPort),
    RTC_LISTEN_ADDRESS: '127.0.0.1',
    DATA_DIR: dataDir,
    DATABASE_URL: await migratedInMemory(),
    SECRET,
    WORKERS: '1',
    ...settings,
  }
  const server = await startServer(loadSettings(env), log)
  const close = async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  }
  return { ...server, url: `http://localhost:${port}`, close }
}

export type TestServer = Awaited<ReturnType<typeof openServer>>

const PASSWORD = 'correct horse battery'

/** Makes an account with a password of its own; `signIn` in a page takes it. */
export async function makeAccount(
  { users }: TestServer,
  username: string,
  displayName: string,
  role: 'student' | 'teacher' | 'operator' = 'student',
) {
  const user = await users.ensure({ username, displayName, password: PASSWORD }, role)
  return { ...user, password: PASSWORD }
}
