/** How large a picture is, by what its first bytes say: PNG, GIF, WebP, JPEG. */
import { open } from 'node:fs/promises'

/** Before its size a JPEG may tell much about itself. */
const HEAD_BYTES = 512 * 1024

export type PictureSize = { width: number; height: number }

/** In pixels; undefined where the file does not tell. */
export async function pictureSizeOf(path: string): Promise<PictureSize | undefined> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    return sizeIn(buffer.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

export function sizeIn(head: Buffer): PictureSize | undefined {
  const signature = head.toString('latin1', 0, 16)
  const read = readers.find(([beginning, at]) => signature.startsWith(beginning, at))?.[2]
  try {
    const size = read?.(head)
    return size && size.width > 0 && size.height > 0 ? size : undefined
  } catch (error) {
    // It ends before it has told.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** What a kind of picture has in which place, and how its size is read. */
const readers: [string, number, (head: Buffer) => PictureSize | undefined][] = [
  ['\x89PNG\r\n\x1a\n', 0, (head) => ({ width: head.readUInt32BE(16), height: head.readUInt32BE(20) })],
  ['GIF8', 0, (head) => ({ width: head.readUInt16LE(6), height: head.readUInt16LE(8) })],
  ['WEBPVP8 ', 8, (head) => ({ width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff })],
  ['WEBPVP8L', 8, losslessWebp],
  ['WEBPVP8X', 8, (head) => ({ width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 })],
  ['\xff\xd8\xff', 0, jpeg],
]

/** Two numbers of 14 bits, each one less than what it means. */
function losslessWebp(head: Buffer): PictureSize {
  const bits = head.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** The size stands in the header of the frame (ITU-T T.81, B.2.2), behind segments that are skipped. */
function jpeg(head: Buffer): PictureSize | undefined {
  for (let place = 2; ; ) {
    const marker = head.readUInt16BE(place)
    if (marker < 0xffc0) return
    if (isFrameHeader(marker)) return { height: head.readUInt16BE(place + 5), width: head.readUInt16BE(place + 7) }
    place += 2 + Math.max(head.readUInt16BE(place + 2), 2)
  }
}

/** SOF0 to SOF15, among which three stand for tables. */
const isFrameHeader = (marker: number) =>
  marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc
