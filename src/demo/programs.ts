/** Debian's programs that the demo uses. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Runs a program to its end; what it prints is part of the error if it fails. */
export async function run(program: string, args: string[], cwd?: string): Promise<void> {
  await execute(program, args, { cwd })
}

/** The same, for the bytes that the program writes; it is gone when this ends, also by the signal. */
export async function runForBytes(program: string, args: string[], cwd: string, signal: AbortSignal): Promise<Buffer> {
  const running = execute(program, args, { cwd, signal, killSignal: 'SIGKILL', encoding: 'buffer' })
  const gone = new Promise((resolve) => running.child.once('close', resolve))
  try {
    return (await running).stdout
  } finally {
    await gone
  }
}

/** Whether the program can be started at all. */
export async function hasProgram(name: string): Promise<boolean> {
  try {
    await run(name, ['--version'])
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
