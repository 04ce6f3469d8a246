/** What one would do without a muxer: PlainTransport → ffmpeg, which copies the picture into HLS. */
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { types as mediasoup } from 'mediasoup'

const HOST = '127.0.0.1'
const START_MS = 700

/**
 * Writes `index.m3u8` into the folder until it is closed or this process ends, and the folder with it. `sound`: the Opus
 * as it is, or made AAC.
 */
export async function startRival(
  router: mediasoup.Router,
  producers: string[],
  folder: string,
  sound: 'copy' | 'aac' = 'aac',
): Promise<{ close(): void }> {
  const consumers: mediasoup.Consumer[] = []
  const transports: mediasoup.PlainTransport[] = []
  const sdp = ['v=0', `o=- 0 0 IN IP4 ${HOST}`, 's=rival', `c=IN IP4 ${HOST}`, 't=0 0']
  for (const producerId of producers) {
    const transport = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: HOST }, rtcpMux: false })
    transports.push(transport)
    const port = await freePair()
    await transport.connect({ ip: HOST, port, rtcpPort: port + 1 })
    const consumer = await transport.consume({ producerId, rtpCapabilities: router.rtpCapabilities, paused: true })
    if (consumer.type === 'simulcast') await consumer.setPreferredLayers({ spatialLayer: 9 })
    consumers.push(consumer)
    const { payloadType, parameters } = consumer.rtpParameters.codecs[0]!
    sdp.push(`m=${consumer.kind} ${port} RTP/AVP ${payloadType}`)
    sdp.push(`a=rtpmap:${payloadType} ${consumer.kind === 'video' ? 'H264/90000' : 'opus/48000/2'}`)
    if (consumer.kind === 'video')
      sdp.push(`a=fmtp:${payloadType} packetization-mode=1;profile-level-id=${parameters!['profile-level-id']}`)
  }
  await writeFile(join(folder, 'in.sdp'), `${sdp.join('\r\n')}\r\n`)
  const args = [
    ...['-v', 'fatal', '-nostdin', '-protocol_whitelist', 'file,udp,rtp', '-fflags', '+genpts', '-i', 'in.sdp'],
    ...['-c:v', 'copy', '-c:a', sound, '-b:a', '96k', '-f', 'hls', '-hls_time', '1', '-hls_list_size', '6'],
    ...['-hls_segment_type', 'fmp4', '-hls_flags', 'delete_segments+independent_segments', 'index.m3u8'],
  ]
  const child = spawn('ffmpeg', args, { cwd: folder, stdio: ['ignore', 'ignore', 2] })
  const close = () => {
    process.off('exit', close)
    child.kill('SIGKILL')
    for (const transport of transports) transport.close()
    rmSync(folder, { recursive: true, force: true })
  }
  process.on('exit', close)
  await pause(START_MS)
  for (const consumer of consumers) await consumer.resume()
  return { close }
}

/** An even port and the one after it. */
async function freePair(): Promise<number> {
  for (;;) {
    const socket = createSocket('udp4').bind(0, HOST)
    await once(socket, 'listening')
    const { port } = socket.address()
    socket.close()
    if (port % 2 === 0) return port
  }
}
