/** What it costs to mux one more class, beside ffmpeg that copies the same streams into HLS. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Benchmark, owning } from './benchmark.ts'
import { Child } from './child.ts'
import { makeClip, sendClip } from './clip.ts'
import { repeatTo } from './load/repeater.ts'
import type { Muxing, MuxServer } from './servers/mux-server.ts'
import { median } from './statistics.ts'

const CLASSES = 6
const ROUNDS = 3
/** Until what is called often has been compiled. */
const WARM_UP_MS = 15_000
/** Past what beginning costs. */
const SETTLE_MS = 4000
const MEASURE_MS = 8000

const ways = {
  nobody: { by: 'nobody' },
  ours: { by: 'us', sound: 'copy' },
  ffmpeg: { by: 'ffmpeg', sound: 'copy' },
  oursWithAac: { by: 'us', sound: 'aac' },
  ffmpegWithAac: { by: 'ffmpeg', sound: 'aac' },
} satisfies Record<string, Muxing>
type Way = keyof typeof ways

export const mux: Benchmark = {
  name: 'mux',
  about: `CPU of muxing one of ${CLASSES} classes in the server and its worker, and of handing it to ffmpeg -c copy`,
  aims: { ratioToFfmpeg: { atMost: 0.7 } },
  run: (progress) =>
    owning(async (own) => {
      const clip = await makeClip()
      const server = own(await Child.start<MuxServer>('servers/mux-server.ts'), (each) => each.close())
      const classes = await Promise.all(Array.from({ length: CLASSES }, () => server.call('openClass')))
      sendClip(own, clip, await repeatTo(own, classes))
      await server.call('mux', ways.ours)
      await pause(WARM_UP_MS)
      const percents = Object.fromEntries(Object.keys(ways).map((way) => [way, [] as number[]])) as Record<
        Way,
        number[]
      >
      for (let round = 1; round <= ROUNDS; round++)
        for (const way of Object.keys(ways) as Way[]) {
          const percent = await measure(server, ways[way])
          percents[way].push(percent)
          progress(`round ${round} of ${ROUNDS}, ${way}: ${percent.toFixed(1)} % of a core`)
        }
      return figuresOf(percents)
    }),
}

/** Percent of a core that the server and all its children use. */
async function measure(server: Pick<Child<MuxServer>, 'call'>, muxing: Muxing): Promise<number> {
  await server.call('mux', muxing)
  await pause(SETTLE_MS)
  const [before, startedAt] = [await server.call('cpuMs'), performance.now()]
  await pause(MEASURE_MS)
  return (((await server.call('cpuMs')) - before) / (performance.now() - startedAt)) * 100
}

function figuresOf(percents: Record<Way, number[]>) {
  const perClass = (way: Way) =>
    median(percents[way].map((percent, round) => (percent - percents.nobody[round]!) / CLASSES))
  return {
    cpuPercentPerClass: perClass('ours'),
    ratioToFfmpeg: perClass('ours') / perClass('ffmpeg'),
    withAacPercentPerClass: perClass('oursWithAac'),
    withAacRatioToFfmpeg: perClass('oursWithAac') / perClass('ffmpegWithAac'),
  }
}
