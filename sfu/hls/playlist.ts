/** The texts of playlists, as RFC 8216bis has them. Plain functions of what there is to play. */
import type { HlsOptions } from './ports.ts'

export type PartLine = { seconds: number; independent: boolean }
export type SegmentLines = {
  readonly msn: number
  /** Media time of its beginning. */
  readonly startSeconds: number
  readonly init: number
  readonly discontinuity: boolean
  readonly independent: boolean
  readonly parts: readonly PartLine[]
  /** Of all its parts so far. */
  readonly seconds: number
}
export type Report = { id: string; msn: number; part: number }

export type PlaylistView = {
  startedAt: number
  segments: readonly SegmentLines[]
  /** The one that grows. */
  open: SegmentLines | undefined
  nextMsn: number
  discontinuitySequence: number
  ended: boolean
}

type Times = Pick<HlsOptions, 'partSeconds' | 'targetDurationSeconds'>

const VERSION = 9
/** In target durations, as the RFC has them. */
const HOLD_BACK = 3
const SKIP_BOUNDARY = 6
const PARTS_LISTED_FOR = 3
const PART_HOLD_BACK_PARTS = 3

export const initName = (init: number) => `init-${init}.mp4`
export const segmentName = (msn: number) => `${msn}.m4s`
export const partName = (msn: number, part: number) => `${msn}.${part}.m4s`

/** Parts and all. `older` may give the text of segments whose parts are listed no more, since it does not change. */
export function lowLatencyPlaylist(
  view: PlaylistView,
  times: Times,
  reports: readonly Report[],
  skip: boolean,
  older = (segments: readonly SegmentLines[], init: number | undefined) => olderText(view.startedAt, segments, init),
): string {
  const { segments, open, ended } = view
  const edge = edgeOf(view)
  const within = (targets: number) => {
    const from = edge - targets * times.targetDurationSeconds
    const first = segments.findIndex(({ startSeconds, seconds }) => startSeconds + seconds >= from)
    return first < 0 ? segments.length : first
  }
  const skipped = skip && !ended ? within(SKIP_BOUNDARY) : 0
  const settled = ended ? segments.length : within(PARTS_LISTED_FOR)
  const recent = [...segments.slice(settled), ...(open?.parts.length ? [open] : [])]
  const lines = [...head(view, times), `#EXT-X-PART-INF:PART-TARGET=${times.partSeconds.toFixed(3)}`]
  if (!ended) lines.push(serverControl(times))
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`)
  let text = `${lines.join('\n')}\n${older(segments.slice(skipped, settled), segments[skipped - 1]?.init)}`
  let init = segments[settled - 1]?.init
  for (const segment of recent) {
    text += segmentHead(segment, view.startedAt, init)
    segment.parts.forEach((part, index) => {
      const independent = part.independent ? ',INDEPENDENT=YES' : ''
      text += `#EXT-X-PART:DURATION=${part.seconds.toFixed(5)},URI="${partName(segment.msn, index)}"${independent}\n`
    })
    if (segment !== open) text += segmentTail(segment, segmentName(segment.msn))
    init = segment.init
  }
  return text + (ended ? '#EXT-X-ENDLIST\n' : tail(view, reports))
}

/** Whole segments only, each after its line of key where keys change. */
export function standardPlaylist(
  view: PlaylistView,
  times: Times,
  keyLine: (msn: number) => string,
  segmentUri: (msn: number) => string,
): string {
  let text = `${head(view, times).join('\n')}\n`
  let init: number | undefined
  let key = ''
  for (const segment of view.segments) {
    // A key holds for the init segments after it, too, and those are in the clear.
    if (segment.init !== init && key !== '') {
      text += '#EXT-X-KEY:METHOD=NONE\n'
      key = ''
    }
    text += segmentHead(segment, view.startedAt, init)
    const line = keyLine(segment.msn)
    if (line !== key) text += `${line}\n`
    text += segmentTail(segment, segmentUri(segment.msn))
    init = segment.init
    key = line
  }
  return text + (view.ended ? '#EXT-X-ENDLIST\n' : '')
}

