/** Playlists of a video, written for whoever asks: all of it, or as much as may be tried. */
import type { Manifest, ManifestRendition } from '../files/video/manifest.ts'

/** One line for each rendition; the first is what a player begins with. */
export function masterPlaylist({ renditions }: Manifest): string {
  const lines = renditions.flatMap(({ name, width, height, bitsPerSecond, codecs }) => [
    `#EXT-X-STREAM-INF:BANDWIDTH=${bitsPerSecond},RESOLUTION=${width}x${height},CODECS="${codecs}"`,
    `${name}/index.m3u8`,
  ])
  return ['#EXTM3U', '#EXT-X-VERSION:3', ...lines, ''].join('\n')
}

export function mediaPlaylist(rendition: ManifestRendition, trialSeconds: number | null): string {
  const given = rendition.segmentMs.slice(0, segmentsGiven(rendition, trialSeconds))
  const longest = Math.max(1, ...given.map((ms) => Math.round(ms / 1000)))
  return [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-PLAYLIST-TYPE:VOD',
    `#EXT-X-TARGETDURATION:${longest}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    // Without an IV here it is the number of the segment.
    '#EXT-X-KEY:METHOD=AES-128,URI="key"',
    ...given.flatMap((ms, number) => [`#EXTINF:${(ms / 1000).toFixed(3)},`, `${number}.ts`]),
    '#EXT-X-ENDLIST',
    '',
  ].join('\n')
}

/** How many segments there are for this viewer: in a trial, those that begin before its end. */
export function segmentsGiven({ segmentMs }: ManifestRendition, trialSeconds: number | null): number {
  if (trialSeconds === null) return segmentMs.length
  let from = 0
  for (const [number, ms] of segmentMs.entries()) {
    if (from >= trialSeconds * 1000) return number
    from += ms
  }
  return segmentMs.length
}
