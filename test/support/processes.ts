/** Servers that tests start for themselves: on a free port, in a folder of their own, gone when the test process is. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The full path of a program, or an error that says which package has it. */
export function findProgram(name: string, debianPackage: string, folders: string[] = []): string {
  for (const folder of [...folders, ...(process.env.PATH ?? '').split(delimiter)]) {
    const path = join(folder, name)
    if (isProgram(path)) return path
  }
  throw new Error(`this test needs ${name}; on Debian: apt-get install ${debianPackage}`)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A command that runs as this user, and is sent this signal when the test process dies, even by SIGKILL. */
export function bound(signal: 'INT' | 'TERM', command: string[], user?: string): [string, string[]] {
  const as = user ? [`--reuid=${user}`, `--regid=${user}`, '--clear-groups'] : []
  return [findProgram('setpriv', 'util-linux'), [...as, '--pdeathsig', signal, '--', ...command]]
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill(signal)
  await gone
}

/** Repeats `attempt` until it succeeds, for at most ten seconds. */
export async function untilItWorks(attempt: () => Promise<unknown>): Promise<void> {
  for (const limit = Date.now() + 10_000; ; ) {
    try {
      await attempt()
      return
    } catch (error) {
      if (Date.now() > limit) throw error
      await pause(50)
    }
  }
}
