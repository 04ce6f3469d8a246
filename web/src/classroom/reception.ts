/** Whether anything comes in over WebRTC: told by what the browser counts, long before it gives a connection up. */

import { entriesOf, pairOf, type Report } from './stats.ts'

/** What has come so far over the connection in use. */
export type Counters = {
  bytes: number
  /** Checks of the connection that were sent, and those that were answered. */
  checks: number
  answers: number
}

export const receptionPolicy = {
  /** So long without a byte, while a check goes unanswered for longer than any answer takes. */
  silentMs: 1400,
  unansweredMs: 500,
  /** So long without anything at all, or without a connection. */
  deadMs: 2600,
  /** A picture that does not come for so long is not carried. */
  weakMs: 2000,
} as const

export class Reception {
  #counters: Counters | null = null
  #aliveAt: number | null = null
  #unansweredSince: number | null = null

  /** Looks at the counters; null without a connection. `expected`: whether anything is to come. True: nothing does. */
  isLost(counters: Counters | null, expected: boolean, now: number): boolean {
    const before = this.#counters
    this.#counters = counters
    const answered = counters !== null && (!before || counters.answers > before.answers)
    const alive = answered || (counters !== null && counters.bytes > before!.bytes)
    if (answered) this.#unansweredSince = null
    else if (counters && counters.checks > (before?.checks ?? 0)) this.#unansweredSince ??= now
    if (alive || !expected || this.#aliveAt === null) {
      this.#aliveAt = expected ? now : null
      return false
    }
    const { silentMs, unansweredMs, deadMs } = receptionPolicy
    const silent = now - this.#aliveAt
    const unanswered = this.#unansweredSince === null ? 0 : now - this.#unansweredSince
    return silent >= deadMs || (silent >= silentMs && unanswered >= unansweredMs)
  }
}

const figure = (value: unknown) => (typeof value === 'number' ? value : 0)

/** Null where no way through the network has been found, or was lost. */
export function countersOf(report: Report): Counters | null {
  const pair = pairOf(entriesOf(report))
  if (!pair) return null
  return {
    bytes: figure(pair.bytesReceived),
    checks: figure(pair.requestsSent) + figure(pair.consentRequestsSent),
    answers: figure(pair.responsesReceived),
  }
}

/** Whether a picture of this track has come. A browser need not decode what is not shown yet. */
export const hasCome = (report: Report, trackId: string): boolean =>
  entriesOf(report).some(
    ({ type, trackIdentifier, framesReceived }) =>
      type === 'inbound-rtp' && trackIdentifier === trackId && figure(framesReceived) > 0,
  )
