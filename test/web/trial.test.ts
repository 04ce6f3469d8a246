import t from 'tap'
import { trialEndOf } from '../../web/src/classroom/trial.ts'

t.test('a trial ends when the server says', async (t) => {
  t.equal(trialEndOf({ seconds: 60, endsAt: 90_000 }, 5_000), 90_000)
})

t.test('a trial that was told before the class ends so long after its beginning', async (t) => {
  t.equal(trialEndOf({ seconds: 60, endsAt: null }, null), null)
  t.equal(trialEndOf({ seconds: 60, endsAt: null }, 5_000), 65_000)
})
