/** What parameter sets of H.264 say, as far as muxing needs it. */
import { BitReader, unescaped } from './bits.ts'

export type Sps = {
  codecs: string
  width: number
  height: number
  macroblocks: number
  frameNumBits: number
  pocType: number
  pocBits: number
  referenceFrames: number
  /** No fields. */
  framesOnly: boolean
}

export type Pps = {
  id: number
  cabac: boolean
  /** `bottom_field_pic_order_in_frame_present_flag` */
  bottomFieldPoc: boolean
  weighted: boolean
  deblockingControl: boolean
  redundantPictures: boolean
  /** More than one slice group. */
  sliceGroups: boolean
}

/** What the standard allows; whoever sends more would have us write numbers of a billion bits. */
const MOST_NUMBER_BITS = 16
const MOST_SIDE_MACROBLOCKS = 1024
const MOST_PPS_ID = 255

const PROFILES_WITH_CHROMA = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/** Throws for what is none. */
export function parseSps(nal: Buffer): Sps {
  const reader = new BitReader(unescaped(nal))
  reader.bits(8)
  const [profile, constraints, level] = [reader.bits(8), reader.bits(8), reader.bits(8)]
  reader.unsigned()
  const chroma = PROFILES_WITH_CHROMA.has(profile) ? readChroma(reader) : 1
  const frameNumBits = upTo(MOST_NUMBER_BITS, reader.unsigned() + 4)
  const { pocType, pocBits } = readPoc(reader)
  const referenceFrames = reader.unsigned()
  reader.flag()
  const columns = upTo(MOST_SIDE_MACROBLOCKS, reader.unsigned() + 1)
  const rows = upTo(MOST_SIDE_MACROBLOCKS, reader.unsigned() + 1)
  const framesOnly = reader.flag()
  if (!framesOnly) reader.flag()
  reader.flag()
  const fields = framesOnly ? 1 : 2
  const crop = { left: 0, right: 0, top: 0, bottom: 0 }
  if (reader.flag()) for (const side of ['left', 'right', 'top', 'bottom'] as const) crop[side] = reader.unsigned()
  const cropX = chroma === 1 || chroma === 2 ? 2 : 1
  const cropY = (chroma === 1 ? 2 : 1) * fields
  return {
    codecs: `avc1.${[profile, constraints, level].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`,
    width: columns * 16 - (crop.left + crop.right) * cropX,
    height: rows * 16 * fields - (crop.top + crop.bottom) * cropY,
    macroblocks: columns * rows * fields,
    frameNumBits,
    pocType,
    pocBits,
    referenceFrames,
    framesOnly,
  }
}

function readChroma(reader: BitReader): number {
  const chroma = reader.unsigned()
  if (chroma === 3) reader.flag()
  reader.unsigned()
  reader.unsigned()
  reader.flag()
  const lists = reader.flag() ? (chroma === 3 ? 12 : 8) : 0
  for (let list = 0; list < lists; list++) {
    const isThere = reader.flag()
    if (isThere) skipScalingList(reader, list < 6 ? 16 : 64)
  }
  return chroma
}

function skipScalingList(reader: BitReader, size: number): void {
  let [last, next] = [8, 8]
  for (let index = 0; index < size; index++) {
    if (next !== 0) next = (last + reader.signed() + 256) % 256
    last = next === 0 ? last : next
  }
}

function readPoc(reader: BitReader) {
  const pocType = reader.unsigned()
  if (pocType === 0) return { pocType, pocBits: upTo(MOST_NUMBER_BITS, reader.unsigned() + 4) }
  if (pocType === 1) {
    reader.flag()
    reader.signed()
    reader.signed()
    for (let left = reader.unsigned(); left > 0; left--) reader.signed()
  }
  return { pocType, pocBits: 0 }
}

/** Throws for what is none. */
export function parsePps(nal: Buffer): Pps {
  const reader = new BitReader(unescaped(nal))
  reader.bits(8)
  const id = upTo(MOST_PPS_ID, reader.unsigned())
  reader.unsigned()
  const [cabac, bottomFieldPoc] = [reader.flag(), reader.flag()]
  const sliceGroups = reader.unsigned() > 0
  // What describes slice groups stands between, and streams that have them are not filled anyway.
  if (sliceGroups)
    return { id, cabac, bottomFieldPoc, weighted: true, deblockingControl: true, redundantPictures: true, sliceGroups }
  reader.unsigned()
  reader.unsigned()
  const weighted = reader.flag()
  reader.bits(2)
  for (let field = 0; field < 3; field++) reader.signed()
  const deblockingControl = reader.flag()
  reader.flag()
  return { id, cabac, bottomFieldPoc, weighted, deblockingControl, redundantPictures: reader.flag(), sliceGroups }
}

function upTo(most: number, value: number): number {
  if (value > most) throw new RangeError(`${value} is more than ${most}`)
  return value
}
