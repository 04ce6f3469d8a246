/** Bits of H.264: exponential Golomb codes, and the bytes that keep start codes out of the payload. */

export class BitReader {
  /** In bits. */
  position = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** Throws past the end. */
  bits(count: number): number {
    if (this.position + count > this.bytes.length * 8) throw new RangeError('the bits end here')
    let value = 0
    for (let index = 0; index < count; index++) {
      value = value * 2 + ((this.bytes[this.position >> 3]! >> (7 - (this.position & 7))) & 1)
      this.position += 1
    }
    return value
  }

  flag(): boolean {
    return this.bits(1) === 1
  }

  unsigned(): number {
    let zeros = 0
    while (this.bits(1) === 0) if (++zeros > 31) throw new RangeError('no exponential Golomb code')
    return 2 ** zeros - 1 + this.bits(zeros)
  }

  signed(): number {
    const code = this.unsigned()
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2
  }
}

export class BitWriter {
  private readonly all: number[] = []

  bits(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit--) this.all.push(Math.floor(value / 2 ** bit) % 2)
    return this
  }

  flag(value: boolean): this {
    return this.bits(value ? 1 : 0, 1)
  }

  unsigned(value: number): this {
    const length = Math.floor(Math.log2(value + 1))
    return this.bits(0, length).bits(value + 1, length + 1)
  }

  signed(value: number): this {
    return this.unsigned(value > 0 ? value * 2 - 1 : -value * 2)
  }

  /** Ends the payload as slices and parameter sets do. */
  end(): Buffer {
    this.bits(1, 1)
    while (this.all.length % 8 !== 0) this.all.push(0)
    const bytes = Buffer.alloc(this.all.length / 8)
    this.all.forEach((bit, index) => {
      bytes[index >> 3]! |= bit << (7 - (index & 7))
    })
    return bytes
  }
}

/** Takes the emulation prevention bytes out. */
export function unescaped(nal: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(nal.length)
  let [length, zeros] = [0, 0]
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0
      continue
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

/** Puts them in. */
export function escaped(payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(Math.ceil(payload.length * 1.5) + 1)
  let [length, zeros] = [0, 0]
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) {
      bytes[length++] = 3
      zeros = 0
    }
    zeros = byte === 0 ? zeros + 1 : 0
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}
