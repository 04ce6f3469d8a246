/** Programs in processes of their own: started, called over IPC, and gone with this process. */
import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export type Commands = Record<string, (...args: never[]) => unknown>

type Answer = { id: number; result?: unknown; error?: string }
const READY = 'ready'
const PATIENCE_MS = 5000
const MS_PER_TICK = 10

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class Child<C extends Commands> {
  private readonly process: ChildProcess
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>()
  private nextId = 1

  /** Starts a script of this folder, and resolves when it serves its commands. What it prints goes to standard error. */
  static async start<C extends Commands>(script: string, argument: unknown = {}): Promise<Child<C>> {
    const path = resolve(import.meta.dirname, script)
    // Not with this process's own flags: the leash it runs on would let go of the channel.
    const child = fork(path, [JSON.stringify(argument)], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] })
    running.add(child)
    child.on('exit', () => running.delete(child))
    await new Promise<void>((ready, failed) => {
      child.once('message', ready)
      child.once('error', failed)
      child.once('exit', (code, signal) => failed(new Error(`${script} ended with ${signal ?? code}`)))
    })
    return new Child<C>(child, script)
  }

  private constructor(child: ChildProcess, script: string) {
    this.process = child
    child.on('message', (answer: Answer) => {
      const call = this.waiting.get(answer.id)
      this.waiting.delete(answer.id)
      if (answer.error === undefined) call?.resolve(answer.result)
      else call?.reject(new Error(`${script}: ${answer.error}`))
    })
    child.on('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`${script} ended with ${signal ?? code}`))
    })
  }

  call<K extends keyof C & string>(name: K, ...args: Parameters<C[K]>): Promise<Awaited<ReturnType<C[K]>>> {
    const id = this.nextId++
    const call = Promise.withResolvers<unknown>()
    this.waiting.set(id, call)
    this.process.send({ id, name, args } as Serializable, (error) => error && call.reject(error))
    return call.promise as Promise<Awaited<ReturnType<C[K]>>>
  }

  get cpuMs(): number {
    return cpuMsOf(this.process.pid!)
  }

  close(): Promise<void> {
    return end(this.process)
  }
}

/** Runs a program until `close`; one that ends by itself is told to `failed`. */
export function startProgram(command: string, args: string[], failed: (error: Error) => void) {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 2] })
  running.add(child)
  let closing = false
  child.on('error', failed)
  child.on('exit', (code, signal) => {
    running.delete(child)
    if (!closing) failed(new Error(`${command} ended with ${signal ?? code}`))
  })
  return {
    close: () => {
      closing = true
      return end(child)
    },
  }
}

/** CPU that all threads of the process have used since it started, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const impatience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS)
  await exited
  clearTimeout(impatience)
}

/** The child's side: answers the calls of its parent until the parent ends it, or ends. */
export function serveCommands(commands: Commands, close: () => unknown = () => {}): void {
  process.on('message', async ({ id, name, args }: { id: number; name: string; args: never[] }) => {
    try {
      process.send!({ id, result: await commands[name]!(...args) })
    } catch (error) {
      process.send!({ id, error: (error as Error).stack ?? String(error) })
    }
  })
  let ending = false
  const end = async () => {
    if (ending) return
    ending = true
    await close()
    process.exit()
  }
  process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', end).on('disconnect', end)
  // scripts/leash.mjs, inherited from the parent, lets the channel go; here the channel is what there is to wait for.
  process.channel?.ref()
  process.send!(READY)
}

/** What the parent gave the script to know. */
export const childArgument = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T
