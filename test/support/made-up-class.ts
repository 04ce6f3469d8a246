/** A class that is broadcast: a real muxer, fed by a made-up camera and microphone on a clock that the test moves. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { AudioInput } from '../../sfu/hls/audio-lane.ts'
import { Broadcast } from '../../sfu/hls/broadcast.ts'
import { RtpClock, SenderOffset } from '../../sfu/hls/clock.ts'
import { Muxer } from '../../sfu/hls/muxer.ts'
import { defaultHlsOptions, type HlsOptions, noRecorder } from '../../sfu/hls/ports.ts'
import { VideoLane } from '../../sfu/hls/video-lane.ts'
import { makePictures, RtpStream } from './made-up-sender.ts'
import { silentLog } from './silent-log.ts'

const NETWORK_MS = 40
const FRAME_MS = 1000 / 30
const PACKET_MS = 20
const TICK_MS = 20
const TONE = Buffer.from([0xfc, 1, 2, 3, 4])

export type MadeUpClass = Awaited<ReturnType<typeof openMadeUpClass>>

export async function openMadeUpClass(
  given: { lessonId?: string; startedAt?: number; size?: string; options?: Partial<HlsOptions> } = {},
) {
  const { lessonId = randomUUID(), startedAt = Date.UTC(2026, 0, 1), size = '320x180' } = given
  const pictures = await makePictures(size, 120, 60)
  const files = new Map<string, Uint8Array>()
  const broadcast = new Broadcast({
    lessonId,
    startedAt,
    options: { ...defaultHlsOptions, ...given.options },
    segmentStore: {
      put: async (key, bytes) => void files.set(key, bytes),
      read: async (key) => {
        const bytes = files.get(key)
        return bytes && { stream: Readable.from([bytes]), sizeBytes: bytes.length }
      },
    },
    recorder: noRecorder,
    log: silentLog,
    nextInit: {},
  })
  let now = startedAt
  let keyAsked = false
  const muxer = new Muxer({ broadcast, firstMsn: 0, requestKeyFrame: () => (keyAsked = true) }, now)
  const offset = new SenderOffset()
  const lane = new VideoLane({
    clock: new RtpClock(90_000, offset),
    startedAt,
    health: broadcast.health,
    needKey: () => {
      keyAsked = true
    },
    arrived: () => muxer.advance(now),
  })
  const [camera, microphone] = [new RtpStream(1, 90_000), new RtpStream(9, 48_000)]
  const sound = new AudioInput(muxer.sound, new RtpClock(48_000, offset))
  muxer.show([lane])
  let sent = 0
  let [nextPicture, nextSound] = [now, now]

  const sendPicture = () => {
    if (keyAsked) sent = 0
    keyAsked = false
    for (const packet of camera.picture(nextPicture - NETWORK_MS, pictures[sent % pictures.length]!))
      lane.push(packet, now)
    if (sent % 30 === 5) lane.reported(now - NETWORK_MS, camera.timestampAt(now - NETWORK_MS), now)
    sent += 1
    nextPicture += FRAME_MS
  }
  const sendSound = () => {
    sound.push(microphone.packet(nextSound - NETWORK_MS, TONE, false), now)
    nextSound += PACKET_MS
  }
  return {
    broadcast,
    lessonId,
    files,
    /** Lets the class go on by so much. */
    async play(seconds: number): Promise<void> {
      for (const end = now + seconds * 1000; now < end; now += TICK_MS) {
        while (nextPicture <= now) sendPicture()
        while (nextSound <= now) sendSound()
        lane.drain(now)
        muxer.advance(now)
      }
      await new Promise(setImmediate)
    },
    async end(): Promise<void> {
      muxer.end(now)
      await broadcast.end()
    },
  }
}
