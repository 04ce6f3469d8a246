import t from 'tap'
import { multivariantPlaylist } from '../../../sfu/hls/playlist.ts'

const picture = { codecs: 'avc1.42c01e', frameRate: 30, peakBitrate: 500_000, averageBitrate: 400_000 }
const variants = [
  { ...picture, id: 'v0', width: 320, height: 180 },
  { ...picture, id: 'v1', width: 640, height: 360 },
]
const groups = [
  { id: 'opus', codecs: 'Opus', bitrate: 64_000 },
  { id: 'aac', codecs: 'mp4a.40.2', bitrate: 128_000 },
]

t.test('there is every picture with every kind of sound, and last the sound alone', async (t) => {
  const lines = multivariantPlaylist(variants, groups, 'index.m3u8').split('\n')
  const streams = lines.flatMap((line, index) =>
    line.startsWith('#EXT-X-STREAM-INF') ? [`${line} ${lines[index + 1]}`] : [],
  )
  t.strictSame(
    streams.map((stream) => `${/CODECS="([^"]*)"/.exec(stream)![1]} ${stream.split(' ')[1]}`),
    [
      'avc1.42c01e,Opus v0/index.m3u8',
      'avc1.42c01e,Opus v1/index.m3u8',
      'avc1.42c01e,mp4a.40.2 v0/index.m3u8',
      'avc1.42c01e,mp4a.40.2 v1/index.m3u8',
      'Opus opus/index.m3u8',
      'mp4a.40.2 aac/index.m3u8',
    ],
  )
  t.match(streams.at(-1), /BANDWIDTH=128000,/)
  t.notMatch(streams.at(-1), /RESOLUTION/)
})
