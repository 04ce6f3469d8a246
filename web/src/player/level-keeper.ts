/**
 * Which picture of a class that is on is fetched. A change in the middle of a segment replaces what is about to be played,
 * and the player has to fetch the segment once more from its beginning: near the edge that is a stall. So a change waits
 * for the next segment, and it goes by how long parts are on their way, since small ones say little about the network.
 */

/** Of what is known about the network, this is counted on. */
const SHARE_COUNTED_ON = 0.7
/** Parts that are on their way for more of the time than this come too slowly. */
const TOO_BUSY = 0.7
/** What a better picture would need of the time. */
const CALM = 0.4
/** So many segments in a row are to be calm before there is a better picture. */
const CALM_SEGMENTS = 2
/** After a change for the worse a better picture is tried no sooner, and later each time. */
const WORSE_FOR_MS = [8000, 20_000, 60_000]

export class LevelKeeper {
  readonly #now: () => number
  #mediaSeconds = 0
  #busySeconds = 0
  #calm = 0
  #worsened = 0
  #notBetterBefore = 0

  constructor(now: () => number) {
    this.#now = now
  }

  /** The one to begin with, by its place. `bitrates`: lowest first. */
  static first(bitrates: readonly number[], knownBitrate: number): number {
    return Math.max(
      0,
      bitrates.findLastIndex((bitrate) => bitrate <= knownBitrate * SHARE_COUNTED_ON),
    )
  }

  /** A part of the picture has come; it was on its way for so long, without the wait for its first byte. */
  came(mediaSeconds: number, busySeconds: number): void {
    this.#mediaSeconds += mediaSeconds
    this.#busySeconds += busySeconds
  }

  /** A segment is whole: the place of the one to go on with. */
  next(place: number, bitrates: readonly number[]): number {
    const busy = this.#mediaSeconds > 0 ? this.#busySeconds / this.#mediaSeconds : 0
    this.#mediaSeconds = 0
    this.#busySeconds = 0
    if (busy > TOO_BUSY) return this.#worse(place, bitrates, busy)
    const better = bitrates[place + 1]
    this.#calm = better !== undefined && (busy * better) / bitrates[place]! < CALM ? this.#calm + 1 : 0
    if (this.#calm < CALM_SEGMENTS || this.#now() < this.#notBetterBefore) return place
    this.#calm = 0
    return place + 1
  }

  /** The picture stands still: the place of the one that goes on at once. */
  stalled(place: number, bitrates: readonly number[]): number {
    const busy = this.#mediaSeconds > 0 ? this.#busySeconds / this.#mediaSeconds : 0
    this.#calm = 0
    return busy > TOO_BUSY ? this.#worse(place, bitrates, busy) : place
  }

  /** The best that would have come in time. */
  #worse(place: number, bitrates: readonly number[], busy: number): number {
    this.#calm = 0
    if (place === 0) return 0
    const carried = (bitrates[place]! / busy) * SHARE_COUNTED_ON
    const pause = WORSE_FOR_MS[Math.min(this.#worsened++, WORSE_FOR_MS.length - 1)]!
    this.#notBetterBefore = this.#now() + pause
    return Math.max(
      0,
      bitrates.slice(0, place).findLastIndex((bitrate) => bitrate <= carried),
    )
  }
}
