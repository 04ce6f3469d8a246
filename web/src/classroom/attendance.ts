/** What of a class its student was there for, in the class's own time, told now and then as progress. */

type Range = [fromMs: number, toMs: number]
export type AttendanceReport = { positionMs: number; watched: Range[] }

export const TELL_EVERY_MS = 30_000
/** More than a student comes and goes; the server takes no more at once. */
const MOST_RANGES = 200

type Deps = {
  now: () => number
  /** May fail: the next report says all of it again. */
  report: (report: AttendanceReport) => Promise<unknown>
}

export class Attendance {
  readonly #deps: Deps
  readonly #timer: ReturnType<typeof setInterval>
  #past: Range[] = []
  /** Since when one is there, and when the class began. */
  #here: { fromMs: number; startedAt: number } | null = null

  constructor(deps: Deps) {
    this.#deps = deps
    this.#timer = setInterval(() => this.tell(), TELL_EVERY_MS)
  }

  /** `startedAt` of a class that runs and is received now; null where it is not. */
  notice(startedAt: number | null): void {
    if (startedAt !== null) {
      this.#here ??= { fromMs: Math.max(0, this.#deps.now() - startedAt), startedAt }
      return
    }
    if (!this.#here) return
    this.tell()
    this.#past = this.#ranges()
    this.#here = null
  }

  /** Says how things stand, as before a page that may not come back. */
  tell(): void {
    const watched = this.#ranges()
    const last = watched.at(-1)
    if (this.#here && last) this.#deps.report({ positionMs: last[1], watched }).catch(() => {})
  }

  close(): void {
    clearInterval(this.#timer)
    this.notice(null)
  }

  #ranges(): Range[] {
    if (!this.#here) return this.#past
    const { fromMs, startedAt } = this.#here
    const toMs = Math.round(this.#deps.now() - startedAt)
    const present: Range[] = toMs > fromMs ? [[Math.round(fromMs), toMs]] : []
    return [...this.#past, ...present].slice(-MOST_RANGES)
  }
}
