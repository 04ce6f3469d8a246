/** H.264 out of RTP (RFC 6184): packets become access units. */
import type { RtpPacket } from './rtp.ts'

/** One NAL unit in the pieces it came in. */
export type Nal = Buffer[]
export const nalTypeOf = (nal: Nal) => nal[0]![0]! & 0x1f

export const NalType = { slice: 1, idr: 5, sps: 7, pps: 8 } as const
const STAP_A = 24
const FU_A = 28

/** A picture that goes on and on is none. */
const MOST_UNIT_BYTES = 4 * 1024 * 1024

export type AccessUnit = { timestamp: number; arrivalMs: number; nals: Nal[]; key: boolean }

export class H264Depacketizer {
  private readonly deliver: (unit: AccessUnit) => void
  /** Called for a picture of which something is missing. */
  private readonly broke: () => void
  private unit: AccessUnit | undefined
  private fragments: Nal | undefined
  private sizeBytes = 0
  private broken = false
  private afterLoss = false

  constructor(deliver: (unit: AccessUnit) => void, broke: () => void) {
    this.deliver = deliver
    this.broke = broke
  }

  /** Packets are missing before the next one. */
  lost(): void {
    this.unit = undefined
    this.fragments = undefined
    this.afterLoss = true
    this.broke()
  }

  push({ payload, timestamp, marker, arrivalMs }: RtpPacket): void {
    if (payload.length === 0) return
    if (this.unit && this.unit.timestamp !== timestamp) this.finish()
    this.unit ??= { timestamp, arrivalMs, nals: [], key: false }
    this.unit.arrivalMs = arrivalMs
    this.sizeBytes += payload.length
    if (this.sizeBytes > MOST_UNIT_BYTES) this.giveUp()
    if (this.afterLoss) this.broken = !beginsPicture(payload)
    this.afterLoss = false
    if (!this.broken) this.take(payload)
    if (marker) this.finish()
  }

  /** What came of this picture is forgotten, and so is what still comes. */
  private giveUp(): void {
    this.unit!.nals = []
    this.fragments = undefined
    this.broken = true
  }

  private take(payload: Buffer): void {
    const type = payload[0]! & 0x1f
    if (type === FU_A) this.fragment(payload)
    else if (type === STAP_A) this.aggregate(payload)
    else if (type > 0 && type < STAP_A) this.add([payload])
    else this.broken = true
  }

  private aggregate(payload: Buffer): void {
    let offset = 1
    while (offset + 2 < payload.length) {
      const length = payload.readUInt16BE(offset)
      const nal = payload.subarray(offset + 2, offset + 2 + length)
      if (length === 0 || nal.length < length) {
        this.broken = true
        return
      }
      this.add([nal])
      offset += 2 + length
    }
  }

  /** The byte before a fragment's data is made the NAL's own header, so that the first piece needs no copy. */
  private fragment(payload: Buffer): void {
    if (payload.length < 3) {
      this.broken = true
      return
    }
    const header = payload[1]!
    if (header & 0x80) {
      payload[1] = (payload[0]! & 0xe0) | (header & 0x1f)
      this.fragments = [payload.subarray(1)]
    } else if (this.fragments) this.fragments.push(payload.subarray(2))
    else this.broken = true
    if (!(header & 0x40) || !this.fragments) return
    this.add(this.fragments)
    this.fragments = undefined
  }

  private add(nal: Nal): void {
    this.unit!.nals.push(nal)
    if (nalTypeOf(nal) === NalType.idr) this.unit!.key = true
  }

  private finish(): void {
    const { unit } = this
    const whole = !this.broken && !this.fragments
    this.unit = undefined
    this.fragments = undefined
    this.broken = false
    this.sizeBytes = 0
    if (!unit || (whole && unit.nals.length === 0)) return
    if (whole) this.deliver(unit)
    else this.broke()
  }
}

/** False for a slice or a fragment that cannot be the first of its picture. */
function beginsPicture(payload: Buffer): boolean {
  const type = payload[0]! & 0x1f
  const fragment = type === FU_A
  const nalType = fragment ? payload[1]! & 0x1f : type
  const isSlice = nalType === NalType.slice || nalType === NalType.idr
  // `first_mb_in_slice` is zero where its first bit is set.
  const first = payload[fragment ? 2 : 1]! & 0x80
  return (!fragment || (payload[1]! & 0x80) !== 0) && (!isSlice || first !== 0)
}
