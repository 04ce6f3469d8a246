/** Playlists of a class that is over, written over what is recorded of it. */
import { keyName, keyPeriodOf } from './keys.ts'
import type { Cut, Piece, Slot, Timeline } from './recording.ts'

const VERSION = 7

export function replayMaster({ tracks }: Timeline, file: string): string {
  const sounds = tracks.filter(({ kind }) => kind === 'audio')
  const lines = ['#EXTM3U', `#EXT-X-VERSION:${VERSION}`]
  for (const { id } of sounds)
    lines.push(
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${id}",NAME="Teacher",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",URI="${id}/${file}"`,
    )
  for (const sound of sounds)
    for (const { id, kind, codecs, width, height, peak, average } of tracks) {
      if (kind !== 'video') continue
      lines.push(
        `#EXT-X-STREAM-INF:BANDWIDTH=${peak + sound.peak},AVERAGE-BANDWIDTH=${average + sound.average},` +
          `RESOLUTION=${width}x${height},CODECS="${codecs},${sound.codecs}",AUDIO="${sound.id}"`,
        `${id}/${file}`,
      )
    }
  return `${lines.join('\n')}\n`
}

/** Of the track in this place of the timeline. Init segments are in the clear, segments are not. */
export function replayMedia({ tracks }: Timeline, { slots }: Cut, place: number, startedAt: number): string {
  const { id } = tracks[place]!
  const first = slots[0]?.msn ?? 0
  const longest = Math.max(1, ...slots.map(({ pieces }) => Math.round(pieces[place]!.durationMs / 1000)))
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${VERSION}`,
    `#EXT-X-TARGETDURATION:${longest}`,
    `#EXT-X-MEDIA-SEQUENCE:${first}`,
    '#EXT-X-PLAYLIST-TYPE:VOD',
    ...(slots.every(({ independent }) => independent) ? ['#EXT-X-INDEPENDENT-SEGMENTS'] : []),
  ]
  let [map, key] = ['', '']
  slots.forEach((slot, index) => {
    const piece = slot.pieces[place]!
    const from = piece.rendition === id ? '' : `../${piece.rendition}/`
    if (index > 0 && slot.broken) lines.push('#EXT-X-DISCONTINUITY')
    const nextMap = `#EXT-X-MAP:URI="${from}init-${piece.init}.mp4"`
    // A key holds for the init segments after it, too.
    if (nextMap !== map && key !== '') lines.push('#EXT-X-KEY:METHOD=NONE')
    if (nextMap !== map) lines.push(nextMap)
    if (index === 0 || slot.broken) lines.push(dateLine(slot, place, startedAt))
    const nextKey = keyLine(piece, from, first + index)
    if (nextMap !== map || nextKey !== key) lines.push(nextKey)
    lines.push(`#EXTINF:${(piece.durationMs / 1000).toFixed(3)},`, `${from}${piece.msn}.m4s`)
    map = nextMap
    key = nextKey
  })
  return `${lines.join('\n')}\n#EXT-X-ENDLIST\n`
}

const dateLine = ({ pieces }: Slot, place: number, startedAt: number) =>
  `#EXT-X-PROGRAM-DATE-TIME:${new Date(startedAt + pieces[place]!.startMs).toISOString()}`

/** Without an IV it is the number that the segment has in the playlist. */
function keyLine({ msn }: Piece, from: string, number: number): string {
  const iv = msn === number ? '' : `,IV=0x${msn.toString(16).padStart(32, '0')}`
  return `#EXT-X-KEY:METHOD=AES-128,URI="${from}${keyName(keyPeriodOf(msn))}"${iv}`
}
