import { execFile, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { FlvPicture } from '../../../sfu/hls/flv.ts'
import type { LiveBroadcast } from '../../../sfu/hls/ports.ts'
import { Transcoder } from '../../../sfu/hls/transcoder.ts'
import type { VideoLane } from '../../../sfu/hls/video-lane.ts'
import { Vp8Depacketizer, type Vp8Picture } from '../../../sfu/hls/vp8.ts'
import { createMedia } from '../../../sfu/media.ts'
import type { MediaRoom } from '../../../sfu/media-room.ts'
import { WorkerPool } from '../../../sfu/pool.ts'
import { HlsLint } from '../../support/hls-lint.ts'
import { silentLog } from '../../support/silent-log.ts'

const STARTED_AT = Date.UTC(2026, 0, 1)
const SSRC = 0x70_08
const PAYLOAD_TYPE = 96
const SOURCE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=15']
const VP8 = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '15', '-b:v', '300k']

/** A test card in VP8, a key frame every second. */
async function makeVp8(count: number): Promise<Vp8Picture[]> {
  const args = ['-v', 'error', ...SOURCE, '-frames:v', String(count), ...VP8, '-f', 'ivf', '-']
  const { stdout } = await promisify(execFile)('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 26 })
  const pictures: Vp8Picture[] = []
  for (let at = 32; at < stdout.length; ) {
    const end = at + 12 + stdout.readUInt32LE(at)
    const bytes = stdout.subarray(at + 12, end)
    const key = (bytes[0]! & 1) === 0
    pictures.push({ bytes, key, width: key ? 320 : 0, height: key ? 180 : 0, timestamp: 0, arrivalMs: 0 })
    at = end
  }
  return pictures
}

/** A camera that speaks only VP8, by ffmpeg, as this peer's. */
async function teachInVp8(t: Test, room: MediaRoom, peerId: string) {
  const transport = await room.router.createPlainTransport({
    listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
    rtcpMux: false,
    comedia: true,
  })
  const codec = { mimeType: 'video/VP8', payloadType: PAYLOAD_TYPE, clockRate: 90_000 }
  const rtpParameters = { codecs: [codec], encodings: [{ ssrc: SSRC }] }
  room.publish(peerId, 'camera', await transport.produce({ kind: 'video', rtpParameters }))
  const to = `rtp://127.0.0.1:${transport.tuple.localPort}?rtcpport=${transport.rtcpTuple!.localPort}&pkt_size=1200`
  const rtp = ['-ssrc', String(SSRC), '-payload_type', String(PAYLOAD_TYPE), '-f', 'rtp', to]
  const sender = spawn('ffmpeg', ['-v', 'error', '-nostdin', '-re', ...SOURCE, ...VP8, ...rtp], { stdio: 'ignore' })
  t.teardown(() => sender.kill('SIGKILL'))
}

/** Those that make pictures anew, among what this process started. */
const encoders = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid.trim() && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ivf'))
    .map(Number)

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1200) throw new Error(`${what}: never`)
    await pause(50)
  }
}

t.test('every picture comes out as H.264, at the very time it was captured', async (t) => {
  const sent = await makeVp8(90)
  const got: FlvPicture[] = []
  const lane = { isClosed: false, take: (picture: FlvPicture, ms: number) => got.push({ ...picture, ms }) }
  const transcoder = new Transcoder({
    lane: lane as unknown as VideoLane,
    startedAt: STARTED_AT,
    layers: 1,
    log: silentLog,
    needKey() {},
    works() {},
  })
  t.teardown(() => transcoder.close())
  // Four hours on, and as uneven as cameras are.
  const times = sent.map((_, index) => STARTED_AT + 14_400_000 + Math.round(index * 66.7 + 20 * Math.sin(index)))
  for (const [index, picture] of sent.entries()) {
    await until(() => got.length > index - 10, `picture ${index}`)
    transcoder.take(0, picture, times[index]!)
  }
  await until(() => got.length === sent.length, 'the last picture')
  t.strictSame(
    got.map(({ ms }) => ms),
    times,
  )
  const keys = got.filter(({ key }) => key)
  t.ok(keys.every(({ nals }) => [7, 8].every((type) => nals.some(([head]) => (head![0]! & 0x1f) === type))))
  const gaps = keys.slice(1).map(({ ms }, index) => ms - keys[index]!.ms)
  t.ok(
    gaps.every((gap) => gap >= 2000 && gap < 2150),
    `key frames ${gaps} ms apart`,
  )
})

t.test('the highest layer that is there is made, and a lower one when it falls silent', async (t) => {
  const [first] = await makeVp8(1)
  const shown: number[] = []
  let asked = 0
  const lane = { isClosed: false, take: (_: FlvPicture, ms: number) => shown.push(ms) }
  const transcoder = new Transcoder({
    lane: lane as unknown as VideoLane,
    startedAt: 0,
    layers: 2,
    log: silentLog,
    needKey: () => {
      asked += 1
    },
    works() {},
  })
  t.teardown(() => transcoder.close())
  const take = (layer: number, arrivalMs: number) => transcoder.take(layer, { ...first!, arrivalMs }, arrivalMs)
  take(0, 1000)
  take(1, 1010)
  take(0, 1500)
  take(0, 2100)
  await until(() => shown.length === 2, 'both pictures')
  t.strictSame(shown, [1010, 2100])
  const before = asked
  transcoder.take(1, { ...first!, key: false, arrivalMs: 2200 }, 2200)
  t.equal(asked, before + 1, 'the better one is asked for a key frame when it is back')
  take(1, 2300)
  await until(() => shown.length === 3, 'the better one')
  t.equal(shown[2], 2300)
})

