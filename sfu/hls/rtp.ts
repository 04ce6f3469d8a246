/** RTP packets: read, and brought back into order. */

export type RtpPacket = {
  marker: boolean
  sequence: number
  timestamp: number
  payload: Buffer
  arrivalMs: number
}

export const ssrcOf = (packet: Buffer) => packet.readUInt32BE(8)

/** Undefined for what is no RTP. The payload is a view of the same bytes. */
export function parseRtp(packet: Buffer, arrivalMs: number): RtpPacket | undefined {
  if (packet.length < 12 || packet[0]! >> 6 !== 2) return
  let start = 12 + (packet[0]! & 0x0f) * 4
  if (packet[0]! & 0x10) {
    if (packet.length < start + 4) return
    start += 4 + packet.readUInt16BE(start + 2) * 4
  }
  const end = packet.length - (packet[0]! & 0x20 ? packet[packet.length - 1]! : 0)
  if (start > end) return
  return {
    marker: (packet[1]! & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    payload: packet.subarray(start, end),
    arrivalMs,
  }
}

/** The number nearest to `last` that ends in these 16 or 32 bits. */
export function unwrap(value: number, last: number, bits: 16 | 32): number {
  const shift = 32 - bits
  const distance = ((value - last) << shift) >> shift
  return last + distance
}

const MOST_WAITING = 512
/** A jump this far is another sequence, not a loss. */
const NEW_SEQUENCE = 3000

/** Delivers the packets of one stream in order. One that is missing is waited for, since the sender is asked for it again. */
export class Reorder {
  lost = 0
  late = 0
  reordered = 0
  private readonly deliver: (packet: RtpPacket) => void
  private readonly skipped: (count: number) => void
  private readonly patienceMs: number
  private readonly waiting = new Map<number, RtpPacket>()
  private next: number | undefined
  private waitingSince = 0

  constructor(deliver: (packet: RtpPacket) => void, skipped: (count: number) => void, patienceMs: number) {
    this.deliver = deliver
    this.skipped = skipped
    this.patienceMs = patienceMs
  }

  push(packet: RtpPacket): void {
    this.next ??= packet.sequence
    const sequence = unwrap(packet.sequence, this.next, 16)
    const ahead = sequence - this.next
    if (Math.abs(ahead) > NEW_SEQUENCE) {
      this.startAnew(packet)
      return
    }
    if (ahead < 0) {
      this.late += 1
      return
    }
    if (ahead === 0 && this.waiting.size === 0) {
      this.next = sequence + 1
      this.deliver(packet)
      return
    }
    if (ahead === 0) this.reordered += 1
    else if (this.waiting.size === 0) this.waitingSince = packet.arrivalMs
    this.waiting.set(sequence, packet)
    this.drain(packet.arrivalMs)
  }

  /** Gives up on what has been waited for too long. */
  drain(nowMs: number): void {
    while (this.waiting.size > 0) {
      const packet = this.waiting.get(this.next!)
      if (packet) {
        this.waiting.delete(this.next!)
        this.next! += 1
        this.waitingSince = nowMs
        this.deliver(packet)
        continue
      }
      if (nowMs - this.waitingSince < this.patienceMs && this.waiting.size < MOST_WAITING) return
      const found = Math.min(...this.waiting.keys())
      const count = found - this.next!
      this.next = found
      this.lost += count
      this.skipped(count)
    }
  }

  private startAnew(packet: RtpPacket): void {
    this.waiting.clear()
    this.next = packet.sequence + 1
    this.skipped(0)
    this.deliver(packet)
  }
}
