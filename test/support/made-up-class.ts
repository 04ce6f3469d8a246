/** A class that is broadcast: a real muxer, fed by a made-up camera and microphone on a clock that the test moves. */
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { AudioInput } from '../../sfu/hls/audio-lane.ts'
import { Broadcast } from '../../sfu/hls/broadcast.ts'
import { RtpClock, SenderOffset } from '../../sfu/hls/clock.ts'
import { Muxer } from '../../sfu/hls/muxer.ts'
import {
  defaultHlsOptions,
  type HlsOptions,
  noRecorder,
  type Recorder,
  type SegmentStore,
} from '../../sfu/hls/ports.ts'
import { H264Input } from '../../sfu/hls/video-input.ts'
import { VideoLane } from '../../sfu/hls/video-lane.ts'
import { type MadeUpPicture, makePictures, RtpStream } from './made-up-sender.ts'
import { silentLog } from './silent-log.ts'

const NETWORK_MS = 40
const FRAME_MS = 1000 / 30
const PACKET_MS = 20
const TICK_MS = 20
const PICTURES_PER_KEY = 60
/** Two packets of silence in Opus: what decodes it has nothing to say about it. */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe])

export type MadeUpClass = Awaited<ReturnType<typeof openMadeUpClass>>

type Given = {
  lessonId?: string
  startedAt?: number
  /** Of each layer of the camera, lowest first; none: it is off. */
  sizes?: string[]
  options?: Partial<HlsOptions>
  segmentStore?: SegmentStore
  recorder?: Recorder
  /** How far on the class is when this process takes it up. */
  afterMs?: number
}

const drawn = new Map<string, Promise<MadeUpPicture[]>>()
const picturesOf = (size: string) => {
  const known = drawn.get(size) ?? makePictures(size, 120, PICTURES_PER_KEY)
  drawn.set(size, known)
  return known
}

export async function openMadeUpClass(given: Given = {}) {
  const { lessonId = randomUUID(), startedAt = Date.UTC(2026, 0, 1), sizes = ['320x180'] } = given
  const { recorder = noRecorder, afterMs = 0 } = given
  const files = new Map<string, Uint8Array>()
  const inMemory: SegmentStore = {
    put: async (key, bytes) => void files.set(key, bytes),
    read: async (key) => {
      const bytes = files.get(key)
      return bytes && { stream: Readable.from([bytes]), sizeBytes: bytes.length }
    },
  }
  const store = given.segmentStore ?? inMemory
  const storing: Promise<void>[] = []
  const { nextMsn = 0, nextInit = {} } = (await recorder.resume(lessonId, startedAt)) ?? {}
  const broadcast = new Broadcast({
    lessonId,
    startedAt,
    options: { ...defaultHlsOptions, ...given.options },
    segmentStore: {
      ...store,
      put(key, bytes, options) {
        const put = store.put(key, bytes, options)
        storing.push(put.catch(() => {}))
        return put
      },
    },
    recorder,
    log: silentLog,
    nextInit,
  })
  let now = startedAt + afterMs
  let keyAsked = false
  const muxer = new Muxer({ broadcast, firstMsn: nextMsn, requestKeyFrame: () => (keyAsked = true) }, now)
  const offset = new SenderOffset()
  const microphone = new RtpStream(9, 48_000)
  const sound = new AudioInput(muxer.sound, new RtpClock(48_000, offset))
  let layers: { input: H264Input; stream: RtpStream; pictures: MadeUpPicture[] }[] = []
  let sent = 0
  let [nextPicture, nextSound] = [now, now]

  /** Another camera. */
  const show = async (sizes: string[]) => {
    const pictures = await Promise.all(sizes.map(picturesOf))
    layers = pictures.map((each, index) => ({
      pictures: each,
      stream: new RtpStream(index + 1, 90_000),
      input: new H264Input(
        new VideoLane({
          startedAt,
          health: broadcast.health,
          needKey: () => {
            keyAsked = true
          },
          arrived: () => muxer.advance(now),
        }),
        new RtpClock(90_000, offset),
      ),
    }))
    sent = 0
    muxer.show(layers.map(({ input }) => input.lane))
  }
  await show(sizes)

  const sendPicture = () => {
    if (keyAsked) sent = Math.ceil(sent / PICTURES_PER_KEY) * PICTURES_PER_KEY
    keyAsked = false
    for (const { input, stream, pictures } of layers) {
      for (const packet of stream.picture(nextPicture - NETWORK_MS, pictures[sent % pictures.length]!))
        input.push(packet, now)
      if (sent % 30 === 5) input.reported(now - NETWORK_MS, stream.timestampAt(now - NETWORK_MS), now)
    }
    sent += 1
    nextPicture += FRAME_MS
  }
  const sendSound = () => {
    sound.push(microphone.packet(nextSound - NETWORK_MS, SILENCE, false), now)
    nextSound += PACKET_MS
  }
  return {
    broadcast,
    lessonId,
    startedAt,
    files,
    show,
    /** Lets the class go on by so much. */
    async play(seconds: number): Promise<void> {
      for (const end = now + seconds * 1000; now < end; now += TICK_MS) {
        while (nextPicture <= now) sendPicture()
        while (nextSound <= now) sendSound()
        for (const { input } of layers) input.drain(now)
        muxer.advance(now)
      }
      await new Promise(setImmediate)
    },
    /** Resolves when all that is whole is in the store. */
    async settled(): Promise<void> {
      await Promise.all(storing.splice(0))
      await new Promise(setImmediate)
    },
    /** The process goes, and another one may go on with the class. */
    async suspend(): Promise<void> {
      muxer.end(now)
      await broadcast.suspend()
    },
    async end(): Promise<void> {
      muxer.end(now)
      await broadcast.end()
    },
  }
}
