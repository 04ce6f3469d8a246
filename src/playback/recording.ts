/** What is recorded of a class, as one timeline: number N is the same moment in every rendition, and breaks are in all. */
import type { broadcastRenditions, broadcastSegments } from '../../db/schema.ts'
import { keyName, keyPeriodOf } from './keys.ts'

export type SegmentRow = Omit<typeof broadcastSegments.$inferSelect, 'lessonId'>
export type InitRow = Omit<typeof broadcastRenditions.$inferSelect, 'lessonId'>

/** Of a rendition at one moment; `rendition` is another one where its own has nothing there. */
export type Piece = Pick<SegmentRow, 'rendition' | 'msn' | 'init' | 'startMs' | 'durationMs' | 'bytes'>

export type Slot = {
  msn: number
  /** Media time of its beginning. */
  startMs: number
  durationMs: number
  /** It does not go on from the one before it. */
  broken: boolean
  independent: boolean
  /** One for each rendition of the timeline, in its order. */
  pieces: Piece[]
}

export type RecordedTrack = {
  id: string
  kind: 'video' | 'audio'
  codecs: string
  width: number
  height: number
  /** Bits per second. */
  peak: number
  average: number
}
export type Timeline = { tracks: RecordedTrack[]; slots: Slot[] }

/**
 * Left out is what has no sound or no picture at all, because it could not be stored, and after such a break everything
 * up to a key frame. A rendition of sound that is not there from beginning to end is none.
 */
export function timelineOf(segments: readonly SegmentRow[], inits: readonly InitRow[]): Timeline {
  const moments = [...Map.groupBy(segments, ({ msn }) => msn).entries()]
    .sort(([one], [other]) => one - other)
    .map(([msn, rows]) => ({ msn, rows: new Map(rows.map((row) => [row.rendition, row])) }))
  const ids = (kind: InitRow['kind']) =>
    [...new Set(inits.filter((init) => init.kind === kind).map(({ rendition }) => rendition))].sort()
  const pictures = ids('video')
  const usable = moments.filter(({ rows }) => rows.has(SOUND) && pictures.some((id) => rows.has(id)))
  const sounds = ids('audio').filter((id) => usable.every(({ rows }) => rows.has(id)))
  const slots: Slot[] = []
  for (const { msn, rows } of usable) {
    const found = [...pictures.map((id) => nearest(rows, pictures, id)), ...sounds.map((id) => rows.get(id)!)]
    const slot = slotOf(msn, found, pictures.length, slots.at(-1))
    if (!slot.broken || slot.independent) slots.push(slot)
  }
  const tracks = [...pictures, ...sounds].map((id, index) => trackOf(id, index, slots, inits))
  return { tracks, slots }
}

/** Always recorded; the others are made on demand. */
const SOUND = 'opus'

/** The rendition's own, else a lower one, else a higher one. */
function nearest(rows: Map<string, SegmentRow>, ids: string[], id: string): SegmentRow {
  const place = ids.indexOf(id)
  const byNearness = [...ids.slice(0, place + 1).reverse(), ...ids.slice(place + 1)]
  return rows.get(byNearness.find((other) => rows.has(other))!)!
}

function slotOf(msn: number, rows: SegmentRow[], pictures: number, before: Slot | undefined): Slot {
  const [{ startMs, durationMs }] = rows as [SegmentRow]
  const changed = rows.some(({ rendition, init }, index) => {
    const earlier = before?.pieces[index]
    return earlier?.rendition !== rendition || earlier.init !== init
  })
  return {
    msn,
    startMs,
    durationMs,
    broken: changed || before?.msn !== msn - 1 || rows.some(({ discontinuity }) => discontinuity),
    independent: rows.slice(0, pictures).every(({ independent }) => independent),
    pieces: rows.map(({ discontinuity: _d, independent: _i, ...piece }) => piece),
  }
}

