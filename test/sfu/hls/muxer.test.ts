import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { AudioInput } from '../../../sfu/hls/audio-lane.ts'
import { Broadcast } from '../../../sfu/hls/broadcast.ts'
import { RtpClock, SenderOffset } from '../../../sfu/hls/clock.ts'
import { Muxer } from '../../../sfu/hls/muxer.ts'
import { defaultHlsOptions, noRecorder, type RecordedSegment } from '../../../sfu/hls/ports.ts'
import { H264Input } from '../../../sfu/hls/video-input.ts'
import { VideoLane } from '../../../sfu/hls/video-lane.ts'
import { HlsLint } from '../../support/hls-lint.ts'
import { type MadeUpPicture, makePictures, RtpStream } from '../../support/made-up-sender.ts'
import { silentLog } from '../../support/silent-log.ts'

const STARTED_AT = Date.UTC(2026, 0, 1)
/** The sender's clock is wrong by this much. */
const SENDER_AHEAD_MS = 123_456
const NETWORK_MS = 40
const TONE = Buffer.from([0xfc, 1, 2, 3, 4])

const PICTURES_PER_KEY = 60
const small = await makePictures('320x180', 480, PICTURES_PER_KEY)
const large = await makePictures('640x360', 480, PICTURES_PER_KEY)

/** A class on a clock that the test moves, whose every playlist is looked at as it changes. */
function openClass() {
  const files = new Map<string, Uint8Array>()
  const recorded: RecordedSegment[] = []
  const broadcast = new Broadcast({
    lessonId: 'lesson',
    startedAt: STARTED_AT,
    options: defaultHlsOptions,
    segmentStore: {
      put: async (key, bytes) => void files.set(key, bytes),
      read: async (key) => {
        const bytes = files.get(key)
        return bytes && { stream: Readable.from([bytes]), sizeBytes: bytes.length }
      },
    },
    recorder: { ...noRecorder, add: (_, segment) => void recorded.push(segment) },
    log: silentLog,
    nextInit: {},
  })
  const state = {
    now: STARTED_AT,
    cameras: [] as { inputs: H264Input[]; on: boolean }[],
    microphone: true,
    lose: 0,
    mix: false,
    keyAsked: false,
  }
  const muxer = new Muxer({ broadcast, firstMsn: 0, requestKeyFrame: () => (state.keyAsked = true) }, state.now)
  const lints = new Map<string, HlsLint>()
  const sound = new RtpStream(9, 48_000)
  const input = new AudioInput(muxer.sound, new RtpClock(48_000, new SenderOffset()))
  let held: (() => void) | undefined

  /** A camera of these layers that sends until it is told not to. */
  const connect = (layers: readonly MadeUpPicture[][]) => {
    const offset = new SenderOffset()
    const { health } = broadcast
    const needKey = () => {
      state.keyAsked = true
    }
    const arrived = (seconds: number, key: boolean) => muxer.arrived(seconds, key, state.now)
    const inputs = layers.map(() => {
      const lane = new VideoLane({ startedAt: STARTED_AT, health, needKey, arrived })
      return new H264Input(lane, new RtpClock(90_000, offset))
    })
    const streams = layers.map((_, index) => new RtpStream(index + 1, 90_000))
    const camera = { inputs, on: true, layers: layers.length, rate: 30, sent: 0 }
    state.cameras.push(camera)
    const send = (capturedMs: number) => {
      if (state.keyAsked) camera.sent = Math.ceil(camera.sent / PICTURES_PER_KEY) * PICTURES_PER_KEY
      state.keyAsked = false
      inputs.slice(0, camera.layers).forEach((input, index) => {
        const pictures = layers[index]!
        for (const packet of streams[index]!.picture(capturedMs, pictures[camera.sent % pictures.length]!)) {
          if (state.lose > 0 && Math.random() < state.lose) continue
          const push = () => input.push(packet, state.now)
          if (state.mix && !held && Math.random() < 0.1) held = push
          else {
            push()
            held?.()
            held = undefined
          }
        }
        if (camera.sent % 30 === 5)
          input.reported(
            state.now - NETWORK_MS + SENDER_AHEAD_MS,
            streams[index]!.timestampAt(state.now - NETWORK_MS),
            state.now,
          )
      })
      camera.sent += 1
    }
    muxer.show(inputs.map(({ lane }) => lane))
    return Object.assign(camera, { send, nextAt: state.now })
  }
  const cameras: ReturnType<typeof connect>[] = []
  let nextSound = state.now

  const play = async (seconds: number) => {
    for (const end = state.now + seconds * 1000; state.now < end; state.now += 5) {
      for (const camera of cameras)
        while (camera.nextAt <= state.now) {
          if (camera.on) camera.send(camera.nextAt - NETWORK_MS)
          camera.nextAt += 1000 / camera.rate
        }
      for (; nextSound <= state.now; nextSound += 20)
        if (state.microphone) input.push(sound.packet(nextSound - NETWORK_MS, TONE, false), state.now)
      if (state.now % 20 !== 0) continue
      for (const camera of cameras) for (const input of camera.inputs) input.drain(state.now)
      muxer.tick(state.now)
      if (state.now % 200 === 0) await look()
    }
  }
  const ids = () => ['v0', 'v1', 'v2', 'opus']
  const look = async () => {
    for (const id of ids()) {
      const { text, status } = await Promise.race([
        broadcast.playlist(id, {}),
        new Promise<{ text: string; status: 'timeout' }>((resolve) =>
          setImmediate(resolve, { text: '', status: 'timeout' }),
        ),
      ])
      if (status !== 'ok') continue
      const lint = lints.get(id) ?? new HlsLint()
      lints.set(id, lint)
      lint.check(text)
    }
  }
  const end = async () => {
    muxer.end(state.now)
    await broadcast.end()
  }
  const clean = (t: Test, atLeast = 10) => {
    for (const [id, lint] of lints) {
      t.strictSame([...lint.violations], [], `${id}, over ${lint.reloads} reloads`)
      t.ok(lint.reloads >= atLeast)
    }
  }
  const bringIn = (layers: readonly MadeUpPicture[][]) => {
    const camera = connect(layers)
    cameras.push(camera)
    return camera
  }
  return { broadcast, muxer, state, play, bringIn, end, clean, files, recorded, cameras, lints }
}
type MadeUpClass = ReturnType<typeof openClass>

