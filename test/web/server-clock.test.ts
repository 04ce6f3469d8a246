import t from 'tap'
import { ServerClock } from '../../web/src/server-clock.ts'

t.test('the server’s time is read through half the round trip', async (t) => {
  const local = { now: 1000 }
  const clock = new ServerClock(() => local.now)
  local.now = 1100
  clock.sample(5000, 1000)
  t.equal(clock.now(), 5050)
})

t.test('a slower answer does not spoil a quicker one, until it is old', async (t) => {
  const local = { now: 1010 }
  const clock = new ServerClock(() => local.now)
  clock.sample(5000, 1000)
  const offset = clock.now() - local.now
  local.now = 3000
  clock.sample(9999, 2000)
  t.equal(clock.now() - local.now, offset)
  local.now = 200_000
  clock.sample(300_000, 199_900)
  t.equal(clock.now(), 300_050)
})
