import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Comment, Flight, type Sky } from '../../web/src/danmaku/flight.ts'

const sky: Sky = { width: 400, lanes: 2, gap: 20, pixelsPerSecond: 100, still: false }
const comment = (seq: number, width = 100, mine = false): Comment => ({ seq, width, mine })

/** Moves on in steps of a frame. */
function fly(flight: Flight<Comment>, fromMs: number, toMs: number) {
  for (let now = fromMs; now < toMs; now += 16) flight.advance(now)
  flight.advance(toMs)
}
const seqs = (flight: Flight<Comment>) => flight.flying.map(({ comment: { seq } }) => seq)

t.test('a comment crosses the picture from the right, and then nothing is left to do', async (t) => {
  const flight = new Flight<Comment>()
  flight.reshape(sky)
  t.notOk(flight.busy)
  flight.add(comment(1), 0)
  flight.advance(0)
  t.match(flight.flying, [{ lane: 0, x: 400 }])
  fly(flight, 0, 2000)
  t.equal(Math.round(flight.flying[0]!.x), 200)
  fly(flight, 2000, 5100)
  t.notOk(flight.busy)
})

t.test('no two comments ever touch, whatever is said, however often the picture changes its shape', async (t) => {
  const said = fc.record({ width: fc.integer({ min: 10, max: 600 }), after: fc.integer({ min: 0, max: 900 }) })
  const shapes = fc.record({
    lanes: fc.integer({ min: 1, max: 5 }),
    pixelsPerSecond: fc.integer({ min: 20, max: 400 }),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(said, shapes), { maxLength: 40 }), (steps) => {
      const flight = new Flight<Comment>()
      let now = 0
      steps.forEach(([{ width, after }, shape], seq) => {
        flight.reshape({ ...sky, ...shape })
        flight.add(comment(seq, width, seq % 7 === 0), now)
        for (const end = now + after; now < end; now += 33) {
          flight.advance(now)
          for (const one of flight.flying)
            for (const other of flight.flying)
              if (one !== other && one.lane === other.lane)
                assert.ok(one.x + one.comment.width < other.x || other.x + other.comment.width < one.x)
        }
      })
    }),
  )
  t.pass()
})

t.test('what finds no lane in time is left out, but never what one says oneself', async (t) => {
  const flight = new Flight<Comment>()
  flight.reshape({ ...sky, lanes: 1, pixelsPerSecond: 20 })
  flight.add(comment(1, 390), 0)
  flight.advance(0)
  flight.add(comment(2), 0)
  flight.add(comment(3, 100, true), 0)
  fly(flight, 0, 3000)
  t.strictSame(seqs(flight), [1])
  fly(flight, 3000, 21_000)
  t.strictSame(seqs(flight), [1, 3])
})

t.test('a comment that is deleted is gone at once, flying or waiting', async (t) => {
  const flight = new Flight<Comment>()
  flight.reshape({ ...sky, lanes: 1 })
  for (const seq of [1, 2]) flight.add(comment(seq), 0)
  flight.advance(0)
  flight.remove(1)
  flight.remove(2)
  t.notOk(flight.busy)
})

t.test('for those who want nothing to move comments stand for a while, one in each lane', async (t) => {
  const flight = new Flight<Comment>()
  flight.reshape({ ...sky, still: true })
  for (const seq of [1, 2, 3]) flight.add(comment(seq), 0)
  flight.advance(0)
  fly(flight, 0, 2000)
  t.match(flight.flying, [
    { lane: 0, x: 150 },
    { lane: 1, x: 150 },
  ])
  fly(flight, 2000, 4100)
  t.notOk(flight.busy)
})

t.test('a page that was not looked at for long goes on from where it was', async (t) => {
  const flight = new Flight<Comment>()
  flight.reshape(sky)
  flight.add(comment(1), 0)
  flight.advance(0)
  flight.advance(60_000)
  t.ok(flight.flying[0]!.x > 380)
})
