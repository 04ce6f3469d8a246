import { createFile, MP4BoxBuffer, type Sample } from 'mp4box'
import t from 'tap'
import { initSegment } from '../../../sfu/hls/fmp4.ts'
import { openMadeUpClass } from '../../support/made-up-class.ts'

/** What mp4box reads in a rendition of these bytes, one after another as a player gets them. */
function read(pieces: readonly Uint8Array[]) {
  const file = createFile()
  const found = { tracks: [] as { codec: string; timescale: number }[], samples: [] as Sample[], trouble: '' }
  file.onError = (_module, message) => {
    found.trouble += message
  }
  file.onReady = ({ tracks }) => {
    found.tracks = tracks.map(({ codec, timescale }) => ({ codec, timescale }))
    for (const { id } of tracks) file.setExtractionOptions(id, undefined, { nbSamples: 1 })
    file.start()
  }
  file.onSamples = (_id, _user, samples) => void found.samples.push(...samples)
  let offset = 0
  for (const piece of pieces) {
    file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(new Uint8Array(piece).buffer, offset))
    offset += piece.length
  }
  file.flush()
  return { ...found, boxes: file.boxes.map(({ type }) => type) }
}

t.test('mp4box reads the boxes of every rendition: one track, and samples without a gap', async (t) => {
  const { broadcast, play } = await openMadeUpClass({ sizes: ['320x180', '640x360'] })
  await play(9)
  for (const [rendition, codec, timescale] of [
    ['v0', /^avc1\.42/, 90_000],
    ['v1', /^avc1\.42/, 90_000],
    ['opus', /^Opus$/, 48_000],
  ] as const) {
    const { text } = await broadcast.playlist(rendition, {})
    const names = [...text.matchAll(/^(\d+)\.m4s$/gm)].map(([, msn]) => Number(msn))
    const [, number] = /init-(\d+)\.mp4/.exec(text)!
    const segments = await Promise.all(names.map((msn) => broadcast.segment(rendition, msn)))
    const { tracks, samples, boxes, trouble } = read([
      broadcast.init(rendition, Number(number))!,
      ...(segments as Buffer[]),
    ])
    t.equal(trouble, '')
    t.equal(tracks.length, 1, rendition)
    t.match(tracks[0], { codec, timescale })
    t.strictSame(boxes.slice(0, 4), ['ftyp', 'moov', 'moof', 'mdat'])
    t.ok(samples.length > 150, `${samples.length} samples`)
    const holes = samples.slice(1).filter(({ dts }, index) => dts !== samples[index]!.dts + samples[index]!.duration)
    t.strictSame(holes, [], 'each begins where the one before it ends')
    t.ok(samples.every(({ dts, cts }) => dts === cts))
    const seconds = (samples.at(-1)!.dts - samples[0]!.dts) / timescale
    t.ok(
      Math.abs(seconds - [...text.matchAll(/EXTINF:([\d.]+)/g)].reduce((sum, [, each]) => sum + Number(each), 0)) < 0.1,
    )
    const keys = samples.filter(({ is_sync }) => is_sync)
    t.equal(keys.length, rendition === 'opus' ? samples.length : names.length, 'a key frame begins each segment')
  }
})

t.test('mp4box knows the AAC by its init segment', async (t) => {
  const { tracks } = read([initSegment({ kind: 'aac', config: Buffer.from([0x11, 0x90]) })])
  t.match(tracks, [{ codec: 'mp4a.40.2', timescale: 48_000 }])
})
