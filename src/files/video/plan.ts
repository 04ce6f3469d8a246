/** How a film becomes what browsers play: copied where it already is, encoded anew otherwise. */
import type { Film } from './probe.ts'

export const SEGMENT_SECONDS = 6

/** What every browser plays from HLS without more ado. */
const PLAYABLE_PROFILES = ['Baseline', 'Constrained Baseline', 'Main', 'High']
const LONG_SIDE = 1920
const SHORT_SIDE = 1080
const LOW_SHORT_SIDE = 480
/** From this short side on there is a second, smaller picture for slow networks. */
const LARGE_SHORT_SIDE = 720
const COPIED_BITS_PER_SECOND = 8_000_000
const FRAMES_PER_SECOND = 60

export type Rendition = { name: 'main' | 'low'; width: number; height: number; bitsPerSecond: number }
export type Plan = { copyVideo: boolean; copyAudio: boolean; renditions: Rendition[] }

export function planOf(film: Film, encodeAnyway = false): Plan {
  const copyVideo = !encodeAnyway && isPlayable(film)
  const { audio } = film
  const copyAudio =
    audio?.codec === 'aac' && audio.profile === 'LC' && audio.channels <= 2 && audio.samplesPerSecond <= 48_000
  if (copyVideo) return { copyVideo, copyAudio, renditions: [rendition('main', film.width, film.height)] }
  const main = fit(film, LONG_SIDE, SHORT_SIDE)
  const renditions = [rendition('main', main.width, main.height)]
  if (Math.min(main.width, main.height) >= LARGE_SHORT_SIDE) {
    const low = fit(film, LONG_SIDE, LOW_SHORT_SIDE)
    renditions.push(rendition('low', low.width, low.height))
  }
  return { copyVideo, copyAudio, renditions }
}

function isPlayable({ width, height, video }: Film): boolean {
  return (
    video.codec === 'h264' &&
    PLAYABLE_PROFILES.includes(video.profile) &&
    ['yuv420p', 'yuvj420p'].includes(video.pixelFormat) &&
    video.plain &&
    video.framesPerSecond <= FRAMES_PER_SECOND + 1 &&
    (video.bitsPerSecond ?? 0) <= COPIED_BITS_PER_SECOND &&
    Math.max(width, height) <= LONG_SIDE &&
    Math.min(width, height) <= SHORT_SIDE
  )
}

function fit({ width, height }: Film, long: number, short: number) {
  const scale = Math.min(1, long / Math.max(width, height), short / Math.min(width, height))
  const even = (side: number) => Math.max(2, 2 * Math.round((side * scale) / 2))
  return { width: even(width), height: even(height) }
}

function rendition(name: Rendition['name'], width: number, height: number): Rendition {
  const short = Math.min(width, height)
  const bitsPerSecond = short > 800 ? 5_000_000 : short > 600 ? 2_800_000 : short > 400 ? 1_200_000 : 800_000
  return { name, width, height, bitsPerSecond }
}

/** Everything that ffmpeg is told between the film and the folders it writes to. */
export function encodingOf(plan: Plan, film: Film, folder: string, threads: number): string[] {
  return [
    ...(plan.copyVideo ? [] : pictures(plan, film)),
    ...plan.renditions.flatMap((each) => ['-threads', String(threads), ...output(plan, each, folder)]),
  ]
}

/** Decoded once, then scaled for each rendition. */
function pictures({ renditions }: Plan, { video }: Film): string[] {
  const first = video.interlaced ? 'yadif,' : ''
  const split = renditions.map(({ name }) => `[${name}0]`).join('')
  const scaled = renditions.map(
    ({ name, width, height }) => `[${name}0]scale=${width}:${height}:flags=bicubic,setsar=1,format=yuv420p[${name}]`,
  )
  return ['-filter_complex', [`[0:V:0]${first}split=${renditions.length}${split}`, ...scaled].join(';')]
}

function output({ copyVideo, copyAudio }: Plan, { name, bitsPerSecond }: Rendition, folder: string): string[] {
  const x264 = ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-crf', '23']
  const rate = [
    '-maxrate',
    String(bitsPerSecond),
    '-bufsize',
    String(bitsPerSecond * 2),
    '-fpsmax',
    String(FRAMES_PER_SECOND),
  ]
  const keyFrames = ['-force_key_frames', `expr:gte(t,n_forced*${SEGMENT_SECONDS})`]
  return [
    ...[
      '-map',
      copyVideo ? '0:V:0' : `[${name}]`,
      '-map',
      '0:a:0?',
      '-sn',
      '-dn',
      '-map_metadata',
      '-1',
      '-map_chapters',
      '-1',
    ],
    ...(copyVideo ? ['-c:v', 'copy'] : [...x264, ...rate, ...keyFrames]),
    ...(copyAudio ? ['-c:a', 'copy'] : ['-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000']),
    ...['-f', 'hls', '-hls_time', String(SEGMENT_SECONDS), '-hls_playlist_type', 'vod', '-hls_list_size', '0'],
    ...[
      '-hls_segment_type',
      'mpegts',
      '-hls_segment_filename',
      `${folder}/${name}/%05d.ts`,
      `${folder}/${name}/index.m3u8`,
    ],
  ]
}
