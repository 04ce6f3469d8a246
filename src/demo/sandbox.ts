/** The payment sandbox beside the demo: a process of its own that ends with this one, and the settings to take money from it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { parseEnv } from 'node:util'

export type SandboxDeps = {
  dataDir: string
  host: string
  /** Of this server: the sandbox takes the next one, or any where that is taken. */
  port: number
  publicUrl: string
  log: { info(details: object, message: string): void; warn(details: object, message: string): void }
}

export type DemoSandbox = {
  /** Where payers scan and pay. */
  url: string
  /** What the server's environment needs besides. */
  environment: Record<string, string>
  close(): Promise<void>
}

const program = resolve(import.meta.dirname, '../../sandbox/main.ts')
const RESTART_AFTER_MS = 1000
const KILL_AFTER_MS = 3000

/** Undefined where there is no sandbox to start: images for servers come without one. */
export async function startSandbox(deps: SandboxDeps): Promise<DemoSandbox | undefined> {
  if (!existsSync(program)) return undefined
  const folder = join(deps.dataDir, 'sandbox')
  let child = await startOnAnyPort(folder, deps)
  const { url } = readAddress(folder)
  deps.log.info({ pid: child.pid, url }, 'the payment sandbox serves')
  const stop = new AbortController()
  const watching = keepRunning()

  async function keepRunning(): Promise<void> {
    while (!stop.signal.aborted) {
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (stop.signal.aborted) return
      deps.log.warn({ code: child.exitCode }, 'the payment sandbox ended; starting it again')
      await pause(RESTART_AFTER_MS, undefined, { signal: stop.signal }).catch(() => {})
      if (!stop.signal.aborted) child = await start(folder, deps, Number(new URL(url).port)).catch(() => child)
    }
  }

  async function close(): Promise<void> {
    stop.abort()
    await end(child)
    await watching
  }

  const environment = parseEnv(readFileSync(join(folder, 'settings.env'), 'utf8')) as Record<string, string>
  return { url, environment, close }
}

async function startOnAnyPort(folder: string, deps: SandboxDeps): Promise<ChildProcess> {
  const next = deps.port < 65535 ? deps.port + 1 : 0
  try {
    return await start(folder, deps, next)
  } catch (error) {
    deps.log.warn({ err: error, port: next }, 'the payment sandbox tries another port')
    return start(folder, deps, 0)
  }
}

/** Ready, or dead and an error. */
async function start(folder: string, { host, publicUrl }: SandboxDeps, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program], {
    // With the channel gone it knows that this process is.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      SANDBOX_FOLDER: folder,
      SANDBOX_HOST: host,
      SANDBOX_PORT: String(port),
      SANDBOX_PUBLIC_HOST: new URL(publicUrl).hostname,
    },
  })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-1000)
  })
  const lines = createInterface({ input: child.stdout! })
  const [first] = await Promise.race([once(lines, 'line'), once(child, 'exit')])
  if (typeof first !== 'string') throw new Error(`the payment sandbox did not start: ${said}`)
  return child
}

const readAddress = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'sandbox.json'), 'utf8')) as { url: string }

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const killing = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
  await gone
  clearTimeout(killing)
}
