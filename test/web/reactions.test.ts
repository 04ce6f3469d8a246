import { mock } from 'node:test'
import t, { type Test } from 'tap'
import type { RoomEvent } from '../../signaling/protocol/events.ts'
import { type Counts, none, Reactions } from '../../web/src/classroom/reactions.ts'
import type { Request } from '../../web/src/classroom/signaling-client.ts'

const given = (counts: Partial<Counts>): RoomEvent => ({
  seq: 1,
  at: 0,
  mediaMs: 0,
  by: null,
  type: 'reactionsGiven',
  data: { counts: { ...none, ...counts } },
})

function open(t: Test, online = 1) {
  const sent: Counts[] = []
  let refuse = false
  const request = (async (_method: string, counts: Counts) => {
    sent.push(counts)
    if (refuse) throw new Error('too_many_requests')
    return {}
  }) as never as Request
  const room = new Reactions(request, () => online)
  const seen: { counts: Counts; own: boolean }[] = []
  room.onGiven((counts, own) => seen.push({ counts, own }))
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => {
    room.close()
    mock.timers.reset()
  })
  return {
    room,
    sent,
    seen,
    refuse: () => {
      refuse = true
    },
  }
}

t.test('taps are seen at once and travel together', async (t) => {
  const { room, sent, seen } = open(t)
  for (let taps = 0; taps < 5; taps++) room.give('heart')
  room.give('like')
  t.equal(seen.filter(({ own }) => own).length, 6)
  t.strictSame(sent, [])
  mock.timers.tick(1000)
  t.strictSame(sent, [{ like: 1, applause: 0, heart: 5 }])
  mock.timers.tick(10_000)
  t.equal(sent.length, 1)
})

t.test('the larger the room, the less often each one sends', async (t) => {
  const { room, sent } = open(t, 5000)
  room.give('like')
  mock.timers.tick(4999)
  t.strictSame(sent, [])
  mock.timers.tick(1)
  t.equal(sent.length, 1)
})

t.test('nobody sends more than a person taps', async (t) => {
  const { room, sent } = open(t)
  for (let taps = 0; taps < 500; taps++) room.give('like')
  mock.timers.tick(1000)
  t.strictSame(sent, [{ like: 60, applause: 0, heart: 0 }])
})

t.test('one’s own are not seen once more with those of the others', async (t) => {
  const { room, seen } = open(t)
  room.give('like')
  room.give('like')
  mock.timers.tick(1000)
  room.apply([given({ like: 5, heart: 1 })])
  t.strictSame(seen.at(-1), { counts: { like: 3, applause: 0, heart: 1 }, own: false })
  t.strictSame(room.totals.get(), { like: 5, applause: 0, heart: 1 })
  room.apply([given({ like: 2 })])
  t.strictSame(seen.at(-1)?.counts.like, 2)
})

t.test('what was refused is not taken off what the others give', async (t) => {
  const { room, seen, refuse } = open(t)
  refuse()
  room.give('applause')
  mock.timers.tick(1000)
  await Promise.resolve()
  await Promise.resolve()
  room.apply([given({ applause: 1 })])
  t.equal(seen.at(-1)?.counts.applause, 1)
})
