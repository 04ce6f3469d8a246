/** VP8 out of RTP (RFC 7741): packets become pictures. */
import type { RtpPacket } from './rtp.ts'

export type Vp8Picture = {
  timestamp: number
  arrivalMs: number
  key: boolean
  /** Of a key picture; zero for others. */
  width: number
  height: number
  bytes: Buffer
}

/** Nobody's camera sends more: what does is not decoded. */
const MOST_PIXELS = 1920 * 1088
/** A picture that goes on and on is none. */
const MOST_PICTURE_BYTES = 2 * 1024 * 1024
const KEY_HEADER_BYTES = 10

export class Vp8Depacketizer {
  private readonly deliver: (picture: Vp8Picture) => void
  /** Called for a picture of which something is missing. */
  private readonly broke: () => void
  private pieces: Buffer[] = []
  private sizeBytes = 0
  private timestamp: number | undefined
  private broken = false

  constructor(deliver: (picture: Vp8Picture) => void, broke: () => void) {
    this.deliver = deliver
    this.broke = broke
  }

  /** Packets are missing before the next one. */
  lost(): void {
    this.begin(undefined)
    this.broke()
  }

  push({ payload, timestamp, marker, arrivalMs }: RtpPacket): void {
    const at = descriptorLength(payload)
    if (at === undefined) return
    const begins = (payload[0]! & 0x17) === 0x10
    if (timestamp !== this.timestamp) {
      if (this.pieces.length > 0) this.broke()
      this.begin(timestamp)
      this.broken = !begins
      if (this.broken) this.broke()
    }
    this.sizeBytes += payload.length - at
    if (this.sizeBytes > MOST_PICTURE_BYTES) this.broken = true
    if (!this.broken) this.pieces.push(payload.subarray(at))
    if (marker) this.finish(timestamp, arrivalMs)
  }

  private begin(timestamp: number | undefined): void {
    this.timestamp = timestamp
    this.pieces = []
    this.sizeBytes = 0
    this.broken = false
  }

  private finish(timestamp: number, arrivalMs: number): void {
    const { pieces, broken } = this
    this.begin(undefined)
    if (broken || pieces.length === 0) return
    const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
    const key = (bytes[0]! & 1) === 0
    const { width, height } = key ? sizeOf(bytes) : { width: 0, height: 0 }
    if (key && (width === 0 || height === 0 || width * height > MOST_PIXELS)) this.broke()
    else this.deliver({ timestamp, arrivalMs, key, width, height, bytes })
  }
}

/** Where the picture's own bytes begin; undefined where there are none. */
function descriptorLength(payload: Buffer): number | undefined {
  let length = 1
  if (payload.length > 1 && payload[0]! & 0x80) {
    const extensions = payload[1]!
    length += 1
    if (extensions & 0x80) length += (payload[length] ?? 0) & 0x80 ? 2 : 1
    if (extensions & 0x40) length += 1
    if (extensions & 0x30) length += 1
  }
  return payload.length > length ? length : undefined
}

/** Zero where the header is none of a key picture. */
function sizeOf(bytes: Buffer): { width: number; height: number } {
  if (bytes.length < KEY_HEADER_BYTES || bytes.readUIntBE(3, 3) !== 0x9d012a) return { width: 0, height: 0 }
  return { width: bytes.readUInt16LE(6) & 0x3fff, height: bytes.readUInt16LE(8) & 0x3fff }
}
