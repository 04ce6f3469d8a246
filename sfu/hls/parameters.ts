/** The parameter sets that a stream of H.264 goes by, and the numbering of its pictures under them. */
import { initSegment } from './fmp4.ts'
import { type Nal, NalType, nalTypeOf } from './h264.ts'
import { canFill, Filler } from './h264-filler.ts'
import { type Pps, parsePps, parseSps, type Sps } from './h264-parameters.ts'

/** Types that stay in samples: slices of all kinds, and supplemental information. */
const KEPT = new Set([1, 2, 3, 4, 5, 6])

/** Real ones have some tens of bytes. */
const MOST_SET_BYTES = 4096

export class Parameters {
  /** The same for the same sets. */
  readonly id: string
  readonly sps: Sps
  readonly fillable: boolean
  private readonly raw: { sps: Buffer; pps: Map<number, Buffer> }
  private readonly filler: Filler

  /**
   * Takes the parameter sets out of a picture: new ones where they differ from `known`. What cannot be read is as if it
   * had not come.
   */
  static split(nals: readonly Nal[], known: Parameters | undefined): { parameters?: Parameters; units: Nal[] } {
    const units = nals.filter((nal) => KEPT.has(nalTypeOf(nal)))
    const hasSets = nals.some((nal) => nalTypeOf(nal) === NalType.sps || nalTypeOf(nal) === NalType.pps)
    const parameters = hasSets ? Parameters.read(nals, known) : known
    return parameters ? { parameters, units } : { units }
  }

  private static read(nals: readonly Nal[], known: Parameters | undefined): Parameters | undefined {
    try {
      let sps = known?.raw.sps
      const pps = new Map(known?.raw.pps)
      let last: Pps | undefined
      for (const nal of nals) {
        const type = nalTypeOf(nal)
        if (type !== NalType.sps && type !== NalType.pps) continue
        const bytes = Buffer.concat(nal)
        if (bytes.length > MOST_SET_BYTES) return known
        if (type === NalType.sps) sps = bytes
        if (type !== NalType.pps) continue
        last = parsePps(bytes)
        pps.set(last.id, bytes)
      }
      if (!sps || pps.size === 0) return known
      if (known?.says(sps, pps)) return known
      return new Parameters(sps, pps, last ?? parsePps([...pps.values()].at(-1)!))
    } catch {
      return known
    }
  }

  private constructor(sps: Buffer, pps: Map<number, Buffer>, last: Pps) {
    this.id = idOf(sps, pps)
    this.raw = { sps, pps }
    this.sps = parseSps(sps)
    this.fillable = canFill(this.sps, last)
    this.filler = new Filler(this.sps, last)
  }

  private says(sps: Buffer, pps: Map<number, Buffer>): boolean {
    const { raw } = this
    return (
      raw.sps.equals(sps) && raw.pps.size === pps.size && [...pps].every(([id, nal]) => raw.pps.get(id)?.equals(nal))
    )
  }

  get initSegment(): Buffer {
    const { width, height } = this.sps
    return initSegment({ kind: 'h264', sps: this.raw.sps, pps: [...this.raw.pps.values()], width, height })
  }

  get facts() {
    const { codecs, width, height } = this.sps
    return { codecs, width, height }
  }

  /** Whether the picture before can be repeated. */
  get lastIsReference(): boolean {
    return this.filler.lastIsReference
  }

  fill(): Nal {
    return this.filler.fill()
  }

  numbered(units: readonly Nal[]): readonly Nal[] {
    return this.fillable ? this.filler.renumbered(units) : units
  }
}

const idOf = (sps: Buffer, pps: Map<number, Buffer>) =>
  [sps, ...pps.values()].map((nal) => nal.toString('base64')).join(' ')
