/** Media that comes in as plain RTP, without signaling: an encoder beside the server. */
import type { types as mediasoup } from 'mediasoup'
import type { PlainTrack, PlainWay, Publication } from '../signaling/ports.ts'
import type { Source } from '../signaling/protocol/constants.ts'
import { stillOpen } from './failures.ts'
import { closeQuietly } from './webrtc-transport.ts'

export type IngestTrack = PlainTrack
/** Where an encoder sends H.264 and Opus to, on loopback. */
export type Ingest = PlainWay & { publications: Publication[]; close(): void }

type IngestRoom = {
  router: mediasoup.Router
  publish(peerId: string, source: Source, producer: mediasoup.Producer): Publication
}

const HOST = '127.0.0.1'
const VIDEO = { ssrc: 0x11a70001, payloadType: 102 }
const AUDIO = { ssrc: 0x11a70002, payloadType: 111 }

/**
 * Opens two RTP ports on loopback whose H.264 and Opus become the camera and microphone of this peer. `ended` is called
 * once, whoever closes them.
 */
export async function openIngest(room: IngestRoom, peerId: string, ended = () => {}): Promise<Ingest> {
  const transports = await Promise.all([plainTransport(room.router), plainTransport(room.router)])
  const close = () => {
    for (const transport of transports) closeQuietly(transport)
  }
  try {
    const [video, audio] = transports
    const producers = await Promise.all([
      video.produce({ kind: 'video', rtpParameters: videoParameters }),
      audio.produce({ kind: 'audio', rtpParameters: audioParameters }),
    ])
    const camera = room.publish(peerId, 'camera', stillOpen(producers[0], video))
    const microphone = room.publish(peerId, 'microphone', stillOpen(producers[1], audio))
    video.observer.once('close', ended)
    return {
      host: HOST,
      publications: [camera, microphone],
      video: { ...portsOf(video), ...VIDEO },
      audio: { ...portsOf(audio), ...AUDIO },
      close,
    }
  } catch (error) {
    close()
    throw error
  }
}

// ffmpeg sends RTP and RTCP from two ports, and a transport that muxes them listens to the first it hears alone.
const plainTransport = (router: mediasoup.Router) =>
  router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: HOST }, rtcpMux: false, comedia: true })

const portsOf = ({ tuple, rtcpTuple }: mediasoup.PlainTransport) => ({
  port: tuple.localPort,
  rtcpPort: rtcpTuple!.localPort,
})

const videoParameters: mediasoup.RtpParameters = {
  codecs: [
    {
      mimeType: 'video/H264',
      payloadType: VIDEO.payloadType,
      clockRate: 90_000,
      parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
    },
  ],
  encodings: [{ ssrc: VIDEO.ssrc }],
}

const audioParameters: mediasoup.RtpParameters = {
  codecs: [{ mimeType: 'audio/opus', payloadType: AUDIO.payloadType, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: AUDIO.ssrc }],
}
