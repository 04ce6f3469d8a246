/** The benchmarks by name: `npm run bench -- [NAME …] [--json]`. */
import type { Benchmark } from './benchmark.ts'
import { command } from './command.ts'
import { crowd } from './crowd.ts'
import { fanout } from './fanout.ts'
import { forward } from './forward.ts'
import { glass } from './glass.ts'
import { hls } from './hls.ts'
import { join as joining } from './join.ts'
import { mux } from './mux.ts'
import { recovery } from './recovery.ts'
import { serve } from './serve.ts'
import { settle } from './settle.ts'
import { ticket } from './ticket.ts'

const benchmarks: Benchmark[] = [joining, forward, glass, hls, mux, serve, recovery, fanout, crowd, ticket, settle]

await command('bench', benchmarks)
