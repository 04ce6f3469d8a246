/** How many viewers of low-latency HLS one process serves, and what a segment costs it beside nginx. */
import { setTimeout as pause } from 'node:timers/promises'
import { startPostgres } from '../test/support/postgres.ts'
import { type Benchmark, type Own, owning, type Progress } from './benchmark.ts'
import { Child } from './child.ts'
import { makeClip, sendClip } from './clip.ts'
import { type LiveClass, openLiveClass } from './live-class.ts'
import type { LiveViewers } from './load/live-viewers.ts'
import type { FileServer } from './servers/file-server.ts'
import { median } from './statistics.ts'

const VIEWERS = 100
const ROUNDS = 3
/** Until there are whole segments, and what is called often has been compiled. */
const SETTLE_MS = 10_000
const MEASURE_MS = 8000
const FETCH_MS = 3000
const FETCHES_AT_ONCE = 8
/** So many people fetch so many segments each in turn, for one is not given many at once. */
const FETCHERS = 200
const FETCHES_IN_A_ROW = 50

export const serve: Benchmark = {
  name: 'serve',
  about: `requests and viewers per core of the server process, of ${VIEWERS} viewers over low-latency HLS, and bytes of segments per CPU second beside nginx`,
  aims: {},
  run: (progress) => owning((own) => measure(own, progress)),
}

async function measure(own: Own, progress: Progress) {
  const databaseUrl = await startPostgres({ teardown: (close) => void own(close, (each) => each?.()) })
  const liveClass = await openLiveClass(own, { BROADCAST: 'true', DATABASE_URL: databaseUrl })
  const { product, lessonId, teacherId } = liveClass
  sendClip(own, await makeClip(), await product.call('openIngest', lessonId, teacherId))
  const viewers = own(await Child.start<LiveViewers>('load/live-viewers.ts'), (each) => each.close())
  const addresses = await product.call('admitViewers', lessonId, VIEWERS + FETCHERS)
  await pause(SETTLE_MS)
  const bytesRatioToNginx = await compareSegments(own, liveClass, viewers, addresses.slice(VIEWERS), progress)

  const alone = (await usage(product, viewers)).cpuShare
  await viewers.call('watch', addresses.slice(0, VIEWERS), 20)
  await pause(SETTLE_MS)
  const [requests, crowds]: [number[], number[]] = [[], []]
  for (let round = 1; round <= ROUNDS; round++) {
    const { cpuShare, perSecond, failures } = await usage(product, viewers)
    if (failures > 0) throw new Error(`${failures} requests were refused`)
    requests.push(perSecond / (cpuShare - alone))
    crowds.push(VIEWERS / (cpuShare - alone))
    progress(
      `round ${round} of ${ROUNDS}: ${Math.round(perSecond)} requests a second on ${cpuShare.toFixed(2)} of a core`,
    )
  }
  await viewers.call('leave')
  return { requestsPerSecond: median(requests), viewersPerCore: median(crowds), bytesRatioToNginx }
}

/** What the server's process used of a core meanwhile, and what it answered. */
async function usage(product: LiveClass['product'], viewers: Child<LiveViewers>) {
  const [before, cpuBefore, startedAt] = [await viewers.call('counts'), product.cpuMs, performance.now()]
  await pause(MEASURE_MS)
  const [after, cpuMs, tookMs] = [
    await viewers.call('counts'),
    product.cpuMs - cpuBefore,
    performance.now() - startedAt,
  ]
  return {
    cpuShare: cpuMs / tookMs,
    perSecond: ((after.answers - before.answers) / tookMs) * 1000,
    failures: after.failures - before.failures,
  }
}

/** Bytes of the same segments per CPU second of the process that sends them: of ours by those of nginx. */
async function compareSegments(
  own: Own,
  { product }: LiveClass,
  viewers: Child<LiveViewers>,
  addresses: string[],
  progress: Progress,
): Promise<number> {
  const nginx = own(await Child.start<FileServer>('servers/file-server.ts'), (each) => each.close())
  const playlist = await viewers.call('read', `${addresses[0]}/v0/index.m3u8`)
  const names = [...playlist.matchAll(/^\d+\.m4s$/gm)].map(([name]) => name).slice(-3)
  const files: string[] = []
  for (const name of names)
    files.push(await nginx.call('put', name, await viewers.call('bytes', `${addresses[0]}/v0/${name}`)))
  const turn = Array.from({ length: FETCHES_IN_A_ROW }, (_, index) => names[index % names.length]!)
  const ours = addresses.flatMap((address) => turn.map((name) => `${address}/v0/${name}`))
  const perCpuSecond = async (urls: string[], cpuMs: () => Promise<number>) => {
    const before = await cpuMs()
    const bytes = await viewers.call('fetchFor', urls, FETCH_MS, FETCHES_AT_ONCE)
    return (bytes / ((await cpuMs()) - before)) * 1000
  }
  const ratios: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const us = await perCpuSecond(ours, async () => product.cpuMs)
    const them = await perCpuSecond(files, () => nginx.call('cpuMs'))
    ratios.push(us / them)
    progress(
      `round ${round} of ${ROUNDS}: ${(us / 2 ** 20).toFixed(0)} MiB per CPU second, nginx ${(them / 2 ** 20).toFixed(0)}`,
    )
  }
  return median(ratios)
}
