import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createWorker, type types } from 'mediasoup'
import t from 'tap'
import { WebSocketServer } from 'ws'
import { mediaCodecs } from '../../sfu/codecs.ts'
import { openIngest } from '../../sfu/ingest.ts'
import type { MediaRoom } from '../../sfu/media-room.ts'
import { FRAME_BYTES } from '../../src/courses/frames.ts'
import { jpegSize } from '../../src/courses/jpeg.ts'
import { startBroadcast } from '../../src/demo/broadcast.ts'
import { startRobots } from '../../src/demo/robots.ts'
import { silentLog } from '../support/silent-log.ts'

const cacheDir = mkdtempSync(join(tmpdir(), 'broadcast-'))
t.teardown(() => rmSync(cacheDir, { recursive: true, force: true }))

/** A room on a real worker that keeps what is published in it. */
async function openRoom() {
  const worker = await createWorker()
  const router = await worker.createRouter({ mediaCodecs })
  const producers: types.Producer[] = []
  const publish = (_peerId: string, _source: string, producer: types.Producer) => producers.push(producer)
  return { worker, producers, room: { router, publish } as unknown as MediaRoom }
}

const until = async (what: string, holds: () => unknown, limitMs = 15_000) => {
  for (const end = Date.now() + limitMs; !(await holds()); await pause(50)) {
    if (Date.now() > end) throw new Error(`${what}: not within ${limitMs} ms`)
  }
}

/** The processes on this machine that send to a port of this ingest. */
const senders = (port: number) =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`rtp://127.0.0.1:${port}?`)
    } catch {
      return false
    }
  })

t.test('the demo teacher is received, comes back after a fall, and leaves nothing behind', async (t) => {
  const { worker, producers, room } = await openRoom()
  t.teardown(() => worker.close())
  const ingest = await openIngest(room, 'teacher')
  const frames: Buffer[] = []
  const onFrame = (jpeg: Buffer) => void frames.push(jpeg)
  const broadcast = await startBroadcast({ ingest, cacheDir, log: silentLog, onFrame })
  t.teardown(() => broadcast.close())

  const statsOf = async (kind: string) => (await producers.find((each) => each.kind === kind)!.getStats())[0]
  for (const kind of ['video', 'audio'])
    await until(`${kind} arrives`, async () => ((await statsOf(kind))?.packetCount ?? 0) > 50)
  await until('both scores are full', () => producers.every((each) => each.score[0]?.score === 10))
  const { packetsLost, packetCount } = (await statsOf('video'))!
  t.ok(packetsLost < packetCount / 100, 'next to nothing is lost')
  t.ok((await statsOf('video'))!.bitrate > 100_000, 'the picture has substance')

  await t.test('its card gets a small picture at once', async (t) => {
    await until('one is there', () => frames.length > 0)
    t.strictSame(jpegSize(frames[0]!), { width: 320, height: 180 })
    t.ok(frames[0]!.length > 2000 && frames[0]!.length <= FRAME_BYTES, `${frames[0]!.length} bytes`)
  })

  await t.test('key frames come on their own', async () => {
    const before = await keyFrames(producers)
    await until('three more', async () => (await keyFrames(producers)) >= before + 3)
  })

  await t.test('an ffmpeg that dies is started again', async (t) => {
    const [fallen] = senders(ingest.video.port)
    process.kill(Number(fallen), 'SIGKILL')
    await until('another one sends', () => senders(ingest.video.port).some((pid) => pid !== fallen))
    const { packetCount } = (await statsOf('video'))!
    await until('its packets arrive', async () => (await statsOf('video'))!.packetCount > packetCount + 50)
    await until('and its picture', () => frames.length > 1)
    t.equal(senders(ingest.video.port).length, 1)
  })

  await broadcast.close()
  await broadcast.close()
  t.same(senders(ingest.video.port), [])
  t.ok(producers.every((producer) => producer.closed))
})

/** Key frames that the worker has seen, told by its trace. */
async function keyFrames(producers: types.Producer[]): Promise<number> {
  const video = producers.find((each) => each.kind === 'video')!
  const counted = video.appData as { keyFrames?: number }
  if (counted.keyFrames === undefined) {
    counted.keyFrames = 0
    video.on('trace', () => counted.keyFrames!++)
    await video.enableTraceEvent(['keyframe'])
  }
  return counted.keyFrames
}

/** Run with the module, the cache folder and a track as arguments. */
const SERVER = `
  const [module, cacheDir, track] = process.argv.slice(1)
  const { startBroadcast } = await import(module)
  const ingest = { host: '127.0.0.1', video: JSON.parse(track), audio: JSON.parse(track), close() {} }
  await startBroadcast({ ingest, cacheDir, onFrame() {}, log: { info() {}, warn() {} } })
`

t.test('ffmpeg ends with its server, even one that is killed', async (t) => {
  const track = { port: 9, rtcpPort: 9, ssrc: 1, payloadType: 100 }
  const module = new URL('../../src/demo/broadcast.ts', import.meta.url).href
  const server = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    SERVER,
    module,
    cacheDir,
    JSON.stringify(track),
  ])
  t.teardown(() => server.kill('SIGKILL'))
  await until('ffmpeg runs', () => senders(9).length > 0)
  server.kill('SIGKILL')
  await until('ffmpeg is gone', () => senders(9).length === 0)
})

/** A socket server that welcomes every robot to a class that is live. */
async function openClass() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const { id } = JSON.parse(String(data))
      socket.send(JSON.stringify({ id, result: { snapshot: { status: 'live' }, self: { peerId: 'robot' } } }))
    })
    socket.send(JSON.stringify({ topic: 'welcome', data: {} }))
  })
  const { port } = server.address() as AddressInfo
  return {
    address: `ws://127.0.0.1:${port}`,
    tell: (topic: string) => {
      for (const client of server.clients) client.send(JSON.stringify({ topic, data: {} }))
    },
    close: () => server.close(),
  }
}

t.test('a demo teacher who could not go on the air tries again, and returns after every reset', async (t) => {
  const { worker, producers, room } = await openRoom()
  t.teardown(() => worker.close())
  const { address, tell, close } = await openClass()
  t.teardown(close)
  let tries = 0
  const frames: Buffer[] = []
  const robots = startRobots({
    lessonId: 'lesson',
    robots: { teacher: 'teacher', students: [] },
    addressFor: async () => address,
    mediaRoom: () => (++tries === 1 || tries === 3 ? undefined : room),
    showFrame: async (jpeg) => {
      frames.push(jpeg)
      if (frames.length === 1) throw new Error('the class has not begun')
    },
    cacheDir,
    log: silentLog,
  })
  t.teardown(() => robots.close())
  await until('a first picture and sound', () => producers.length === 2)
  t.equal(tries, 2)
  await until('a picture that was refused is offered again', () => frames.length === 2)
  t.ok(frames[1]!.equals(frames[0]!))
  tell('mediaReset')
  await until('a second picture and sound', () => producers.length === 4)
  t.equal(tries, 4)
  t.ok(producers.slice(0, 2).every(({ closed }) => closed))
  await robots.close()
  t.ok(producers.every(({ closed }) => closed))
})

t.test('what is rendered is kept', async (t) => {
  const [folder] = readdirSync(cacheDir)
  t.same(readdirSync(cacheDir).length, 1)
  for (const file of ['board.png', 'deck.png', 'dot.png', 'speech.flac'])
    t.ok(existsSync(join(cacheDir, folder!, file)))
})
