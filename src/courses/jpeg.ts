/** How large a JPEG is; undefined for bytes that are not one from its beginning to its end. */
export function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  const whole = bytes.length > 4 && bytes.readUInt16BE(0) === START && bytes.readUInt16BE(bytes.length - 2) === END
  if (!whole) return
  for (let place = 2; place + 9 <= bytes.length; ) {
    const marker = bytes.readUInt16BE(place)
    if (marker < 0xff01 || marker === SCAN) return
    const length = bytes.readUInt16BE(place + 2)
    if (isFrameHeader(marker)) return { height: bytes.readUInt16BE(place + 5), width: bytes.readUInt16BE(place + 7) }
    place += 2 + Math.max(length, 2)
  }
  return
}

const START = 0xffd8
const END = 0xffd9
/** The picture itself: its size is told before. */
const SCAN = 0xffda

/** SOF0 to SOF15, among which three stand for tables: ITU-T T.81, table B.1. */
const isFrameHeader = (marker: number) =>
  marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc
