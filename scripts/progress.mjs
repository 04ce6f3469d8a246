/** Steps that show what they do and how long they take, and commands whose output is shown only when they fail. */
import { spawn } from 'node:child_process'

const terminal = process.stdout.isTTY === true && !process.env.CI
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'

/** Runs `work(report)` under a name; `report(text)` says how far it is. */
export async function step(name, work) {
  const startedAt = performance.now()
  const elapsed = () => seconds(performance.now() - startedAt)
  let detail = ''
  let frame = 0
  const draw = () => {
    frame = (frame + 1) % FRAMES.length
    const line = `${FRAMES[frame]} ${name}  ${elapsed()}${detail && `  ${detail}`}`
    process.stdout.write(`\r\x1b[K${line.slice(0, Math.max(20, (process.stdout.columns ?? 80) - 1))}`)
  }
  if (!terminal) console.log(`- ${name} …`)
  const timer = terminal
    ? setInterval(draw, 100)
    : setInterval(() => console.log(`    ${elapsed()}${detail && `  ${detail}`}`), 15_000)
  const end = (mark) => {
    clearInterval(timer)
    if (terminal) process.stdout.write('\r\x1b[K')
    console.log(`${mark} ${name}  ${elapsed()}`)
  }
  try {
    const result = await work((text) => {
      detail = text
    })
    end('✓')
    return result
  } catch (error) {
    end('✗')
    throw error
  }
}

export const seconds = (milliseconds) =>
  milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : `${Math.floor(milliseconds / 60_000)} min ${Math.round((milliseconds % 60_000) / 1000)} s`

/** Trouble that the reader can do something about: shown without a stack. */
export class SetupError extends Error {}

const running = new Set()

/** Runs a command to its end; `onLine` sees each line. A failure throws with the last lines of what it printed. */
export function run(command, args, { cwd, env, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(child)
    const tail = []
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          onLine?.(line)
          if (tail.push(line) > 30) tail.shift()
        }
      })
    }
    child.on('error', (error) => {
      running.delete(child)
      reject(new SetupError(`${command} cannot be started: ${error.message}`))
    })
    child.on('close', (code, signal) => {
      running.delete(child)
      if (code === 0) resolve(undefined)
      else
        reject(new SetupError(`${[command, ...args].join(' ')}\nended with ${signal ?? code}:\n  ${tail.join('\n  ')}`))
    })
  })
}

/** Ends what `run` has started when this process is told to stop. */
export function stopOnSignals() {
  const stop = (signal) => {
    for (const child of running) child.kill('SIGTERM')
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  return () => process.off('SIGINT', stop).off('SIGTERM', stop)
}
