import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { createMedia } from '../../../sfu/media.ts'
import { WorkerPool } from '../../../sfu/pool.ts'
import { HlsLint } from '../../support/hls-lint.ts'
import { teach } from '../../support/loopback-teacher.ts'
import { makePictures } from '../../support/made-up-sender.ts'
import { silentLog } from '../../support/silent-log.ts'

const pool = await WorkerPool.start({ count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
t.teardown(() => pool.close())
const pictures = await makePictures('320x180', 300, 30)

/** When each whole segment begins. */
const datesOf = (text: string) =>
  [...text.matchAll(/DATE-TIME:(.*)\n(?:#EXT-X-PART.*\n)*#EXTINF:.*\n(\d+)\.m4s/g)].map(
    ([, date, msn]) => [msn!, Date.parse(date!)] as const,
  )

/** How many discontinuities there were before each segment that is listed, and at its beginning. */
function discontinuitiesOf(text: string): Map<number, number> {
  let [msn, count] = [/MEDIA-SEQUENCE:(\d+)/, /DISCONTINUITY-SEQUENCE:(\d+)/].map((each) =>
    Number(each.exec(text)?.[1] ?? 0),
  ) as [number, number]
  const counts = new Map<number, number>()
  for (const line of text.split('\n')) {
    if (line === '#EXT-X-DISCONTINUITY') count += 1
    if (/^\d+\.m4s$/.test(line)) counts.set(msn++, count)
  }
  return counts
}

/** The encoders of AAC that this process started. */
const encoders = () =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid.trim() && readFileSync(`/proc/${pid}/comm`, 'utf8') === 'ffmpeg\n')
    .map(Number)

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
  const first = await teach(t, room, { pictures })
  await room.broadcast('teacher', Date.now())
  const live = media.liveBroadcast('lesson')!
  t.match(await live.multivariant(), /RESOLUTION=320x180.*\nv0\/index\.m3u8/)
  const lint = new HlsLint()
  const soundLint = new HlsLint()
  let hasAac = false
  const watch = async (parts: number) => {
    for (let seen = 0; seen < parts; seen++) {
      const { text } = await live.playlist('v0', {})
      lint.check(text)
      if (hasAac) soundLint.check((await live.playlist('aac', {})).text)
      const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text)!
      const next = await live.playlist('v0', { msn: Number(msn), part: Number(part) })
      t.equal(next.status, 'ok')
    }
  }
  await watch(15)
  t.equal(live.health.lost, 0)
  const aac = await live.playlist('aac', {})
  t.match(aac.text, /EXT-X-PART:DURATION=0\.19200,URI/)
  hasAac = true
  const later = await live.playlist('aac', { msn: Number(/MEDIA-SEQUENCE:(\d+)/.exec(aac.text)![1]) + 1, part: 3 })
  const [soonest] = datesOf(later.text)
  const opus = new Map(datesOf((await live.playlist('opus', {})).text))
  t.ok(Math.abs(soonest![1] - opus.get(soonest![0])!) <= 22, 'within a frame of the same segment of Opus')
  for (const { worker } of pool.workers) process.kill(worker.pid, 'SIGKILL')
  await reset.promise
  first.close()
  await watch(10)
  await teach(t, room, { pictures })
  const before = live.health.discontinuities
  for (let tries = 0; live.health.discontinuities === before && tries < 100; tries++) await pause(50)
  t.equal(live.health.discontinuities, before + 1, 'the new picture took over')
  await watch(5)
  t.strictSame([...lint.violations], [])
  t.strictSame([...soundLint.violations], [], 'the AAC keeps the rules, too')
  t.ok(soundLint.reloads > 10)

  const firstOf = (text: string) => Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)![1])
  const beforeDeath = firstOf((await live.playlist('aac', {})).text)
  for (const pid of encoders()) process.kill(pid, 'SIGKILL')
  let again = await live.playlist('aac', {})
  for (let tries = 0; firstOf(again.text) === beforeDeath && tries < 200; tries++) {
    await pause(100)
    again = await live.playlist('aac', {})
  }
  t.ok(
    firstOf(again.text) > beforeDeath,
    'an encoder that died is started again, and its numbers begin where it goes on',
  )
  again = await live.playlist('aac', { msn: firstOf(again.text) + 1, part: 0 })
  const [inPicture, inSound] = [discontinuitiesOf((await live.playlist('v0', {})).text), discontinuitiesOf(again.text)]
  t.ok(inSound.size > 0)
  for (const [msn, count] of inSound) t.equal(count, inPicture.get(msn), `discontinuities before segment ${msn}`)
  t.ok(inPicture.get([...inSound.keys()][0]!)! > 0, 'some were before the AAC began')
  await room.endBroadcast()
  t.ok(stored.has('broadcasts/lesson/v0/init-0.mp4'))
  t.ok(stored.has('broadcasts/lesson/opus/0.m4s'))
  t.match((await live.playlist('v0', {})).text, /EXT-X-ENDLIST/)
})
