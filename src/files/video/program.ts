/** Runs ffmpeg and ffprobe: politely, within bounds, and never longer than the server lives. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Encoders of large pictures need much; a file that makes them want more than this is no ordinary one. */
const MEMORY_BYTES = 6 * 1024 ** 3
const NICENESS = 10
const KEPT_LINES = 20

export type Bounds = {
  signal: AbortSignal
  timeoutMs: number
  /** It is stopped where it says nothing on its standard output for so long. */
  stallMs?: number
}

/** Ended with something else than success; `said` is the last of what it wrote on its standard error. */
export class ProgramFailed extends Error {
  readonly said: string

  constructor(program: string, how: string, said: string) {
    super(`${program} ${how}: ${said}`)
    this.name = 'ProgramFailed'
    this.said = said
  }
}

/** Runs it to its end, and hands over what it prints line by line. Throws `ENOENT` where it is not installed. */
export async function run(
  program: 'ffmpeg' | 'ffprobe',
  args: string[],
  { signal, timeoutMs, stallMs = timeoutMs }: Bounds,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  signal.throwIfAborted()
  const [command, ...rest] = await bounded([program, ...args])
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  let ending = ''
  const stop = (why: string) => {
    ending ||= why
    child.kill('SIGKILL')
  }
  const cancel = () => stop('was stopped')
  signal.addEventListener('abort', cancel, { once: true })
  const limit = setTimeout(() => stop(`did not end within ${timeoutMs} ms`), timeoutMs)
  let quiet = setTimeout(() => stop(`said nothing for ${stallMs} ms`), stallMs)
  const said: string[] = []
  createInterface(child.stderr).on('line', (line) => {
    said.push(line.slice(0, 300))
    if (said.length > KEPT_LINES) said.shift()
  })
  createInterface(child.stdout).on('line', (line) => {
    clearTimeout(quiet)
    quiet = setTimeout(() => stop(`said nothing for ${stallMs} ms`), stallMs)
    onLine(line)
  })
  try {
    const [code, killedBy] = (await once(child, 'close')) as [number | null, string | null]
    signal.throwIfAborted()
    if (code !== 0) throw new ProgramFailed(program, ending || `ended with ${code ?? killedBy}`, said.join('\n'))
  } finally {
    clearTimeout(limit)
    clearTimeout(quiet)
    signal.removeEventListener('abort', cancel)
  }
}

/** Whether both programs can be started. */
export const haveFfmpeg = async (): Promise<boolean> => (await starts('ffmpeg')) && (await starts('ffprobe'))

async function starts(program: string, args = ['-version']): Promise<boolean> {
  try {
    const child = spawn(program, args, { stdio: 'ignore' })
    await once(child, 'exit')
    return true
  } catch {
    return false
  }
}

let wrapping: Promise<string[]> | undefined

/** Behind everything else in line for the processor, and ended by the kernel with the server or at a bound on memory. */
async function bounded(command: string[]): Promise<string[]> {
  wrapping ??= (async () => [
    ...((await starts('setpriv', ['--version'])) ? ['setpriv', '--pdeathsig', 'KILL', '--'] : []),
    ...((await starts('prlimit', ['--version'])) ? ['prlimit', `--as=${MEMORY_BYTES}`] : []),
    ...((await starts('nice', ['--version'])) ? ['nice', '-n', String(NICENESS)] : []),
  ])()
  return [...(await wrapping), ...command]
}
