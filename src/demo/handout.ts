/** The document of the demo's shelf: a list for a walk with a camera, as PDF. */

const lines = [
  { size: 26, text: '街头摄影清单 · A list for the street' },
  { size: 13, text: '出门前 · Before you leave' },
  { size: 11, text: '□ 一机一镜，电池满格 · One camera, one lens, a full battery' },
  { size: 11, text: '□ 关掉快门声和自动补光 · No shutter sound, no flash' },
  { size: 11, text: '□ 写下今天只练的一件事 · Write down the one thing to practise' },
  { size: 13, text: '到了街上 · On the street' },
  { size: 11, text: '□ 先看地上的影子，再看人 · Shadows first, people second' },
  { size: 11, text: '□ 选好背景，等人走进来 · Choose the background and wait' },
  { size: 11, text: '□ 先点头，再举相机 · Nod before you raise the camera' },
  { size: 11, text: '□ 对方摇头，就放下 · If they shake their head, lower it' },
  { size: 13, text: '回家以后 · At home' },
  { size: 11, text: '□ 一百张里挑三张，隔一天再挑一张 · Three of a hundred, one a day later' },
  { size: 11, text: '□ 为这一张写一句话 · Write one sentence about it' },
]
const LEFT = 64
const TOP = 770

/** One page. Its font is not in the file: every reader has one for Chinese. */
export function handoutPdf(): Buffer {
  let y = TOP
  const content = lines
    .map(({ size, text }) => {
      const line = `BT /F1 ${size} Tf ${LEFT} ${y} Td <${utf16(text)}> Tj ET`
      y -= size * 2.4
      return line
    })
    .join('\n')
  return pdfOf([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [6 0 R] /Count 1 >>',
    '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [4 0 R] >>',
    '<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor 5 0 R /DW 1000 /W [1 95 500] >>',
    '<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources << /Font << /F1 3 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
  ])
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le').swap16().toString('hex')

function pdfOf(objects: string[]): Buffer {
  let text = '%PDF-1.4\n'
  const places = objects.map((object, index) => {
    const place = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return place
  })
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  const start = text.length
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`
  text += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}
