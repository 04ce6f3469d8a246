/** The benchmarks by name, and the command that runs them: `npm run bench -- [NAME …] [--json]`. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArguments, type Request, usage } from './arguments.ts'
import type { Benchmark, Figures } from './benchmark.ts'
import { crowd } from './crowd.ts'
import { fanout } from './fanout.ts'
import { forward } from './forward.ts'
import { glass } from './glass.ts'
import { hls } from './hls.ts'
import { join as joining } from './join.ts'
import { machineFacts } from './machine.ts'
import { mux } from './mux.ts'
import { recovery } from './recovery.ts'
import { factsTable, figuresTable, jsonLine } from './report.ts'
import { serve } from './serve.ts'
import { settle } from './settle.ts'
import { ticket } from './ticket.ts'

const benchmarks: Benchmark[] = [joining, forward, glass, hls, mux, serve, recovery, fanout, crowd, ticket, settle]

async function main(): Promise<void> {
  const request = readArguments()
  if (request.help) return console.log(usage(benchmarks))
  makeFolderOfOwn()
  if (!request.json) console.log(`${factsTable(machineFacts())}\n`)
  for (const benchmark of benchmarks.filter(({ name }) => request.names.includes(name))) {
    const figures = await measure(benchmark)
    if (!figures) continue
    console.log(request.json ? jsonLine(benchmark.name, figures) : inFull(benchmark, figures))
  }
}

function readArguments(): Request {
  const names = benchmarks.map(({ name }) => name)
  try {
    return parseArguments(process.argv.slice(2), names)
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage(benchmarks)}`)
    process.exit(2)
  }
}

async function measure(benchmark: Benchmark): Promise<Figures | undefined> {
  const { name } = benchmark
  try {
    return await benchmark.run((text) => console.error(`${name}: ${text}`))
  } catch (error) {
    console.error(`${name} failed:`, error)
    process.exitCode = 1
    return undefined
  }
}

const inFull = (benchmark: Benchmark, figures: Figures) =>
  `## ${benchmark.name}: ${benchmark.about}\n\n${figuresTable(benchmark, figures)}\n`

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

await main()
process.exit()
