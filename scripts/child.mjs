/** The process that a script hands over to once the machine is set up. */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { nodePath } from './packages.mjs'
import { ROOT } from './setup.mjs'

const parent = process.ppid
const SECOND_SIGNAL_AFTER_MS = 1000
const LOOK_FOR_NPM_EVERY_MS = 300
/** Longer than the server's drain may take. */
const KILL_AFTER_MS = 15_000

/**
 * Runs Node with `args` in a process group of its own and answers with its exit code. A terminal and npm both pass a
 * Ctrl-C on; the child gets it once. Nothing of the group outlives the child, and the child does not outlive this process.
 */
export function runNode(args, env = {}) {
  return new Promise((resolve, reject) => {
    const leash = new URL('leash.mjs', import.meta.url).href
    const child = spawn(nodePath(ROOT), ['--import', leash, ...args], {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      detached: true,
    })
    let signalledAt = Number.NEGATIVE_INFINITY
    const pass = (signal) => {
      if (performance.now() - signalledAt < SECOND_SIGNAL_AFTER_MS) return
      signalledAt = performance.now()
      child.kill(signal)
      setTimeout(() => child.exitCode ?? sweep(child.pid), KILL_AFTER_MS).unref()
    }
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
    for (const signal of signals) process.on(signal, pass)
    // npm passes a signal to a shell, which ends without passing it on.
    const underNpm = process.env.npm_lifecycle_event !== undefined
    const watch = setInterval(() => underNpm && process.ppid !== parent && pass('SIGTERM'), LOOK_FOR_NPM_EVERY_MS)
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      clearInterval(watch)
      for (const each of signals) process.off(each, pass)
      sweep(child.pid)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

function sweep(group) {
  try {
    process.kill(-group, 'SIGKILL')
  } catch {
    // ESRCH: the group is empty, as it should be.
  }
}
