/** As much of WebSocket's framing (RFC 6455, section 5.2) as it takes to listen: whole frames in, short ones out. */
export const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10] as const

const [OPCODE, LENGTH] = [0x0f, 0x7f]
/** Lengths that say that the length comes in the next two or eight bytes. */
const [IN_TWO, IN_EIGHT] = [126, 127]

export class FrameReader {
  /** Frames with text so far. */
  frames = 0
  private readonly each: (opcode: number, payload: Buffer) => void
  private rest: Buffer | undefined
  private upgraded = false

  /** `payload` is only good until `each` returns. */
  constructor(each: (opcode: number, payload: Buffer) => void) {
    this.each = each
  }

  read(chunk: Buffer): void {
    const bytes = this.rest ? Buffer.concat([this.rest, chunk]) : chunk
    let at = this.upgraded ? 0 : this.skipAnswer(bytes)
    for (let end = this.frameEnd(bytes, at); end !== undefined; end = this.frameEnd(bytes, at)) {
      const opcode = bytes[at]! & OPCODE
      if (opcode === TEXT) this.frames += 1
      this.each(opcode, bytes.subarray(at + headerLength(bytes, at), end))
      at = end
    }
    this.rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : undefined
  }

  /** Past the answer to the upgrade, once it is there. */
  private skipAnswer(bytes: Buffer): number {
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1) return 0
    if (!bytes.subarray(0, 12).equals(SWITCHING)) throw new Error(bytes.subarray(0, end).toString())
    this.upgraded = true
    return end + 4
  }

  /** Where the frame at this place ends; undefined where it is not all there. Servers do not mask. */
  private frameEnd(bytes: Buffer, at: number): number | undefined {
    if (!this.upgraded || at + 2 > bytes.length || at + headerLength(bytes, at) > bytes.length) return undefined
    const end = at + headerLength(bytes, at) + payloadLength(bytes, at)
    return end > bytes.length ? undefined : end
  }
}

const SWITCHING = Buffer.from('HTTP/1.1 101')

const headerLength = (bytes: Buffer, at: number) => {
  const length = bytes[at + 1]! & LENGTH
  return length === IN_TWO ? 4 : length === IN_EIGHT ? 10 : 2
}

const payloadLength = (bytes: Buffer, at: number) => {
  const length = bytes[at + 1]! & LENGTH
  if (length === IN_TWO) return bytes.readUInt16BE(at + 2)
  return length === IN_EIGHT ? Number(bytes.readBigUInt64BE(at + 2)) : length
}

/** A client's frame of fewer than 64 KiB. It must be masked; a mask of zeroes leaves the bytes as they are. */
export function maskedFrame(opcode: number, payload: Buffer): Buffer {
  const [FIN, MASKED] = [0x80, 0x80]
  const length =
    payload.length < IN_TWO
      ? Buffer.of(MASKED | payload.length)
      : Buffer.of(MASKED | IN_TWO, payload.length >> 8, payload.length & 0xff)
  return Buffer.concat([Buffer.of(FIN | opcode), length, Buffer.alloc(4), payload])
}
