/** What a peer publishes, made up: pictures and sound as RTP over loopback, through a real media worker. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { types as mediasoup } from 'mediasoup'
import type { Test } from 'tap'
import type { MediaRoom } from '../../sfu/media-room.ts'
import { type MadeUpPicture, RtpStream } from './made-up-sender.ts'

const RATE = 30
const PAYLOAD_TYPE = 100
/** Twenty milliseconds of silence. */
const SOUND = Buffer.from([0xf8, 0xff, 0xfe])
const PACKET_MS = 20
const STEP_MS = 5
const H264 = { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 }
const PICTURE = { mimeType: 'video/H264', payloadType: PAYLOAD_TYPE, clockRate: 90_000, parameters: H264 }
const MICROPHONE = { mimeType: 'audio/opus', payloadType: PAYLOAD_TYPE, clockRate: 48_000, channels: 2 }

let nextSsrc = 1000

/** Publishes these layers of a picture, lowest first, until the test ends or it is closed. */
export async function publishPictures(
  t: Pick<Test, 'teardown'>,
  room: MediaRoom,
  peerId: string,
  source: 'camera' | 'screen',
  layers: readonly (readonly MadeUpPicture[])[],
) {
  const streams = layers.map(() => new RtpStream(nextSsrc++, 90_000))
  const rtpParameters = { codecs: [PICTURE], encodings: streams.map(({ ssrc }) => ({ ssrc })) }
  const { producer, send, close } = await publish(t, room, { kind: 'video', rtpParameters })
  room.publish(peerId, source, producer)
  let sent = 0
  everySoOften(t, producer, 1000 / RATE, (ms) => {
    layers.forEach((pictures, layer) => {
      for (const packet of streams[layer]!.picture(ms, pictures[sent % pictures.length]!)) send(packet)
    })
    sent += 1
  })
  return { close }
}

export async function publishSilence(t: Pick<Test, 'teardown'>, room: MediaRoom, peerId: string) {
  const stream = new RtpStream(nextSsrc++, 48_000)
  const rtpParameters = { codecs: [MICROPHONE], encodings: [{ ssrc: stream.ssrc }] }
  const { producer, send, close } = await publish(t, room, { kind: 'audio', rtpParameters })
  room.publish(peerId, 'microphone', producer)
  everySoOften(t, producer, PACKET_MS, (ms) => send(stream.packet(ms, SOUND, false)))
  return { close }
}

async function publish(t: Pick<Test, 'teardown'>, room: MediaRoom, options: mediasoup.ProducerOptions) {
  const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const
  const transport = await room.router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: true })
  const producer = await transport.produce(options)
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  transport.observer.once('close', () => socket.close())
  t.teardown(() => transport.close())
  const send = (packet: Buffer) => socket.send(packet, transport.tuple.localPort, '127.0.0.1')
  return { producer, send, close: () => transport.close() }
}

/** As often as it should have been by now, however late the timer is. */
function everySoOften(
  t: Pick<Test, 'teardown'>,
  producer: mediasoup.Producer,
  everyMs: number,
  act: (ms: number) => void,
) {
  let nextMs = performance.now()
  const timer = setInterval(() => {
    for (const now = performance.now(); nextMs <= now; nextMs += everyMs) if (!producer.closed) act(nextMs)
  }, STEP_MS)
  producer.observer.once('close', () => clearInterval(timer))
  t.teardown(() => clearInterval(timer))
}
