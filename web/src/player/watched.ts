/** What was watched, as ranges of the film's own time: played through, not jumped over. */

export type Range = [fromMs: number, toMs: number]

/** Players say where they are a few times a second; a longer step than this at normal speed was a jump. */
const LONGEST_STEP_MS = 1500
/** The server takes no more at once. */
const MOST_RANGES = 200

export class Watched {
  #ranges: Range[] = []
  #at: number | null = null

  /** The film is at this place, and is playing at this speed. */
  played(atMs: number, speed: number): void {
    const at = Math.round(atMs)
    const before = this.#at
    this.#at = at
    if (before === null || at <= before || at - before > LONGEST_STEP_MS * Math.max(1, speed)) return
    const last = this.#ranges.at(-1)
    if (last && last[1] === before) last[1] = at
    else this.#ranges.push([before, at])
  }

  /** It was stopped or moved: what comes next is not joined to what was before. */
  interrupted(): void {
    this.#at = null
  }

  /** All that has not been confirmed yet. */
  ranges(): Range[] {
    return this.#ranges.slice(-MOST_RANGES).map(([from, to]) => [from, to])
  }

  /** The server has these. What was watched since stays. */
  confirmed(told: readonly Range[]): void {
    for (const [from, to] of told) {
      const index = this.#ranges.findIndex((range) => range[0] === from)
      const range = this.#ranges[index]
      if (!range) continue
      if (range[1] <= to) this.#ranges.splice(index, 1)
      else range[0] = to
    }
  }
}
