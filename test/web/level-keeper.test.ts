import t from 'tap'
import { LevelKeeper } from '../../web/src/player/level-keeper.ts'

const BITRATES = [200_000, 800_000, 2_000_000]
const SEGMENT = 10

/** A keeper that watches at this place over a network that carries so much. */
function watch(place: number) {
  const state = { now: 0, place }
  const keeper = new LevelKeeper(() => state.now)
  const part = (carried: number) => keeper.came(0.2, (0.2 * BITRATES[state.place]!) / carried)
  return {
    keeper,
    part,
    /** Segments that come over a network that carries so much; the place after each. */
    segments(count: number, carried: number): number[] {
      return Array.from({ length: count }, () => {
        for (let index = 0; index < SEGMENT; index++) part(carried)
        state.now += 2000
        state.place = keeper.next(state.place, BITRATES)
        return state.place
      })
    },
    stall() {
      state.place = keeper.stalled(state.place, BITRATES)
      return state.place
    },
  }
}

t.test('it begins with the best picture that the network is known to carry, else with the smallest', async (t) => {
  t.equal(LevelKeeper.first(BITRATES, 10_000_000), 2)
  t.equal(LevelKeeper.first(BITRATES, 2_000_000), 1)
  t.equal(LevelKeeper.first(BITRATES, 100_000), 0)
})

t.test('a network that carries more gives a better picture, one after two calm segments', async (t) => {
  t.strictSame(watch(0).segments(6, 50_000_000), [0, 1, 1, 2, 2, 2])
})

t.test('a picture that would not come in time is not tried', async (t) => {
  t.strictSame(watch(1).segments(4, 3_000_000), [1, 1, 1, 1])
})

t.test('parts that come too slowly give a picture that comes in time, and a better one is tried later', async (t) => {
  const viewer = watch(2)
  t.strictSame(viewer.segments(1, 1_500_000), [1])
  t.strictSame(viewer.segments(3, 50_000_000), [1, 1, 1], 'not at once')
  t.strictSame(viewer.segments(1, 50_000_000), [2])
  t.strictSame(viewer.segments(1, 300_000), [0], 'as low as it has to be')
  t.strictSame(viewer.segments(9, 50_000_000), Array(9).fill(0), 'the next time it waits longer')
})

t.test(
  'a picture that stands still changes at once where the network is to blame, and not where it is not',
  async (t) => {
    const slow = watch(2)
    slow.part(500_000)
    t.equal(slow.stall(), 0)
    const fast = watch(2)
    fast.part(50_000_000)
    t.equal(fast.stall(), 2)
    t.equal(watch(2).stall(), 2, 'nothing has come: a smaller picture would not have, either')
  },
)