export type Variant = {
  id: string
  codecs: string
  width: number
  height: number
  frameRate: number
  peakBitrate: number
  averageBitrate: number
}
export type AudioGroup = { id: string; codecs: string; bitrate: number }

/**
 * Every picture with every kind of sound, the first group being the one to be preferred, and last the sound alone, for
 * players whose network carries no more.
 */
export function multivariantPlaylist(
  variants: readonly Variant[],
  groups: readonly AudioGroup[],
  file: string,
): string {
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${VERSION}`, '#EXT-X-INDEPENDENT-SEGMENTS']
  for (const { id } of groups)
    lines.push(
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${id}",NAME="Teacher",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="${id}/${file}"`,
    )
  for (const group of groups)
    for (const { id, codecs, width, height, frameRate, peakBitrate, averageBitrate } of variants)
      lines.push(
        [
          `#EXT-X-STREAM-INF:BANDWIDTH=${Math.round(peakBitrate + group.bitrate)}`,
          `AVERAGE-BANDWIDTH=${Math.round(averageBitrate + group.bitrate)}`,
          `RESOLUTION=${width}x${height}`,
          `FRAME-RATE=${frameRate.toFixed(3)}`,
          `CODECS="${codecs},${group.codecs}"`,
          `AUDIO="${group.id}"`,
        ].join(','),
        `${id}/${file}`,
      )
  if (variants.length > 0)
    for (const { id, codecs, bitrate } of groups)
      lines.push(`#EXT-X-STREAM-INF:BANDWIDTH=${bitrate},CODECS="${codecs}",AUDIO="${id}"`, `${id}/${file}`)
  return `${lines.join('\n')}\n`
}

function head({ segments, open, nextMsn, discontinuitySequence }: PlaylistView, { targetDurationSeconds }: Times) {
  const independent = [...segments, ...(open ? [open] : [])].every((segment) => segment.independent)
  return [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${targetDurationSeconds}`,
    `#EXT-X-MEDIA-SEQUENCE:${segments[0]?.msn ?? open?.msn ?? nextMsn}`,
    ...(discontinuitySequence > 0 ? [`#EXT-X-DISCONTINUITY-SEQUENCE:${discontinuitySequence}`] : []),
    ...(independent ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
  ]
}

const serverControl = ({ partSeconds, targetDurationSeconds: target }: Times) =>
  `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=${(partSeconds * PART_HOLD_BACK_PARTS).toFixed(3)},` +
  `HOLD-BACK=${(target * HOLD_BACK).toFixed(1)},CAN-SKIP-UNTIL=${(target * SKIP_BOUNDARY).toFixed(1)}`

function segmentHead({ init, discontinuity, startSeconds }: SegmentLines, startedAt: number, before?: number): string {
  const date = new Date(Math.round(startedAt + startSeconds * 1000)).toISOString()
  return (
    (discontinuity ? '#EXT-X-DISCONTINUITY\n' : '') +
    (init === before ? '' : `#EXT-X-MAP:URI="${initName(init)}"\n`) +
    `#EXT-X-PROGRAM-DATE-TIME:${date}\n`
  )
}

const segmentTail = ({ seconds }: SegmentLines, uri: string) => `#EXTINF:${seconds.toFixed(5)},\n${uri}\n`

/** Segments without their parts; `init` is that of the segment before them. */
export const olderText = (startedAt: number, segments: readonly SegmentLines[], init: number | undefined): string => {
  let text = ''
  let before = init
  for (const segment of segments) {
    text += segmentHead(segment, startedAt, before) + segmentTail(segment, segmentName(segment.msn))
    before = segment.init
  }
  return text
}

function tail({ open, nextMsn }: PlaylistView, reports: readonly Report[]): string {
  const hint = partName(nextMsn, open?.parts.length ?? 0)
  return [
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${hint}"\n`,
    ...reports.map(({ id, msn, part }) => {
      return `#EXT-X-RENDITION-REPORT:URI="../${id}/index.m3u8",LAST-MSN=${msn},LAST-PART=${part}\n`
    }),
  ].join('')
}

function edgeOf({ segments, open }: PlaylistView): number {
  const last = open?.parts.length ? open : segments.at(-1)
  return last ? last.startSeconds + last.seconds : 0
}