function trackOf(id: string, index: number, slots: Slot[], inits: readonly InitRow[]): RecordedTrack {
  const pieces = slots.map(({ pieces }) => pieces[index]!)
  const used = new Set(pieces.map(({ rendition, init }) => `${rendition} ${init}`))
  // What decodes the largest picture decodes the others.
  const [largest] = inits
    .filter(({ rendition, init }) => used.has(`${rendition} ${init}`))
    .sort((one, other) => areaOf(other) - areaOf(one))
  const seconds = pieces.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000
  const bits = pieces.reduce((sum, { bytes }) => sum + bytes * 8, 0)
  return {
    id,
    kind: inits.find(({ rendition }) => rendition === id)!.kind,
    codecs: largest?.codecs ?? '',
    width: largest?.width ?? 0,
    height: largest?.height ?? 0,
    peak: Math.ceil(Math.max(0, ...pieces.map(({ bytes, durationMs }) => (bytes * 8000) / Math.max(durationMs, 500)))),
    average: Math.ceil(bits / Math.max(seconds, 1)),
  }
}

const areaOf = ({ width, height }: InitRow) => (width ?? 0) * (height ?? 0)

/** Part of a timeline, which begins where it can be begun. */
export type Cut = {
  slots: readonly Slot[]
  /** Media time of position 0. */
  trimStartMs: number
  durationMs: number
  /** Where positions and media time part: a stretch of the class that is not recorded lies before each but the first. */
  runs: { positionMs: number; mediaMs: number }[]
}

/** All that is played of it, by its name relative to the master playlist, and for how long. */
export function filesOf({ slots }: Cut): Map<string, number> {
  const files = new Map<string, number>()
  for (const { pieces } of slots)
    for (const { rendition, init, msn, durationMs } of pieces) {
      files.set(`${rendition}/init-${init}.mp4`, 0)
      files.set(`${rendition}/${msn}.m4s`, durationMs)
      files.set(`${rendition}/${keyName(keyPeriodOf(msn))}`, 0)
    }
  return files
}

/** What of the class it stands for: all of it at an end where nothing was cut off. */
export function spanOf({ slots: all }: Timeline, { slots, trimStartMs }: Cut): { fromMs: number; toMs: number | null } {
  const last = slots.at(-1)
  return {
    fromMs: slots[0] === all[0] ? 0 : trimStartMs,
    toMs: !last || last === all.at(-1) ? null : last.startMs + last.durationMs,
  }
}

/** From the key frame at or before `fromMs` up to `toMs` of the media time; of that no more than `mostMs`. */
export function cut({ slots }: Timeline, fromMs: number, toMs: number | null, mostMs: number | null = null): Cut {
  const first = Math.max(
    0,
    slots.findLastIndex(({ startMs, independent }) => independent && startMs <= fromMs),
  )
  const kept: Slot[] = []
  const runs: Cut['runs'] = []
  let positionMs = 0
  for (const slot of slots.slice(first)) {
    if (toMs !== null && slot.startMs >= toMs) break
    if (mostMs !== null && positionMs >= mostMs) break
    const last = kept.at(-1)
    if (!last || Math.abs(slot.startMs - last.startMs - last.durationMs) > JUMP_MS)
      runs.push({ positionMs, mediaMs: slot.startMs })
    kept.push(slot)
    positionMs += slot.durationMs
  }
  return { slots: kept, trimStartMs: kept[0]?.startMs ?? 0, durationMs: positionMs, runs }
}

/** Less is rounding. */
const JUMP_MS = 100

/** Where this moment of the class is in the video; undefined where it is not in it. */
export function positionAt({ runs, durationMs }: Cut, mediaMs: number): number | undefined {
  const run = runs.findLastIndex((each) => each.mediaMs <= mediaMs)
  if (run < 0) return undefined
  const positionMs = runs[run]!.positionMs + mediaMs - runs[run]!.mediaMs
  return positionMs < (runs[run + 1]?.positionMs ?? durationMs) ? positionMs : undefined
}
