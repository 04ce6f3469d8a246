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
  /** Layers of which not even the lowest is sent for so long are too many. */
  weakMs: 2000,
  /** A picture of which packets come, and nothing to show for so long, is not carried. */
  stalledMs: 1400,
  /** So many packets of it, come or lost, and no picture, or so few with so many lost: it is sent, and not carried. */
  weakPackets: 12,
  weakFrames: 3,
  weakLoss: 0.15,
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

type Sample = { at: number; frames: number; packets: number; lost: number }

/** Tells a picture that does not get through from one that does not move. */
export class Stalling {
  #trackId: string | undefined
  #samples: Sample[] = []

  /** `visible`: browsers decode nothing that nobody sees. True: of what was sent lately next to nothing could be shown. */
  isStalled(report: Report, trackId: string | undefined, visible: boolean, now: number): boolean {
    const entry = entriesOf(report).find(
      ({ type, trackIdentifier }) => type === 'inbound-rtp' && trackIdentifier === trackId,
    )
    if (trackId !== this.#trackId || !entry || !visible) this.#samples = []
    this.#trackId = trackId
    if (!entry || !visible) return false
    const lost = Math.max(0, figure(entry.packetsLost))
    const packets = figure(entry.packetsReceived) + lost
    this.#samples.push({ at: now, frames: figure(entry.framesDecoded), packets, lost })
    return this.#isPoor(now)
  }

  #isPoor(now: number): boolean {
    const { stalledMs, weakPackets, weakFrames, weakLoss } = receptionPolicy
    const from = this.#samples.findLast(({ at }) => now - at >= stalledMs)
    const to = this.#samples.at(-1)!
    if (!from) return false
    this.#samples = this.#samples.filter(({ at }) => at >= from.at)
    const [frames, packets, lost] = [to.frames - from.frames, to.packets - from.packets, to.lost - from.lost]
    if (packets < weakPackets) return false
    return frames === 0 || (frames <= weakFrames && lost / packets >= weakLoss)
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
