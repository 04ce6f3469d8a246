/** The command behind the benchmarks and the drills: which are asked for, and what they print. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArguments, type Request, usage } from './arguments.ts'
import type { Benchmark, Figures, Progress } from './benchmark.ts'
import { machineFacts } from './machine.ts'
import { factsTable, figuresTable, jsonLine } from './report.ts'

/** A benchmark, or a drill, which may be told how long and how often. */
export type Measured = Omit<Benchmark, 'run'> & {
  run(progress: Progress, options: Pick<Request, 'seconds' | 'rounds'>): Promise<Figures>
}

/** Runs those that the command line names, says how they went, and ends the process. */
export async function command(name: string, all: readonly Measured[], options: string[] = []): Promise<void> {
  const help = usage(name, all, options)
  const request = readArguments(all, help)
  if (request.help) console.log(help)
  else await measureAll(name, all, request)
  process.exit()
}

async function measureAll(command: string, all: readonly Measured[], request: Request): Promise<void> {
  makeFolderOfOwn()
  if (!request.json) console.log(`${factsTable(machineFacts())}\n`)
  for (const each of all.filter(({ name }) => request.names.includes(name))) {
    const figures = await measure(each, request)
    if (!figures) continue
    console.log(request.json ? jsonLine(command, each.name, figures) : inFull(each, figures))
  }
}

function readArguments(all: readonly Measured[], help: string): Request {
  const names = all.map(({ name }) => name)
  try {
    return parseArguments(process.argv.slice(2), names)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`)
    process.exit(2)
  }
}

async function measure({ name, run }: Measured, request: Request): Promise<Figures | undefined> {
  try {
    return await run((text) => console.error(`${name}: ${text}`), request)
  } catch (error) {
    console.error(`${name} failed:`, error)
    process.exitCode = 1
    return undefined
  }
}

const inFull = (each: Measured, figures: Figures) =>
  `## ${each.name}: ${each.about}\n\n${figuresTable(each, figures)}\n`

/** All temporary files of this run and its children go into one folder, which goes with it. */
function makeFolderOfOwn(): void {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-bench-'))
  // PostgreSQL, which runs as a user of its own, has a folder in it.
  chmodSync(folder, 0o711)
  process.env.TMPDIR = folder
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => process.exit(128 + constants.signals[signal]))
}
