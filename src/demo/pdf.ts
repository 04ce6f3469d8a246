/** Small PDFs, written by hand: objects, where each of them begins, and text in fonts that every reader brings. */

/** By their numbers: 1 the Chinese font, 2 what is under it, 3 its looks; 4 the Latin one. */
const FONTS = [
  '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [2 0 R] >>',
  '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 3 0 R >>',
  '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
  '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
]
const LEFT = 64
const TOP = 770
const LINE_HEIGHT = 2.4

export type Line = { size: number; text: string }

/** One page of A4 for each list of lines. */
export function chinesePdf(pages: Line[][]): Buffer {
  const first = FONTS.length + 1
  const kids = pages.map((_, index) => first + 2 + index * 2)
  const catalog = [
    `<< /Type /Catalog /Pages ${first + 1} 0 R >>`,
    `<< /Type /Pages /Kids [${kids.map((number) => `${number} 0 R`).join(' ')}] /Count ${pages.length} >>`,
  ]
  const sheets = pages.flatMap((lines, index) => {
    const content = contentOf(lines)
    return [
      `<< /Type /Page /Parent ${first + 1} 0 R /MediaBox [0 0 595 842] /Contents ${kids[index]! + 1} 0 R /Resources << /Font << /F1 1 0 R /F2 4 0 R >> >> >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]
  })
  return pdfOf([...FONTS, ...catalog, ...sheets], first)
}

function contentOf(lines: Line[]): string {
  let y = TOP
  return lines
    .map(({ size, text }) => {
      const line = `BT ${LEFT} ${y} Td ${runsOf(text, size)} ET`
      y -= size * LINE_HEIGHT
      return line
    })
    .join('\n')
}

/** Each run of ASCII in the Latin font, the rest in the Chinese one. */
const runsOf = (text: string, size: number): string =>
  text.replace(/[ -~]+|[^ -~]+/g, (run) =>
    run.codePointAt(0)! < 128
      ? `/F2 ${size} Tf <${Buffer.from(run).toString('hex')}> Tj `
      : `/F1 ${size} Tf <${utf16(run)}> Tj `,
  )

const utf16 = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex')

/** A file of these objects, numbered from 1; `root` is the number of its catalogue. */
export function pdfOf(objects: string[], root = 1): Buffer {
  let text = '%PDF-1.4\n'
  const places = objects.map((object, index) => {
    const place = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
  text += `trailer << /Size ${objects.length + 1} /Root ${root} 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}
