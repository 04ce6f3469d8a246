/** What the browser's own counters say about a connection, in figures people understand. */

export type DownlinkStats = {
  /** From the teacher's camera to this screen, roughly: half of both round trips plus what is buffered and decoded. */
  latencyMs: number | null
  roundTripMs: number | null
  height: number | null
  framesPerSecond: number | null
  bitsPerSecond: number | null
  lossShare: number | null
}

export type UplinkStats = {
  roundTripMs: number | null
  bitsPerSecond: number | null
  /** Share of sent packets that the server reports as lost. */
  lossShare: number | null
  /** The encoder holds back for lack of bandwidth. */
  limitedByBandwidth: boolean
  protocol: string | null
}

export const noDownlink: DownlinkStats = {
  latencyMs: null,
  roundTripMs: null,
  height: null,
  framesPerSecond: null,
  bitsPerSecond: null,
  lossShare: null,
}

export const noUplink: UplinkStats = {
  roundTripMs: null,
  bitsPerSecond: null,
  lossShare: null,
  limitedByBandwidth: false,
  protocol: null,
}

export type Entry = Record<string, unknown> & { type: string; id: string; timestamp: number }
export type Report = ReadonlyMap<string, Entry> | RTCStatsReport

export const entriesOf = (report: Report): Entry[] => [...(report.values() as Iterable<Entry>)]
const number = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const sum = (entries: Entry[], key: string) => entries.reduce((total, entry) => total + (number(entry[key]) ?? 0), 0)

/** The way through the network that is in use. */
export function pairOf(entries: Entry[]): Entry | undefined {
  return (
    entries.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded') ??
    entries.find(({ type, state }) => type === 'candidate-pair' && state === 'succeeded')
  )
}

const roundTripMsOf = (pair: Entry | undefined): number | null => {
  const seconds = number(pair?.currentRoundTripTime)
  return seconds === null ? null : seconds * 1000
}

/** The difference of two readings; null where there is no earlier one, or the counter began anew. */
function delta(now: Entry | undefined, before: Entry | undefined, key: string): number | null {
  const [later, earlier] = [number(now?.[key]), number(before?.[key])]
  return later === null || earlier === null || later < earlier ? null : later - earlier
}

const share = (part: number | null, whole: number | null) => (part === null || !whole ? null : part / whole)

/** Reads the receive side of one picture's track, against an earlier report of the same transport. */
export function downlinkOf(
  report: Report,
  before: Report | null,
  trackId: string,
  uplinkMs: number | null,
): DownlinkStats {
  const entries = entriesOf(report)
  const video = entries.find(
    ({ type, kind, trackIdentifier }) => type === 'inbound-rtp' && kind === 'video' && trackIdentifier === trackId,
  )
  const roundTripMs = roundTripMsOf(pairOf(entries))
  const earlier = video && (before?.get(video.id) as Entry | undefined)
  const buffered = share(delta(video, earlier, 'jitterBufferDelay'), delta(video, earlier, 'jitterBufferEmittedCount'))
  const decoding = share(delta(video, earlier, 'totalDecodeTime'), delta(video, earlier, 'framesDecoded'))
  const seconds = video && earlier ? (video.timestamp - earlier.timestamp) / 1000 : null
  const bytes = delta(video, earlier, 'bytesReceived')
  const lost = delta(video, earlier, 'packetsLost')
  const received = delta(video, earlier, 'packetsReceived')
  return {
    latencyMs:
      buffered === null || roundTripMs === null
        ? null
        : Math.round((buffered + (decoding ?? 0)) * 1000 + roundTripMs / 2 + (uplinkMs ?? 0) / 2),
    roundTripMs,
    height: number(video?.frameHeight),
    framesPerSecond: number(video?.framesPerSecond),
    bitsPerSecond: bytes === null ? null : share(bytes * 8, seconds),
    lossShare: lost === null || received === null ? null : share(lost, lost + received),
  }
}

/** Reads the send side of a transport, against an earlier report of it. */
export function uplinkOf(report: Report, before: Report | null): UplinkStats {
  const entries = entriesOf(report)
  const pair = pairOf(entries)
  const outbound = entries.filter(({ type }) => type === 'outbound-rtp')
  const earlier = outbound.flatMap(({ id }) => (before?.get(id) as Entry | undefined) ?? [])
  const remote = entries.filter(({ type }) => type === 'remote-inbound-rtp')
  const losses = remote.flatMap((entry) => number(entry.fractionLost) ?? [])
  const seconds = outbound[0] && earlier[0] ? (outbound[0].timestamp - earlier[0].timestamp) / 1000 : null
  const bytes = sum(outbound, 'bytesSent') - sum(earlier, 'bytesSent')
  const local = entries.find(({ id }) => id === pair?.localCandidateId)
  return {
    roundTripMs: roundTripMsOf(pair),
    bitsPerSecond: seconds && bytes >= 0 ? share(bytes * 8, seconds) : null,
    lossShare: losses.length ? Math.max(...losses) : null,
    limitedByBandwidth: outbound.some((entry) => entry.qualityLimitationReason === 'bandwidth'),
    protocol: typeof local?.protocol === 'string' ? local.protocol : null,
  }
}

export type Health = 'good' | 'fair' | 'weak' | 'lost' | 'unknown'

/** The uplink in one word, from what the server receives and what the browser sends. */
export function uplinkHealth(state: string, stats: UplinkStats, scores: readonly number[]): Health {
  if (state === 'failed' || state === 'disconnected') return 'lost'
  if (state !== 'connected') return 'unknown'
  const score = scores.length ? Math.max(...scores) : 10
  const { lossShare, roundTripMs, limitedByBandwidth } = stats
  if (score <= 4 || (lossShare ?? 0) > 0.1 || (roundTripMs ?? 0) > 600) return 'weak'
  if (score <= 7 || (lossShare ?? 0) > 0.03 || (roundTripMs ?? 0) > 250 || limitedByBandwidth) return 'fair'
  return 'good'
}

/** Calls `read` at once and then every interval, never twice at a time. Returns the function that ends it. */
export function every(intervalMs: number, read: () => Promise<void>): () => void {
  let busy = false
  const tick = () => {
    if (busy) return
    busy = true
    read()
      .catch(() => {})
      .finally(() => {
        busy = false
      })
  }
  const timer = setInterval(tick, intervalMs)
  tick()
  return () => clearInterval(timer)
}
