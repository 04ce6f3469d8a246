/** H.264 out of FLV, as ffmpeg writes it into a pipe: pictures with their times. */
import type { Nal } from './h264.ts'

const FILE_HEADER_BYTES = 13
const TAG_HEADER_BYTES = 11
const SIZE_AFTER_BYTES = 4
const VIDEO = 9
/** What kind of picture it is, and how, before its bytes. */
const PICTURE_HEADER_BYTES = 5
const AVC = 7
const KEY = 1
const PARAMETER_SETS = 0
const NAL_LENGTH_BYTES = 4

export type FlvPicture = { ms: number; key: boolean; nals: Nal[] }

export class FlvReader {
  private readonly deliver: (picture: FlvPicture) => void
  private rest: Buffer = Buffer.alloc(0)
  private begun = false
  private sets: Nal[] = []

  /** `deliver` gets every picture, with the parameter sets in front of key frames. */
  constructor(deliver: (picture: FlvPicture) => void) {
    this.deliver = deliver
  }

  push(bytes: Buffer): void {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes])
    if (!this.begun) {
      if (this.rest.length < FILE_HEADER_BYTES) return
      this.rest = this.rest.subarray(FILE_HEADER_BYTES)
      this.begun = true
    }
    for (;;) {
      const { rest } = this
      if (rest.length < TAG_HEADER_BYTES) return
      const end = TAG_HEADER_BYTES + rest.readUIntBE(1, 3)
      if (rest.length < end + SIZE_AFTER_BYTES) return
      const ms = rest.readUIntBE(4, 3) + rest[7]! * 2 ** 24
      if (rest[0] === VIDEO) this.take(ms, rest.subarray(TAG_HEADER_BYTES, end))
      this.rest = rest.subarray(end + SIZE_AFTER_BYTES)
    }
  }

  private take(ms: number, data: Buffer): void {
    if (data.length <= PICTURE_HEADER_BYTES || (data[0]! & 0x0f) !== AVC) return
    const body = data.subarray(PICTURE_HEADER_BYTES)
    if (data[1] === PARAMETER_SETS) {
      this.sets = setsOf(body)
      return
    }
    const key = data[0]! >> 4 === KEY
    const nals = nalsOf(body)
    this.deliver({ ms, key, nals: key ? [...this.sets, ...nals] : nals })
  }
}

/** Of an AVCDecoderConfigurationRecord. */
function setsOf(record: Buffer): Nal[] {
  const sets: Nal[] = []
  let at = 5
  for (const mask of [0x1f, 0xff]) {
    const count = record[at++]! & mask
    for (let index = 0; index < count; index++) {
      const length = record.readUInt16BE(at)
      sets.push([record.subarray(at + 2, at + 2 + length)])
      at += 2 + length
    }
  }
  return sets
}

function nalsOf(body: Buffer): Nal[] {
  const nals: Nal[] = []
  for (let at = 0; at + NAL_LENGTH_BYTES < body.length; ) {
    const end = at + NAL_LENGTH_BYTES + body.readUInt32BE(at)
    nals.push([body.subarray(at + NAL_LENGTH_BYTES, end)])
    at = end
  }
  return nals
}
