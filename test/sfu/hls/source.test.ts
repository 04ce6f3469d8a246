import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { openIngest } from '../../../sfu/ingest.ts'
import { createMedia } from '../../../sfu/media.ts'
import { WorkerPool } from '../../../sfu/pool.ts'
import { HlsLint } from '../../support/hls-lint.ts'
import { makePictures, RtpStream } from '../../support/made-up-sender.ts'
import { silentLog } from '../../support/silent-log.ts'

const pool = await WorkerPool.start({ count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
t.teardown(() => pool.close())
const pictures = await makePictures('320x180', 300, 30)

/** A teacher whose packets come in over loopback. */
async function teach(t: Test, room: Parameters<typeof openIngest>[0]) {
  const ingest = await openIngest(room, 'teacher')
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const [video, audio] = [new RtpStream(ingest.video.ssrc, 90_000), new RtpStream(ingest.audio.ssrc, 48_000)]
  let sent = 0
  const sending = setInterval(() => {
    const now = performance.now()
    for (const packet of video.picture(now, pictures[sent++ % pictures.length]!)) {
      packet[1] = (packet[1]! & 0x80) | ingest.video.payloadType
      socket.send(packet, ingest.video.port, ingest.host)
    }
  }, 33)
  const speaking = setInterval(() => {
    const packet = audio.packet(performance.now(), Buffer.from([0xfc, 1, 2, 3]), false)
    packet[1] = ingest.audio.payloadType
    socket.send(packet, ingest.audio.port, ingest.host)
  }, 20)
  let closed = false
  const close = () => {
    if (closed) return
    closed = true
    clearInterval(sending)
    clearInterval(speaking)
    socket.close()
    ingest.close()
  }
  t.teardown(close)
  return { close }
}

/** When each whole segment begins. */
const datesOf = (text: string) =>
  [...text.matchAll(/DATE-TIME:(.*)\n(?:#EXT-X-PART.*\n)*#EXTINF:.*\n(\d+)\.m4s/g)].map(
    ([, date, msn]) => [msn!, Date.parse(date!)] as const,
  )

t.test('a class is broadcast over the worker death and the return of its teacher', async (t) => {
  const stored = new Set<string>()
  const segmentStore = { put: async (key: string) => void stored.add(key), read: async () => undefined }
  const media = createMedia(pool, { segmentStore, log: silentLog })
  const reset = Promise.withResolvers<void>()
  const listener = new Proxy({} as Parameters<typeof media.openRoom>[1], {
    get: (_, event) => (event === 'mediaReset' ? () => reset.resolve() : () => {}),
  })
  const room = await media.openRoom('lesson', listener)
  t.teardown(() => room.close())
  const first = await teach(t, room)
  await room.broadcast('teacher', Date.now())
  const live = media.liveBroadcast('lesson')!
  t.match(await live.multivariant(), /RESOLUTION=320x180.*\nv0\/index\.m3u8/)
  const lint = new HlsLint()
  const watch = async (parts: number) => {
    for (let seen = 0; seen < parts; seen++) {
      const { text } = await live.playlist('v0', {})
      lint.check(text)
      const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text)!
      const next = await live.playlist('v0', { msn: Number(msn), part: Number(part) })
      t.equal(next.status, 'ok')
    }
  }
  await watch(15)
  t.equal(live.health.lost, 0)
  const aac = await live.playlist('aac', {})
  t.match(aac.text, /EXT-X-PART:DURATION=0\.19200,URI/)
  const later = await live.playlist('aac', { msn: Number(/MEDIA-SEQUENCE:(\d+)/.exec(aac.text)![1]) + 1, part: 3 })
  const [soonest] = datesOf(later.text)
  const opus = new Map(datesOf((await live.playlist('opus', {})).text))
  t.ok(Math.abs(soonest![1] - opus.get(soonest![0])!) <= 22, 'within a frame of the same segment of Opus')
  for (const { worker } of pool.workers) process.kill(worker.pid, 'SIGKILL')
  await reset.promise
  first.close()
  await watch(3)
  await teach(t, room)
  const before = live.health.discontinuities
  for (let tries = 0; live.health.discontinuities === before && tries < 100; tries++) await pause(50)
  t.equal(live.health.discontinuities, before + 1, 'the new picture took over')
  await watch(5)
  t.strictSame([...lint.violations], [])
  await room.endBroadcast()
  t.ok(stored.has('broadcasts/lesson/v0/init-0.mp4'))
  t.ok(stored.has('broadcasts/lesson/opus/0.m4s'))
  t.match((await live.playlist('v0', {})).text, /EXT-X-ENDLIST/)
})
