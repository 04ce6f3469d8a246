/** Small files of every kind, made of nothing. */
import { deflateRawSync, deflateSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { chinesePdf as chinesePages, pdfOf } from '../../src/demo/pdf.ts'

const ascii = (text: string) => Buffer.from(text, 'latin1')

/** A picture of so many bytes at least: what pads it stands in a comment of its own. */
export function png(padding = 0): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([ascii(type), data])
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    size.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([size, body, sum])
  }
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
  const comment = padding > 0 ? [chunk('tEXt', Buffer.concat([ascii('Comment\0'), Buffer.alloc(padding, 'x')]))] : []
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...comment,
    chunk('IDAT', deflateSync(Buffer.from([0, 200, 90, 20]))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc32(bytes: Buffer): number {
  let sum = ~0
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

/** One page with these words on it. */
export function pdf(words = 'Jiangtang'): Buffer {
  const content = `BT /F1 24 Tf 72 700 Td (${words}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  return pdfOf(objects)
}

/** So many pages, each with its number and these Chinese words, in a font that is not in the file: readers bring their own. */
export const chinesePdf = (words: string, pages: number): Buffer =>
  chinesePages(Array.from({ length: pages }, (_, index) => [{ size: 36, text: `${index + 1} ${words}` }]))

export const zip = (files: Record<string, string> = { 'notes.txt': 'light' }): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))))

export const docx = (): Buffer =>
  zip({
    '[Content_Types].xml':
      '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    'word/document.xml': '<?xml version="1.0"?><w:document/>',
  })

/** A few kilobytes that say of themselves that they are gigabytes. */
export function zipBomb(): Buffer {
  const data = deflateRawSync(Buffer.alloc(8 * 1024 * 1024))
  const name = ascii('[Content_Types].xml')
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(8, 8)
  header.writeUInt32LE(data.length, 18)
  header.writeUInt32LE(0xfffffff0, 22)
  header.writeUInt16LE(name.length, 26)
  return Buffer.concat([header, name, data])
}

export const svg = ascii('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
export const html = ascii('<!doctype html><script>alert(document.domain)</script>')
/** Programs of Windows and of Linux. */
export const exe = Buffer.concat([ascii('MZ'), Buffer.alloc(200)])
export const elf = Buffer.concat([ascii('\x7fELF\x02\x01\x01'), Buffer.alloc(200)])
/** A list of addresses that a careless converter would fetch and read. */
export const m3u8 = ascii('#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n')
