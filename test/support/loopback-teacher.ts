/** A teacher without a browser: a made-up camera and a microphone of real Opus, as RTP over loopback into a media room. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Test } from 'tap'
import { type IngestTrack, openIngest } from '../../sfu/ingest.ts'
import type { MediaRoom } from '../../sfu/media-room.ts'
import { type MadeUpPicture, RtpStream } from './made-up-sender.ts'

/** Twenty milliseconds of silence. */
const SOUND = Buffer.from([0xf8, 0xff, 0xfe])
const PACKET_MS = 20
const STEP_MS = 5

type Given = { pictures: readonly MadeUpPicture[]; rate?: number; picturesPerKey?: number }

/** Teaches as the peer `teacher` until the test ends, or it is closed. */
export async function teach(t: Pick<Test, 'teardown'>, room: MediaRoom, given: Given) {
  const { pictures, rate = 30, picturesPerKey = 30 } = given
  const ingest = await openIngest(room, 'teacher')
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const [video, audio] = [new RtpStream(ingest.video.ssrc, 90_000), new RtpStream(ingest.audio.ssrc, 48_000)]
  const send = (packet: Buffer, { payloadType, port }: IngestTrack) => {
    packet[1] = (packet[1]! & 0x80) | payloadType
    socket.send(packet, port, ingest.host)
  }
  const state = { camera: true, sent: 0, pictureMs: performance.now(), soundMs: performance.now() }
  const step = () => {
    const now = performance.now()
    for (; state.pictureMs <= now; state.pictureMs += 1000 / rate) {
      if (!state.camera) continue
      const picture = pictures[state.sent++ % pictures.length]!
      for (const packet of video.picture(state.pictureMs, picture)) send(packet, ingest.video)
    }
    for (; state.soundMs <= now; state.soundMs += PACKET_MS)
      send(audio.packet(state.soundMs, SOUND, false), ingest.audio)
  }
  const sending = setInterval(step, STEP_MS)
  const { producerId } = room.publications().find(({ source }) => source === 'camera')!
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    clearInterval(sending)
    socket.close()
    ingest.close()
  }
  t.teardown(close)
  return {
    close,
    /** Off and on as a browser does it: with a key frame when it is on again. */
    async setCamera(on: boolean) {
      if (on) state.sent = Math.ceil(state.sent / picturesPerKey) * picturesPerKey
      state.camera = on
      await room.pauseProducer('teacher', producerId, !on)
    },
  }
}