type Heard = { said: string; frames: number; sent: number }

/** What ffmpeg says of a rendition, and how many pictures it finds; its reader of HLS takes one init segment only. */
function readWithFfmpeg({ files, recorded }: MadeUpClass, rendition: string): Heard {
  const folder = mkdtempSync(join(tmpdir(), 'jiangtang-hls-'))
  try {
    const segments = recorded.filter((segment) => segment.rendition === rendition)
    for (const [key, bytes] of files) {
      const [, , owner, name] = key.split('/')
      if (owner === rendition) writeFileSync(join(folder, name!), bytes)
    }
    const all: Heard = { said: '', frames: 0, sent: 0 }
    for (const init of new Set(segments.map((segment) => segment.init))) {
      const heard = readRun(folder, init, segments)
      all.said += heard.said
      all.frames += heard.frames
      all.sent += heard.sent
    }
    return all
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function readRun(folder: string, init: number, segments: readonly RecordedSegment[]): Heard {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:3', `#EXT-X-MAP:URI="init-${init}.mp4"`]
  for (const { msn, durationMs } of segments.filter((segment) => segment.init === init))
    lines.push(`#EXTINF:${durationMs / 1000},`, `${msn}.m4s`)
  writeFileSync(join(folder, 'index.m3u8'), [...lines, '#EXT-X-ENDLIST', ''].join('\n'))
  const shell = (command: string) => execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' })
  const ffmpeg = 'ffmpeg -v warning -nostdin -i index.m3u8 -fps_mode passthrough -enc_time_base -1 -f null - 2>&1'
  const ffprobe = 'ffprobe -v error -count_frames -count_packets -show_entries stream=nb_read_frames,nb_read_packets'
  const [frames, sent] = shell(`${ffprobe} -of csv=p=0 index.m3u8 | head -n 1`).split(',').map(Number)
  return { said: shell(ffmpeg), frames: frames!, sent: sent! }
}

t.test(
  'two layers and a microphone become renditions that keep every rule, and that ffmpeg takes without a word',
  async (t) => {
    const madeUp = openClass()
    madeUp.bringIn([small, large])
    await madeUp.play(10)
    await madeUp.end()
    madeUp.clean(t)
    for (const rendition of ['v0', 'v1']) {
      const { said, frames, sent } = readWithFfmpeg(madeUp, rendition)
      t.equal(said, '', rendition)
      t.equal(frames, sent, 'every picture is shown')
      t.ok(frames >= 290, `${frames} pictures`)
    }
    const starts = (id: string) =>
      madeUp.recorded.filter(({ rendition }) => rendition === id).map(({ startMs }) => startMs)
    t.strictSame(starts('v0'), starts('v1'))
    t.ok(starts('opus').every((ms, index) => Math.abs(ms - starts('v0')[index]!) <= 11))
    t.equal(madeUp.broadcast.health.forcedCuts, 0)
  },
)

t.test('parts keep to the grid at any frame rate, and with the camera off', async (t) => {
  const madeUp = openClass()
  const camera = madeUp.bringIn([small])
  for (const rate of [30, 8, 24, 13, 30]) {
    camera.rate = rate
    await madeUp.play(4)
  }
  camera.on = false
  await madeUp.play(7)
  camera.on = true
  camera.sent = 0
  await madeUp.play(5)
  await madeUp.end()
  madeUp.clean(t)
  const { said, frames, sent } = readWithFfmpeg(madeUp, 'v0')
  t.equal(said, '')
  t.equal(frames, sent, 'fillers are shown, too')
  t.ok(madeUp.broadcast.health.fillers > 20, `${madeUp.broadcast.health.fillers} fillers`)
  t.ok(
    madeUp.recorded.every(({ independent }) => independent),
    'one may join anywhere',
  )
})

t.test('a microphone that is off is silence, by the clock', async (t) => {
  const madeUp = openClass()
  madeUp.bringIn([small])
  await madeUp.play(4)
  madeUp.state.microphone = false
  await madeUp.play(4)
  t.ok(madeUp.broadcast.health.silences > 150, `${madeUp.broadcast.health.silences} packets of silence`)
  madeUp.state.microphone = true
  await madeUp.play(4)
  await madeUp.end()
  madeUp.clean(t)
  const sound = madeUp.recorded.filter(({ rendition }) => rendition === 'opus')
  const total = sound.reduce((sum, { durationMs }) => sum + durationMs, 0)
  t.ok(Math.abs(total - 12_000) < 800, `${total} ms of sound in 12 s`)
})

t.test('loss and disorder cost pictures, never a rule', async (t) => {
  const madeUp = openClass()
  madeUp.bringIn([small, large])
  madeUp.state.mix = true
  await madeUp.play(6)
  madeUp.state.lose = 0.01
  await madeUp.play(8)
  madeUp.state.lose = 0
  await madeUp.play(4)
  await madeUp.end()
  madeUp.clean(t)
  t.ok(madeUp.broadcast.health.reordered > 0)
  t.ok(madeUp.broadcast.health.lost > 0)
  for (const rendition of ['v0', 'v1']) t.equal(readWithFfmpeg(madeUp, rendition).said, '')
})

t.test('a layer that goes is stood in for by a lower one, and a teacher who comes back goes on', async (t) => {
  const madeUp = openClass()
  const camera = madeUp.bringIn([small, large])
  await madeUp.play(5)
  camera.layers = 1
  await madeUp.play(8)
  camera.layers = 2
  await madeUp.play(6)
  camera.on = false
  await madeUp.play(5)
  madeUp.bringIn([small, large])
  await madeUp.play(6)
  await madeUp.end()
  madeUp.clean(t)
  const discontinuities = (id: string) =>
    madeUp.recorded.filter(({ rendition, discontinuity }) => rendition === id && discontinuity).map(({ msn }) => msn)
  t.ok(discontinuities('v0').length >= 2, `at ${discontinuities('v0')}`)
  for (const id of ['v1', 'opus']) t.strictSame(discontinuities(id), discontinuities('v0'), 'at the same numbers')
  t.equal(readWithFfmpeg(madeUp, 'v0').said, '')
})

t.test(
  'a picture that changes its size, and a screen that takes over and gives back, are discontinuities everywhere',
  async (t) => {
    const madeUp = openClass()
    const layers = [small]
    const camera = madeUp.bringIn(layers)
    await madeUp.play(5)
    layers[0] = large
    camera.sent = 0
    await madeUp.play(5)
    camera.on = false
    madeUp.bringIn([small]).rate = 10
    await madeUp.play(6)
    madeUp.cameras[1]!.on = false
    madeUp.bringIn([large])
    await madeUp.play(5)
    await madeUp.end()
    madeUp.clean(t)
    const { recorded, broadcast } = madeUp
    const changes = (id: string) =>
      recorded.filter(({ rendition, discontinuity }) => rendition === id && discontinuity).map(({ msn }) => msn)
    t.equal(changes('v0').length, 3, `at ${changes('v0')}`)
    t.strictSame(changes('opus'), changes('v0'))
    t.equal(new Set(recorded.filter(({ rendition }) => rendition === 'v0').map(({ init }) => init)).size, 4)
    t.match(await broadcast.multivariant(), /RESOLUTION=640x360/)
    t.equal(broadcast.health.forcedCuts, 0, 'each begins with a key frame that was asked for')
    t.equal(readWithFfmpeg(madeUp, 'v0').said, '')
  },
)

t.test('a rendition that begins later counts the discontinuities before it', async (t) => {
  const madeUp = openClass()
  await madeUp.play(5)
  madeUp.bringIn([small])
  await madeUp.play(5)
  madeUp.bringIn([small, large])
  await madeUp.play(6)
  const countOf = async (id: string) => {
    const { text } = await madeUp.broadcast.playlist(id, {})
    const before = Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0)
    return before + (text.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0)
  }
  t.equal(await countOf('v0'), 2)
  for (const id of ['v1', 'opus']) t.equal(await countOf(id), await countOf('v0'), id)
  await madeUp.end()
})

t.test('a class without a picture is black, until there is one', async (t) => {
  const madeUp = openClass()
  await madeUp.play(5)
  t.match(await madeUp.broadcast.multivariant(), /RESOLUTION=256x144/)
  madeUp.bringIn([large])
  await madeUp.play(5)
  t.match(await madeUp.broadcast.multivariant(), /RESOLUTION=640x360/)
  t.strictSame(madeUp.broadcast.health.warnings, [])
  await madeUp.end()
  madeUp.clean(t)
  t.equal(readWithFfmpeg(madeUp, 'v0').said, '')
})
