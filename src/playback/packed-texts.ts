/** Texts that many ask for at the same moment, as bytes that are made once: plain, and by gzip. */
import { gzipSync } from 'node:zlib'

export type PackedText = { plain: Buffer; gzip: Buffer }

const GZIP = { level: 4 }
const MOST_NAMES = 2000

/** Keeps the latest text of each name. */
export function createPackedTexts() {
  const latest = new Map<string, PackedText & { text: string }>()
  return (name: string, text: string): PackedText => {
    const known = latest.get(name)
    if (known?.text === text) return known
    const plain = Buffer.from(text)
    const packed = { text, plain, gzip: gzipSync(plain, GZIP) }
    if (!known && latest.size >= MOST_NAMES) latest.delete(latest.keys().next().value!)
    latest.set(name, packed)
    return packed
  }
}
