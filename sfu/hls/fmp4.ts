/** CMAF: init segments of one track, and fragments of its samples. */
import { box, fullBox, text, u8, u16, u32, zeros } from './boxes.ts'
import type { Nal } from './h264.ts'

export const VIDEO_TIMESCALE = 90_000
export const AUDIO_TIMESCALE = 48_000

export type VideoTrack = { kind: 'h264'; sps: Buffer; pps: readonly Buffer[]; width: number; height: number }
export type AudioTrack = { kind: 'opus' } | { kind: 'aac'; config: Buffer }
export type Track = VideoTrack | AudioTrack

/** A picture in NAL units, or a packet of sound as the only piece of the only unit. */
export type Sample = { ticks: number; key: boolean; units: readonly Nal[] }

const TRACK_ID = 1
const CHANNELS = 2
const KEY_SAMPLE = 0x02000000
const OTHER_SAMPLE = 0x01010000
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
const NEW_TRACK_FLAGS = 7
const DATA_OFFSET_DURATION_SIZE_FLAGS = 0x701
const DEFAULT_BASE_IS_MOOF = 0x020000

export function initSegment(track: Track): Buffer {
  const video = track.kind === 'h264'
  const timescale = video ? VIDEO_TIMESCALE : AUDIO_TIMESCALE
  const size = video ? u32(track.width * 2 ** 16, track.height * 2 ** 16) : u32(0, 0)
  return Buffer.concat([
    box('ftyp', text('iso6'), u32(0), text('iso6cmfcmp41')),
    box(
      'moov',
      fullBox('mvhd', 0, 0, u32(0, 0, timescale, 0, 0x10000), u16(0x100), zeros(10), MATRIX, zeros(24), u32(2)),
      box(
        'trak',
        fullBox(
          'tkhd',
          0,
          NEW_TRACK_FLAGS,
          u32(0, 0, TRACK_ID, 0, 0),
          zeros(8),
          u16(0, 0, video ? 0 : 0x100, 0),
          MATRIX,
          size,
        ),
        box(
          'mdia',
          // 0x55c4: the language is not said.
          fullBox('mdhd', 0, 0, u32(0, 0, timescale, 0), u16(0x55c4, 0)),
          fullBox('hdlr', 0, 0, u32(0), text(video ? 'vide' : 'soun'), zeros(12), text(video ? 'Video\0' : 'Audio\0')),
          mediaInformation(track),
        ),
      ),
      box('mvex', fullBox('trex', 0, 0, u32(TRACK_ID, 1, 0, 0, 0))),
    ),
  ])
}

const mediaInformation = (track: Track) =>
  box(
    'minf',
    track.kind === 'h264' ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4)),
    box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
    box(
      'stbl',
      fullBox('stsd', 0, 0, u32(1), track.kind === 'h264' ? videoEntry(track) : audioEntry(track)),
      fullBox('stts', 0, 0, u32(0)),
      fullBox('stsc', 0, 0, u32(0)),
      fullBox('stsz', 0, 0, u32(0, 0)),
      fullBox('stco', 0, 0, u32(0)),
    ),
  )

function videoEntry({ sps, pps, width, height }: VideoTrack): Buffer {
  const [, profile, constraints, level] = sps as unknown as [number, number, number, number]
  const withLength = (nal: Buffer) => Buffer.concat([u16(nal.length), nal])
  // 4:2:0 in eight bits, which WebRTC always is.
  const chroma = profile >= 100 ? u8(0xfd, 0xf8, 0xf8, 0) : zeros(0)
  const config = [
    u8(1, profile, constraints, level, 0xff, 0xe1),
    withLength(sps),
    u8(pps.length),
    ...pps.map(withLength),
    chroma,
  ]
  const resolution = u32(0x480000, 0x480000)
  return box(
    'avc1',
    ...[zeros(6), u16(1), zeros(16), u16(width, height), resolution, u32(0), u16(1), zeros(32), u16(24, 0xffff)],
    box('avcC', ...config),
  )
}

function audioEntry(track: AudioTrack): Buffer {
  const description =
    track.kind === 'opus'
      ? box('dOps', u8(0, CHANNELS), u16(0), u32(AUDIO_TIMESCALE), u16(0), u8(0))
      : elementaryStream(track.config)
  return box(
    track.kind === 'opus' ? 'Opus' : 'mp4a',
    ...[zeros(6), u16(1), zeros(8), u16(CHANNELS, 16), u32(0), u16(AUDIO_TIMESCALE, 0), description],
  )
}

/** The descriptors of MPEG-4 AAC around its configuration. */
function elementaryStream(config: Buffer): Buffer {
  const descriptor = (tag: number, ...content: Buffer[]) => {
    const bytes = Buffer.concat(content)
    return Buffer.concat([u8(tag, 0x80, 0x80, 0x80, bytes.length), bytes])
  }
  const decoder = descriptor(4, u8(0x40, 0x15, 0, 0, 0), u32(128_000, 128_000), descriptor(5, config))
  return fullBox('esds', 0, 0, descriptor(3, u16(TRACK_ID), u8(0), decoder, descriptor(6, u8(2))))
}

/** A fragment in one allocation: every byte of the samples is copied once. `prefixed`: units stand after their lengths. */
export function fragment(sequence: number, decodeTime: number, samples: readonly Sample[], prefixed: boolean): Buffer {
  const sizes = samples.map(({ units }) => sizeOf(units, prefixed))
  const data = sizes.reduce((sum, size) => sum + size, 0)
  const trun = 20 + samples.length * 12
  const traf = 8 + 16 + 20 + trun
  const moof = 8 + 16 + traf
  const bytes = Buffer.allocUnsafe(moof + 8 + data)
  let at = 0
  const number = (...values: number[]) => {
    for (const value of values) at = bytes.writeUInt32BE(value, at)
  }
  const begin = (size: number, type: string) => {
    number(size)
    at += bytes.write(type, at, 'latin1')
  }
  begin(moof, 'moof')
  begin(16, 'mfhd')
  number(0, sequence)
  begin(traf, 'traf')
  begin(16, 'tfhd')
  number(DEFAULT_BASE_IS_MOOF, TRACK_ID)
  begin(20, 'tfdt')
  number(0x01000000, Math.floor(decodeTime / 2 ** 32), decodeTime % 2 ** 32)
  begin(trun, 'trun')
  number(DATA_OFFSET_DURATION_SIZE_FLAGS, samples.length, moof + 8)
  samples.forEach(({ ticks, key }, index) => {
    number(ticks, sizes[index]!, key ? KEY_SAMPLE : OTHER_SAMPLE)
  })
  begin(8 + data, 'mdat')
  for (const { units } of samples)
    for (const unit of units) {
      if (prefixed) number(lengthOf(unit))
      for (const piece of unit) at += piece.copy(bytes, at)
    }
  return bytes
}

function sizeOf(units: readonly Nal[], prefixed: boolean): number {
  let size = prefixed ? units.length * 4 : 0
  for (const unit of units) size += lengthOf(unit)
  return size
}

function lengthOf(unit: Nal): number {
  let length = 0
  for (const piece of unit) length += piece.length
  return length
}
