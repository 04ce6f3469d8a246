/** A short film with sound, encoded once, and sent as RTP again and again. */
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { IngestTrack } from '../sfu/ingest.ts'
import type { Own } from './benchmark.ts'
import { startProgram } from './child.ts'

const QUIET = ['-hide_banner', '-loglevel', 'error', '-nostdin']
const PACKET_BYTES = 1200

/** 320×180 at 15 pictures and 800 kbit a second, so that many viewers cost their browser little and the worker much. */
export async function makeClip(): Promise<string> {
  const file = join(tmpdir(), 'clip.ts')
  const words = (text: string) => text.split(' ')
  const picture = words('-f lavfi -i testsrc2=size=320x180:rate=15,noise=alls=40:allf=t')
  const sound = words('-f lavfi -i sine=frequency=440:sample_rate=48000')
  const h264 = words('-pix_fmt yuv420p -c:v libx264 -profile:v baseline -preset veryfast -tune zerolatency -g 15')
  const rate = words('-b:v 800k -minrate 800k -maxrate 800k -bufsize 400k -x264-params nal-hrd=cbr')
  const opus = words('-c:a libopus -b:a 32k -ac 2')
  const args = [...QUIET, '-y', ...picture, ...sound, '-t', '20', ...h264, ...rate, ...opus, file]
  await promisify(execFile)('ffmpeg', args)
  return file
}

/** Sends the clip to these ports of loopback, over and over. */
export function sendClip(own: Own, clip: string, { video, audio }: { video: IngestTrack; audio: IngestTrack }): void {
  const to = ({ port, ssrc, payloadType }: IngestTrack) => [
    ...['-c', 'copy', '-ssrc', String(ssrc), '-payload_type', String(payloadType)],
    ...['-f', 'rtp', `rtp://127.0.0.1:${port}?rtcpport=${port}&pkt_size=${PACKET_BYTES}`],
  ]
  const source = ['-re', '-stream_loop', '-1', '-i', clip]
  const args = [...QUIET, ...source, '-map', '0:v', ...to(video), '-map', '0:a', ...to(audio)]
  own(
    startProgram('ffmpeg', args, (error) => console.error(error)),
    (each) => each.close(),
  )
}
