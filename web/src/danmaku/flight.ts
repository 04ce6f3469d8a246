/** Where comments are over the picture: in lanes, all equally fast, so that none overtakes or touches another. */

export type Comment = { seq: number; width: number; mine: boolean }
export type Flyer<C extends Comment> = { comment: C; lane: number; x: number; until: number }

/** Lengths are in pixels. */
export type Sky = {
  width: number
  lanes: number
  /** Between two comments in one lane. */
  gap: number
  pixelsPerSecond: number
  /** Nothing moves: each comment stands in the middle of its lane for a while. */
  still: boolean
}

/** What finds no lane for so long is not worth it any more; one's own waits as long as it takes. */
const PATIENCE_MS = 2500
const MOST_WAITING = 40
const STANDING_MS = 4000
/** A page that was not looked at goes on from where it was. */
const LONGEST_STEP_MS = 100

export class Flight<C extends Comment> {
  #sky: Sky = { width: 0, lanes: 0, gap: 0, pixelsPerSecond: 0, still: false }
  #flying: Flyer<C>[] = []
  #waiting: { comment: C; since: number }[] = []
  #lastMs: number | null = null

  get flying(): readonly Flyer<C>[] {
    return this.#flying
  }

  /** Whether anything is to be seen, or waits to be. */
  get busy(): boolean {
    return this.#flying.length + this.#waiting.length > 0
  }

  reshape(sky: Sky): void {
    if (sky.still !== this.#sky.still) this.clear()
    this.#sky = sky
    this.#flying = this.#flying.filter(({ lane }) => lane < sky.lanes)
  }

  add(comment: C, nowMs: number): void {
    if (!this.busy) this.#lastMs = nowMs
    const entry = { comment, since: nowMs }
    if (comment.mine) this.#waiting.unshift(entry)
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(entry)
  }

  /** Moves everything on to this moment. */
  advance(nowMs: number): void {
    const { pixelsPerSecond, still } = this.#sky
    const step = Math.min(LONGEST_STEP_MS, Math.max(0, nowMs - (this.#lastMs ?? nowMs)))
    this.#lastMs = nowMs
    if (!still) for (const flyer of this.#flying) flyer.x -= (pixelsPerSecond * step) / 1000
    this.#flying = this.#flying.filter(({ comment, x, until }) => (still ? until > nowMs : x + comment.width > 0))
    this.#waiting = this.#waiting.filter(({ comment, since }) => comment.mine || nowMs - since < PATIENCE_MS)
    this.#waiting = this.#waiting.filter(({ comment }) => !this.#takeOff(comment, nowMs))
  }

  remove(seq: number): void {
    this.#flying = this.#flying.filter(({ comment }) => comment.seq !== seq)
    this.#waiting = this.#waiting.filter(({ comment }) => comment.seq !== seq)
  }

  clear(): void {
    this.#flying = []
    this.#waiting = []
  }

  #takeOff(comment: C, nowMs: number): boolean {
    const { width, lanes, still } = this.#sky
    for (let lane = 0; lane < lanes; lane++) {
      if (!this.#isFree(lane)) continue
      const x = still ? Math.max(0, (width - comment.width) / 2) : width
      this.#flying.push({ comment, lane, x, until: nowMs + STANDING_MS })
      return true
    }
    return false
  }

  #isFree(lane: number): boolean {
    const { width, gap, still } = this.#sky
    return this.#flying.every(
      (flyer) => flyer.lane !== lane || (!still && flyer.x + flyer.comment.width + gap <= width),
    )
  }
}
