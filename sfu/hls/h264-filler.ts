/**
 * Pictures that repeat the one before: every macroblock skipped, some ten bytes. Where they are put in between, the
 * pictures after them are numbered on until the next key frame, so that decoders see nothing but a regular stream.
 */
import { BitReader, BitWriter, escaped, unescaped } from './bits.ts'
import { type Nal, NalType, nalTypeOf } from './h264.ts'
import type { Pps, Sps } from './h264-parameters.ts'

/** Enough for every field up to the picture order count. */
const HEADER_BYTES = 32
const P_SLICE = 5
/** Picture order counts of frames go up by two. */
const POC_STEP = 2

type Picture = { frameNum: number; poc: number; reference: boolean }

/** Whether pictures can be put into such a stream: CAVLC, frames, and an order that can be counted on. */
export const canFill = (sps: Sps, pps: Pps) =>
  !pps.cabac && !pps.sliceGroups && !pps.bottomFieldPoc && sps.framesOnly && (sps.pocType === 0 || isCounted(sps))

/**
 * The order of pictures follows `frame_num` alone (type 2): then no two pictures in a row may go unreferenced, and what
 * is put in is a reference itself, which does no harm where there is but one.
 */
const isCounted = (sps: Sps) => sps.pocType === 2 && sps.referenceFrames === 1

/** Numbers the pictures of one stream while some are put in between. */
export class Filler {
  private readonly sps: Sps
  private readonly pps: Pps
  /** How many were put in since the last key frame. */
  private added = 0
  private last: Picture = { frameNum: 0, poc: 0, reference: true }

  constructor(sps: Sps, pps: Pps) {
    this.sps = sps
    this.pps = pps
  }

  get lastIsReference(): boolean {
    return this.last.reference
  }

  /** The slices of the next picture, numbered on. Throws for slices that cannot be read. */
  renumbered(nals: readonly Nal[]): Nal[] {
    if (nals.some((nal) => nalTypeOf(nal) === NalType.idr)) this.added = 0
    return nals.map((nal) => {
      const type = nalTypeOf(nal)
      return type === NalType.slice || type === NalType.idr ? this.slice(nal) : nal
    })
  }

  /** The picture to put in next. */
  fill(): Nal {
    const { sps, pps, last } = this
    const counted = isCounted(sps)
    this.added += 1
    const frameNum = (last.frameNum + (last.reference ? 1 : 0)) % 2 ** sps.frameNumBits
    const poc = (last.poc + POC_STEP) % 2 ** sps.pocBits
    this.last = { frameNum, poc, reference: counted }
    const writer = new BitWriter().unsigned(0).unsigned(P_SLICE).unsigned(pps.id).bits(frameNum, sps.frameNumBits)
    if (!counted) writer.bits(poc, sps.pocBits)
    if (pps.redundantPictures) writer.unsigned(0)
    // One reference, in its default place.
    writer.flag(true).unsigned(0).flag(false)
    if (pps.weighted) writer.unsigned(0).unsigned(0).flag(false).flag(false)
    if (counted) writer.flag(false)
    writer.signed(0)
    if (pps.deblockingControl) writer.unsigned(1)
    writer.unsigned(sps.macroblocks)
    const header = Buffer.from([counted ? 0x61 : 0x01])
    return [Buffer.concat([header, escaped(writer.end())])]
  }

  private slice(nal: Nal): Nal {
    const [first, ...rest] = nal as [Buffer, ...Buffer[]]
    const head = headOf(first)
    const payload = unescaped(head)
    const { sps, added } = this
    const reader = new BitReader(payload)
    reader.bits(8)
    reader.unsigned()
    reader.unsigned()
    reader.unsigned()
    const frameNumAt = reader.position
    let frameNum = reader.bits(sps.frameNumBits)
    if (nalTypeOf(nal) === NalType.idr) reader.unsigned()
    const pocAt = reader.position
    let poc = sps.pocType === 0 ? reader.bits(sps.pocBits) : 0
    if (added > 0 && isCounted(sps)) {
      frameNum = (frameNum + added) % 2 ** sps.frameNumBits
      write(payload, frameNumAt, frameNum, sps.frameNumBits)
    }
    if (added > 0 && sps.pocType === 0) {
      poc = (poc + added * POC_STEP) % 2 ** sps.pocBits
      write(payload, pocAt, poc, sps.pocBits)
    }
    this.last = { frameNum, poc, reference: (first[0]! & 0x60) !== 0 }
    if (added === 0) return nal
    return [Buffer.concat([escaped(payload), first.subarray(head.length)]), ...rest]
  }
}

/** The beginning of a slice, up to a byte after which no zeros are pending, so that the rest needs no look. */
function headOf(nal: Buffer): Buffer {
  let length = Math.min(HEADER_BYTES, nal.length)
  while (length < nal.length && nal[length - 1]! <= 3) length += 1
  return nal.subarray(0, length)
}

function write(bytes: Buffer, position: number, value: number, count: number): void {
  for (let index = 0; index < count; index++) {
    const mask = 0x80 >> ((position + index) & 7)
    const bit = Math.floor(value / 2 ** (count - 1 - index)) % 2
    bytes[(position + index) >> 3] = bit
      ? bytes[(position + index) >> 3]! | mask
      : bytes[(position + index) >> 3]! & ~mask
  }
}
