/** One MP4 of many fragments: samples are copied as they are, the tables of them are written at the end. */
import { type FileHandle, open } from 'node:fs/promises'
import { box, fullBox, text, u16, u32, zeros } from '../../sfu/hls/boxes.ts'

export type TrackKind = 'video' | 'audio'
/** Ticks in a second, as the fragments count. */
const TIMESCALES = { video: 90_000, audio: 48_000 } as const
const MOVIE_TIMESCALE = 1000
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
const MDAT_HEADER_BYTES = 16
const TRUN_FLAGS = 0x701
const NOT_KEY = 0x10000

type Track = {
  kind: TrackKind
  entries: Buffer[]
  entryOfInit: Map<string, number>
  width: number
  height: number
  sizes: number[]
  /** Decode times, from the beginning of the film. */
  times: number[]
  lastTicks: number
  keys: number[]
  chunks: { offset: number; samples: number; entry: number }[]
}

/** Written front to back; `close` gives how many bytes it has. */
export class Mp4Writer {
  private readonly file: FileHandle
  private readonly tracks: Track[]
  private readonly start: number
  private at: number

  static async open(path: string): Promise<Mp4Writer> {
    const file = await open(path, 'wx')
    const head = box('ftyp', text('isom'), u32(0x200), text('isomiso2avc1mp41'))
    await file.write(head)
    await file.write(zeros(MDAT_HEADER_BYTES))
    return new Mp4Writer(file, head.length)
  }

  private constructor(file: FileHandle, start: number) {
    this.file = file
    this.start = start
    this.at = start + MDAT_HEADER_BYTES
    this.tracks = (['video', 'audio'] as const).map((kind) => ({
      ...{ kind, entries: [], entryOfInit: new Map(), width: 0, height: 0 },
      ...{ sizes: [], times: [], lastTicks: 0, keys: [], chunks: [] },
    }))
  }

  /** A segment of one track, whose media time `mediaMs` is `positionMs` of the film. */
  async add(kind: TrackKind, init: Init, segment: Buffer, mediaMs: number, positionMs: number): Promise<void> {
    const track = this.tracks.find((each) => each.kind === kind)!
    const shift = Math.round(((positionMs - mediaMs) * TIMESCALES[kind]) / 1000)
    const { samples, pieces } = readFragments(segment)
    if (samples.length === 0) return
    track.chunks.push({ offset: this.at, samples: samples.length, entry: entryIn(track, init) })
    for (const { time, ticks, size, key } of samples) {
      const earliest = track.times.length === 0 ? 0 : track.times.at(-1)! + 1
      track.times.push(Math.max(earliest, time + shift))
      track.sizes.push(size)
      track.lastTicks = ticks
      if (key) track.keys.push(track.sizes.length)
    }
    for (const piece of pieces) {
      await this.file.write(piece)
      this.at += piece.length
    }
  }

  async close(): Promise<number> {
    const movie = moov(this.tracks.filter(({ sizes }) => sizes.length > 0))
    await this.file.write(movie)
    const size = this.at - this.start
    const header = Buffer.concat([u32(1), text('mdat'), u64(size)])
    await this.file.write(header, 0, header.length, this.start)
    await this.file.close()
    return this.at + movie.length
  }

  /** How many sets of parameters the picture goes by. */
  get pictureSets(): number {
    return this.tracks.find(({ kind }) => kind === 'video')!.entries.length
  }

  /** Leaves it as it is. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => {})
  }
}

/** What an init segment says; `id` is another one for another segment. */
export type Init = { id: string; bytes: Buffer; width: number; height: number }

function entryIn(track: Track, { id, bytes, width, height }: Init): number {
  track.width = Math.max(track.width, width)
  track.height = Math.max(track.height, height)
  const known = track.entryOfInit.get(id)
  if (known !== undefined) return known
  const entry = boxAt(bytes, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd').subarray(8)
  const same = track.entries.findIndex((each) => each.equals(entry))
  const place = same >= 0 ? same : track.entries.push(entry) - 1
  track.entryOfInit.set(id, place)
  return place
}

type Sample = { time: number; ticks: number; size: number; key: boolean }

/** The samples of `moof` and `mdat` after each other, as the muxer writes them. */
function readFragments(segment: Buffer): { samples: Sample[]; pieces: Buffer[] } {
  const samples: Sample[] = []
  const pieces: Buffer[] = []
  for (const { type, content } of boxesIn(segment)) {
    if (type === 'mdat') pieces.push(content)
    if (type !== 'moof') continue
    const decodeTime = boxAt(content, 'traf', 'tfdt')
    const run = boxAt(content, 'traf', 'trun')
    if (run.readUInt32BE(0) !== TRUN_FLAGS || decodeTime[0] !== 1) throw new Error('this is no fragment of ours')
    let time = Number(decodeTime.readBigUInt64BE(4))
    for (let index = 0, at = 12; index < run.readUInt32BE(4); index++, at += 12) {
      const [ticks, size, flags] = [run.readUInt32BE(at), run.readUInt32BE(at + 4), run.readUInt32BE(at + 8)]
      samples.push({ time, ticks, size, key: (flags & NOT_KEY) === 0 })
      time += ticks
    }
  }
  return { samples, pieces }
}

function* boxesIn(bytes: Buffer): Generator<{ type: string; content: Buffer }> {
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at)
    if (size < 8 || at + size > bytes.length) throw new Error('a box is not whole')
    yield { type: bytes.toString('latin1', at + 4, at + 8), content: bytes.subarray(at + 8, at + size) }
    at += size
  }
}

function boxAt(bytes: Buffer, ...path: string[]): Buffer {
  let within = bytes
  for (const name of path) {
    const found = [...boxesIn(within)].find(({ type }) => type === name)
    if (!found) throw new Error(`there is no ${name}`)
    within = found.content
  }
  return within
}

const u64 = (value: number) => u32(Math.floor(value / 2 ** 32), value % 2 ** 32)

const secondsOf = ({ kind, times, lastTicks }: Track) => (times.at(-1)! + lastTicks) / TIMESCALES[kind]

function moov(tracks: Track[]): Buffer {
  const duration = Math.round(Math.max(0, ...tracks.map(secondsOf)) * MOVIE_TIMESCALE)
  const header = [u32(0, 0, MOVIE_TIMESCALE, duration, 0x10000), u16(0x100), zeros(10), MATRIX, zeros(24)]
  return box(
    'moov',
    fullBox('mvhd', 0, 0, ...header, u32(tracks.length + 1)),
    ...tracks.map((track, index) => trak(track, index + 1)),
  )
}

function trak(track: Track, id: number): Buffer {
  const video = track.kind === 'video'
  const timescale = TIMESCALES[track.kind]
  const [first] = track.times as [number]
  const seconds = secondsOf(track)
  const inMovie = (ticks: number) => Math.round((ticks * MOVIE_TIMESCALE) / timescale)
  const size = video ? u32(track.width * 2 ** 16, track.height * 2 ** 16) : u32(0, 0)
  const played = Math.round(seconds * MOVIE_TIMESCALE)
  const volume = u16(0, 0, video ? 0 : 0x100, 0)
  // What begins later than the film waits that long.
  const edits =
    inMovie(first) > 0
      ? [
          box(
            'edts',
            fullBox('elst', 0, 0, u32(2, inMovie(first), 0xffffffff, 0x10000, played - inMovie(first), 0, 0x10000)),
          ),
        ]
      : []
  return box(
    'trak',
    fullBox('tkhd', 0, 3, u32(0, 0, id, 0, played), zeros(8), volume, MATRIX, size),
    ...edits,
    box(
      'mdia',
      fullBox('mdhd', 1, 0, zeros(16), u32(timescale), u64(Math.round(seconds * timescale) - first), u16(0x55c4, 0)),
      fullBox('hdlr', 0, 0, u32(0), text(video ? 'vide' : 'soun'), zeros(12), text(video ? 'Video\0' : 'Audio\0')),
      box(
        'minf',
        video ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4)),
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box('stbl', ...tablesOf(track)),
      ),
    ),
  )
}

function tablesOf({ kind, entries, times, lastTicks, sizes, keys, chunks }: Track): Buffer[] {
  const durations = runsOf(
    times.map((time, index) => (index + 1 < times.length ? times[index + 1]! - time : lastTicks)),
  )
  const layout = chunks.flatMap(({ samples, entry }, index) => {
    const before = chunks[index - 1]
    return before?.samples === samples && before.entry === entry ? [] : [[index + 1, samples, entry + 1]]
  })
  return [
    fullBox('stsd', 0, 0, u32(entries.length), ...entries),
    fullBox('stts', 0, 0, u32(durations.length), numbers(durations.flat())),
    ...(kind === 'video' ? [fullBox('stss', 0, 0, u32(keys.length), numbers(keys))] : []),
    fullBox('stsc', 0, 0, u32(layout.length), numbers(layout.flat())),
    fullBox('stsz', 0, 0, u32(0, sizes.length), numbers(sizes)),
    fullBox('co64', 0, 0, u32(chunks.length), ...chunks.map(({ offset }) => u64(offset))),
  ]
}

/** More than a call takes as arguments. */
function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4)
  return bytes
}

/** How often each value stands in a row. */
function runsOf(values: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  for (const value of values) {
    const last = runs.at(-1)
    if (last?.[1] === value) last[0] += 1
    else runs.push([1, value])
  }
  return runs
}
