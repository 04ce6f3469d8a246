/** Makes HLS of a film in a folder of this machine: probes, plans, encodes, and reads what came of it. */
import { mkdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ManifestRendition } from './manifest.ts'
import { encodingOf, type Plan, planOf, type Rendition } from './plan.ts'
import { type Film, probe, readingOf, VideoRefused } from './probe.ts'
import { ProgramFailed, run } from './program.ts'

const MINUTE_MS = 60_000
const STALL_MS = 5 * MINUTE_MS
const POSTER_MS = MINUTE_MS
/** Slower than this, and something is wrong. */
const TIMES_ITS_LENGTH = 20
const UNKNOWN_LENGTH_MS = 12 * 60 * MINUTE_MS
/** Key frames so far apart that seeking would be no pleasure. */
const LONGEST_COPIED_MS = 20_000
const LARGEST_ALLOCATION = 512 * 1024 ** 2
const POSTER_AT_MS = 10_000

export type Made = {
  durationMs: number
  width: number
  height: number
  poster: boolean
  renditions: (ManifestRendition & { name: Rendition['name'] })[]
}

export type MakeOptions = {
  path: string
  mimeType: string
  /** Empty; `main/00000.ts` and so on are written into it. */
  folder: string
  threads: number
  signal: AbortSignal
  /** Of the encoding, from 0 to 1. */
  onProgress: (part: number) => void
}

/** Throws `VideoRefused` where it cannot be done, and anything else where it may be tried again. */
export async function makeVideo(options: MakeOptions): Promise<Made> {
  const film = await probe(options.path, options.mimeType, options.signal)
  let plan = planOf(film)
  let renditions = await encode(options, film, plan)
  if (plan.copyVideo && renditions.some(({ segmentMs }) => Math.max(...segmentMs) > LONGEST_COPIED_MS)) {
    plan = planOf(film, true)
    renditions = await encode(options, film, plan)
  }
  const { width, height } = renditions[0]!
  const durationMs = Math.round(renditions[0]!.segmentMs.reduce((sum, ms) => sum + ms, 0))
  return { durationMs, width, height, renditions, poster: await makePoster(options, durationMs) }
}

async function encode(options: MakeOptions, film: Film, plan: Plan): Promise<Made['renditions']> {
  const { path, mimeType, folder, threads, signal, onProgress } = options
  for (const { name } of plan.renditions) await mkdir(join(folder, name), { recursive: true })
  const args = [
    ...['-hide_banner', '-nostdin', '-y', '-v', 'error', '-max_alloc', String(LARGEST_ALLOCATION)],
    ...['-threads', String(threads), '-filter_complex_threads', String(threads)],
    ...readingOf(path, mimeType),
    ...['-progress', 'pipe:1', '-stats_period', '0.5'],
    ...encodingOf(plan, film, folder, threads),
  ]
  const timeoutMs = Math.max(10 * MINUTE_MS, (film.durationMs ?? UNKNOWN_LENGTH_MS) * TIMES_ITS_LENGTH)
  try {
    await run('ffmpeg', args, { signal, timeoutMs: Math.min(timeoutMs, 2 ** 31 - 1), stallMs: STALL_MS }, (line) => {
      const at = Number(/^out_time_us=(\d+)$/.exec(line)?.[1])
      if (at >= 0 && film.durationMs) onProgress(Math.min(1, at / 1000 / film.durationMs))
    })
  } catch (error) {
    if (error instanceof ProgramFailed && cannotBeDone.test(error.said))
      throw new VideoRefused('unsupported', 'ffmpeg cannot read it', { cause: error })
    throw error
  }
  const found = await Promise.all(plan.renditions.map((each) => inspect(options, each)))
  if (found.some(({ segmentMs }) => segmentMs.length === 0)) throw new VideoRefused('not_a_video', 'nothing came of it')
  return found
}

const cannotBeDone =
  /Decoder \(codec .*\) not found|Invalid data found when processing input|does not contain any stream/

/** What ffmpeg wrote: how long each segment is, how much of the network it needs, and what a browser must decode. */
async function inspect({ folder, signal }: MakeOptions, rendition: Rendition): Promise<Made['renditions'][number]> {
  const { name } = rendition
  const playlist = await readFile(join(folder, name, 'index.m3u8'), 'utf8')
  const segmentMs = [...playlist.matchAll(/^#EXTINF:([\d.]+),/gm)].map(([, seconds]) =>
    Math.round(Number(seconds) * 1000),
  )
  if (segmentMs.length === 0) return { name, width: 0, height: 0, bitsPerSecond: 0, codecs: '', segmentMs }
  let bitsPerSecond = 0
  for (const [number, ms] of segmentMs.entries()) {
    const { size } = await stat(segmentPath(folder, name, number))
    bitsPerSecond = Math.max(bitsPerSecond, Math.ceil((size * 8000) / Math.max(ms, 500)))
  }
  const first = await probe(segmentPath(folder, name, 0), 'video/mp2t', signal)
  return { name, width: first.width, height: first.height, bitsPerSecond, codecs: codecsOf(first), segmentMs }
}

export const segmentPath = (folder: string, name: string, number: number) =>
  join(folder, name, `${String(number).padStart(5, '0')}.ts`)

const profiles: Record<string, string> = {
  Baseline: '4200',
  'Constrained Baseline': '42e0',
  Main: '4d40',
  High: '6400',
}

function codecsOf({ video, audio }: Film): string {
  const picture = `avc1.${profiles[video.profile] ?? '6400'}${video.level.toString(16).padStart(2, '0')}`
  return audio ? `${picture},mp4a.40.2` : picture
}

/** A picture from a little way into the film. A film without one is a film all the same. */
async function makePoster({ path, mimeType, folder, signal }: MakeOptions, durationMs: number): Promise<boolean> {
  const from = String(Math.min(POSTER_AT_MS, durationMs / 10) / 1000)
  const picture = ['-map', '0:V:0', '-frames:v', '1', '-vf', "scale='min(1280,iw)':-2,setsar=1", '-q:v', '4']
  const args = ['-nostdin', '-y', '-v', 'error', '-ss', from, ...readingOf(path, mimeType), ...picture]
  try {
    await run('ffmpeg', [...args, '-update', '1', join(folder, 'poster.jpg')], { signal, timeoutMs: POSTER_MS })
    return (await stat(join(folder, 'poster.jpg'))).size > 0
  } catch {
    signal.throwIfAborted()
    return false
  }
}
