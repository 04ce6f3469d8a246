import t from 'tap'
import { createMedia } from '../../../sfu/media.ts'
import { WorkerPool } from '../../../sfu/pool.ts'
import { HlsLint } from '../../support/hls-lint.ts'
import { publishPictures, publishSilence } from '../../support/loopback-producer.ts'
import { makePictures } from '../../support/made-up-sender.ts'
import { silentLog } from '../../support/silent-log.ts'

/** How many discontinuities stand before each segment that is listed, and at its beginning. */
function discontinuitiesOf(text: string): Map<number, number> {
  let msn = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)![1])
  let count = Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0)
  const counts = new Map<number, number>()
  for (const line of text.split('\n')) {
    if (line === '#EXT-X-DISCONTINUITY') count += 1
    if (/^\d+\.m4s$/.test(line)) counts.set(msn++, count)
  }
  return counts
}

t.test('a screen takes the camera’s place, and gives it back, with one discontinuity in every rendition', async (t) => {
  const pool = await WorkerPool.start({ count: 1, port: 0, addresses: [{ ip: '127.0.0.1' }], log: silentLog })
  t.teardown(() => pool.close())
  const segmentStore = { put: async () => {}, read: async () => undefined }
  const media = createMedia(pool, { segmentStore, log: silentLog })
  const deaf = new Proxy({} as Parameters<typeof media.openRoom>[1], { get: () => () => {} })
  const room = await media.openRoom('lesson', deaf)
  t.teardown(() => room.close())
  const [small, large, slides] = await Promise.all([
    makePictures('160x90', 120, 30),
    makePictures('320x180', 120, 30),
    makePictures('640x360', 120, 30),
  ])
  await publishPictures(t, room, 'teacher', 'camera', [small, large])
  await publishSilence(t, room, 'teacher')
  await room.broadcast('teacher', Date.now())
  const live = media.liveBroadcast('lesson')!
  t.match(await live.multivariant(), /160x90.*\nv0.*\n.*320x180.*\nv1/)
  await live.playlist('aac', {})

  const renditions = ['v0', 'v1', 'opus', 'aac']
  const lints = new Map(renditions.map((id) => [id, new HlsLint()]))
  const until = async (holds: () => boolean, what: string) => {
    for (let parts = 0; !holds(); parts++) {
      if (parts > 150) throw new Error(`${what}: not in ${parts} parts`)
      for (const [id, lint] of lints) lint.check((await live.playlist(id, {})).text)
      const { text } = await live.playlist('v0', {})
      const [, msn, part] = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text)!
      await live.playlist('v0', { msn: Number(msn), part: Number(part) })
    }
  }
  const { health } = live
  const nowAt = () => lints.get('v0')!.reloads
  await until(() => nowAt() > 15, 'the camera')
  const before = health.discontinuities
  const screen = await publishPictures(t, room, 'teacher', 'screen', [slides])
  await until(() => health.discontinuities > before, 'the screen')
  t.match(await live.multivariant(), /RESOLUTION=640x360.*\nv0.*\n.*RESOLUTION=640x360.*\nv1/, 'in both variants')
  const shownFrom = nowAt()
  await until(() => nowAt() > shownFrom + 15, 'more of the screen')
  screen.close()
  await until(() => health.discontinuities > before + 1, 'the camera again')
  t.match(await live.multivariant(), /160x90.*\nv0.*\n.*320x180.*\nv1/, 'each has its layer again')
  const shownAgainFrom = nowAt()
  await until(() => nowAt() > shownAgainFrom + 15, 'more of the camera')

  t.equal(health.discontinuities, before + 2)
  for (const [id, { violations }] of lints) t.strictSame([...violations], [], id)
  const inPicture = discontinuitiesOf((await live.playlist('v0', {})).text)
  t.equal(Math.max(...inPicture.values()), 2)
  for (const id of renditions.slice(1)) {
    const counts = discontinuitiesOf((await live.playlist(id, {})).text)
    t.ok(counts.size > 2, id)
    for (const [msn, count] of counts)
      if (inPicture.has(msn)) t.equal(count, inPicture.get(msn), `before segment ${msn} of ${id}`)
  }
})
