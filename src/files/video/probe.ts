/** What is in a film, as ffprobe finds it; and which films are taken. */

import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { VideoFailure } from '../schema.ts'
import { type Bounds, ProgramFailed, run } from './program.ts'

const PROBE_MS = 60_000
const MAX_HOURS = 12
const MAX_SIDE = 8192
const MAX_STREAMS = 64
const MAX_ANSWER = 4 * 1024 * 1024

/** The film cannot be made into what browsers play, and trying again would not help. */
export class VideoRefused extends Error {
  readonly failure: VideoFailure

  constructor(failure: VideoFailure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'VideoRefused'
    this.failure = failure
  }
}

/** Sizes are of the picture as it is to be seen: turned, and with square pixels. */
export type Film = {
  /** Null where the film does not say it. */
  durationMs: number | null
  width: number
  height: number
  video: {
    codec: string
    profile: string
    pixelFormat: string
    level: number
    framesPerSecond: number
    /** The picture is stored as it is to be seen: not turned, not squeezed, not interlaced. */
    plain: boolean
    interlaced: boolean
    bitsPerSecond: number | null
  }
  audio: { codec: string; profile: string; channels: number; samplesPerSecond: number } | null
}

const Text = Type.Optional(Type.String())
const Count = Type.Optional(Type.Number())
const StreamSchema = Type.Object({
  codec_type: Text,
  codec_name: Text,
  profile: Text,
  pix_fmt: Text,
  level: Count,
  width: Count,
  height: Count,
  field_order: Text,
  sample_aspect_ratio: Text,
  avg_frame_rate: Text,
  r_frame_rate: Text,
  bit_rate: Text,
  channels: Count,
  sample_rate: Text,
  disposition: Type.Optional(Type.Object({ attached_pic: Count })),
  side_data_list: Type.Optional(Type.Array(Type.Object({ rotation: Count }))),
})
type Stream = Type.Static<typeof StreamSchema>
const check = Compile(
  Type.Object({
    streams: Type.Optional(Type.Array(StreamSchema)),
    format: Type.Optional(Type.Object({ duration: Text, bit_rate: Text })),
  }),
)

/** Read by this reader and no other: some formats are lists of addresses that a reader would follow. */
const readers: Record<string, string> = {
  'video/mp4': 'mov',
  'video/quicktime': 'mov',
  'video/matroska': 'matroska',
  'video/webm': 'matroska',
  'video/mp2t': 'mpegts',
}

/** What makes either program read this file, and nothing that the file may name. */
export const readingOf = (path: string, mimeType: string): string[] => {
  const reader = readers[mimeType]
  if (!reader) throw new VideoRefused('not_a_video', `films of type ${mimeType} are not taken`)
  return ['-protocol_whitelist', 'file', '-f', reader, '-i', `file:${path}`]
}

/** Throws `VideoRefused` for what is no film, or none that is taken. */
export async function probe(path: string, mimeType: string, signal: AbortSignal): Promise<Film> {
  const { streams = [], format = {} } = await ask(path, mimeType, { signal, timeoutMs: PROBE_MS })
  if (streams.length > MAX_STREAMS) throw new VideoRefused('unsupported', `${streams.length} tracks`)
  const video = streams.find(({ codec_type, disposition }) => codec_type === 'video' && !disposition?.attached_pic)
  if (!video) throw new VideoRefused('no_video_track', 'there is no picture in it')
  const { codec_name: codec = 'none', width = 0, height = 0 } = video
  if (['none', 'unknown'].includes(codec) || width < 2 || height < 2 || Math.max(width, height) > MAX_SIDE)
    throw new VideoRefused('unsupported', `${codec}, ${width} × ${height}`)
  const seconds = Number(format.duration)
  const durationMs = seconds > 0 ? Math.round(seconds * 1000) : null
  if (durationMs !== null && durationMs > MAX_HOURS * 3_600_000)
    throw new VideoRefused('too_long', `longer than ${MAX_HOURS} hours`)
  const audio = streams.find(({ codec_type }) => codec_type === 'audio')
  const bits = Number(video.bit_rate ?? format.bit_rate)
  return { durationMs, ...pictureOf(video, codec, bits > 0 ? bits : null), audio: audio ? soundOf(audio) : null }
}

async function ask(path: string, mimeType: string, bounds: Bounds) {
  let text = ''
  const args = ['-v', 'error', ...readingOf(path, mimeType), '-print_format', 'json', '-show_format', '-show_streams']
  try {
    await run('ffprobe', args, bounds, (line) => {
      if (text.length < MAX_ANSWER) text += line
    })
    const found: unknown = JSON.parse(text)
    if (check.Check(found)) return found
  } catch (error) {
    if (!(error instanceof ProgramFailed || error instanceof SyntaxError)) throw error
    throw new VideoRefused('not_a_video', 'it cannot be read', { cause: error })
  }
  throw new VideoRefused('not_a_video', 'it cannot be understood')
}

function pictureOf(
  stream: Stream,
  codec: string,
  bitsPerSecond: number | null,
): Pick<Film, 'width' | 'height' | 'video'> {
  const turned = Math.abs(stream.side_data_list?.find(({ rotation }) => rotation)?.rotation ?? 0)
  const [wide = 1, high = 1] = (stream.sample_aspect_ratio ?? '1:1').split(':').map(Number)
  const squeezed = wide > 0 && high > 0 ? wide / high : 1
  const interlaced = !['progressive', 'unknown', undefined].includes(stream.field_order)
  const [width, height] = [Math.round(stream.width! * squeezed), stream.height!]
  const sideways = turned % 180 === 90
  return {
    width: sideways ? height : width,
    height: sideways ? width : height,
    video: {
      codec,
      profile: stream.profile ?? '',
      pixelFormat: stream.pix_fmt ?? '',
      level: stream.level ?? 0,
      framesPerSecond: fraction(stream.avg_frame_rate) || fraction(stream.r_frame_rate) || 25,
      plain: turned === 0 && squeezed === 1 && !interlaced,
      interlaced,
      bitsPerSecond,
    },
  }
}

const soundOf = ({ codec_name = 'none', profile = '', channels = 0, sample_rate = '0' }: Stream) => ({
  codec: codec_name,
  profile,
  channels,
  samplesPerSecond: Number(sample_rate),
})

function fraction(text = '0/0'): number {
  const [over = 0, under = 1] = text.split('/').map(Number)
  return under > 0 ? over / under : 0
}
