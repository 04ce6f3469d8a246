import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { RoomEvent } from '../../signaling/protocol/events.ts'
import { InMediaTime } from '../../web/src/classroom/in-media-time.ts'

const event = (seq: number, mediaMs: number | null) =>
  ({ seq, at: seq, mediaMs, by: null, type: 'pageShown', data: { page: null } }) as RoomEvent

function gate(mediaMs: number | null) {
  const picture = { mediaMs }
  const released: number[] = []
  const held = new InMediaTime(
    () => picture.mediaMs,
    (events) => released.push(...events.map(({ seq }) => seq)),
  )
  return { picture, released, held }
}

async function until(condition: () => boolean) {
  for (let tries = 0; tries < 100 && !condition(); tries++) await pause(20)
}

t.test('on a seat everything is shown at once', async (t) => {
  const { released, held } = gate(null)
  held.push([event(1, 5000), event(2, 9000)])
  t.strictSame(released, [1, 2])
})

t.test('behind the class a page is turned when the picture comes to it, in order', async (t) => {
  const { picture, released, held } = gate(3000)
  held.push([event(1, 2900), event(2, 4000), event(3, null), event(4, 5000)])
  t.strictSame(released, [1])
  picture.mediaMs = 4000
  await until(() => released.length === 3)
  t.strictSame(released, [1, 2, 3])
  held.clear()
  picture.mediaMs = 9000
  held.push([event(5, 5000)])
  t.strictSame(released, [1, 2, 3, 5], 'what a snapshot had is not shown again')
})

t.test('back on a seat nothing waits any more', async (t) => {
  const { picture, released, held } = gate(1000)
  held.push([event(1, 60_000)])
  picture.mediaMs = null
  await until(() => released.length === 1)
  t.strictSame(released, [1])
})