t.test('an encoder that takes pictures and gives none is ended, and another begun', async (t) => {
  const sent = await makeVp8(60)
  const told: boolean[] = []
  let shown = 0
  const lane = {
    isClosed: false,
    take: () => {
      shown += 1
    },
  }
  const transcoder = new Transcoder({
    lane: lane as unknown as VideoLane,
    startedAt: 0,
    layers: 1,
    log: silentLog,
    needKey() {},
    works: (works) => told.push(works),
  })
  t.teardown(() => transcoder.close())
  const take = (picture: Vp8Picture, arrivalMs: number) => transcoder.take(0, { ...picture, arrivalMs }, arrivalMs)
  take(sent[0]!, Date.now())
  await until(() => shown === 1, 'the first picture')
  process.kill(encoders()[0]!, 'SIGSTOP')
  const later = Date.now() + 6000
  for (const [index, picture] of sent.entries()) take(picture, later + index)
  await until(() => told.includes(false), 'its end')
  take(sent[0]!, Date.now() + 6000)
  await until(() => shown === 2, 'a picture of another')
})

t.test('packets become pictures, and one of which a packet is missing is left out', async (t) => {
  const got: Buffer[] = []
  let broke = 0
  const depacketizer = new Vp8Depacketizer(
    ({ bytes }) => got.push(bytes),
    () => {
      broke += 1
    },
  )
  const packet = (timestamp: number, payload: number[], marker: boolean) =>
    depacketizer.push({ timestamp, marker, sequence: 0, arrivalMs: 0, payload: Buffer.from(payload) })
  const extended = (start: number) => [0x80 | start, 0x80, 0x81, 0x23]
  packet(1, [...extended(0x10), 1, 2], false)
  packet(1, [...extended(0), 3], true)
  t.strictSame(got, [Buffer.from([1, 2, 3])])
  packet(2, [0, 5], true)
  t.equal(broke, 1, 'its beginning is missing')
  packet(3, [0x10, 7], false)
  packet(4, [0x10, 9], true)
  t.equal(broke, 2, 'its end is missing')
  t.strictSame(got.at(-1), Buffer.from([9]))
  packet(5, [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f], true)
  t.equal(broke, 3, 'a picture larger than any camera’s is not decoded')
  for (const payload of [[], [0x90], [0x90, 0xff], [0x90, 0x80, 0x80]]) packet(6, payload, true)
  t.equal(got.length, 2)
})

t.test('a teacher whose browser knows only VP8 is broadcast in H.264', async (t) => {
  const pool = await WorkerPool.start({ count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
  t.teardown(() => pool.close())
  const segmentStore = { put: async () => {}, read: async () => undefined }
  const media = createMedia(pool, { segmentStore, log: silentLog })
  const deaf = new Proxy({} as Parameters<typeof media.openRoom>[1], { get: () => () => {} })
  const room = await media.openRoom('lesson', deaf)
  t.teardown(() => room.close())
  await teachInVp8(t, room, 'teacher')
  t.strictSame(encoders(), [], 'nothing is made while nothing is broadcast')
  await room.broadcast('teacher', Date.now())
  const live = media.liveBroadcast('lesson')!
  const master = await live.multivariant()
  t.match(master, /RESOLUTION=320x180.*CODECS="avc1\.42/)
  t.notMatch(master, /v1\//)
  t.strictSame(room.broadcastWarnings(), ['picture_not_h264'])
  const lint = new HlsLint()
  await watch(live, lint, 30)

  const [encoder] = encoders()
  t.equal(encoders().length, 1)
  process.kill(encoder!, 'SIGKILL')
  await until(() => encoders().some((pid) => pid !== encoder), 'another encoder')
  await until(() => room.broadcastWarnings().length === 1, 'the picture is back')
  await watch(live, lint, 30)
  t.strictSame([...lint.violations], [])
  t.equal(await complaintsAbout(live), '')
  await room.endBroadcast()
  await until(() => encoders().length === 0, 'the end of the encoder')
})

/** Looks at so many parts as they come. */
async function watch(live: LiveBroadcast, lint: HlsLint, parts: number): Promise<void> {
  for (let seen = 0; seen < parts; seen++) {
    const { text } = await live.playlist('v0', {})
    lint.check(text)
    const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text)!
    await live.playlist('v0', { msn: Number(msn), part: Number(part) })
  }
}

/** What ffmpeg says of all that is shown. */
async function complaintsAbout(live: LiveBroadcast): Promise<string> {
  const { text } = await live.playlist('v0', {})
  const init = live.init('v0', Number(/init-(\d+)\.mp4/.exec(text)![1]))!
  const names = [...text.matchAll(/\n(\d+)\.m4s/g)].map(([, msn]) => Number(msn))
  const segments = await Promise.all(names.map((msn) => live.segment('v0', msn)))
  return execFileSync(
    'sh',
    ['-c', 'ffmpeg -v warning -nostdin -f mp4 -i pipe:0 -fps_mode passthrough -enc_time_base -1 -f null - 2>&1'],
    { input: Buffer.concat([init, ...segments.map((segment) => segment!)]), encoding: 'utf8' },
  )
}
