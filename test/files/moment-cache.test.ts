import t from 'tap'
import { createMemoryBus } from '../../src/adapters/memory-bus.ts'
import { createMomentCache } from '../../src/files/moment-cache.ts'

t.test('what one person asks is kept for a moment, and no more of it than one person needs', async (t) => {
  let asked = 0
  const moments = createMomentCache<number>({ bus: createMemoryBus(), now: () => 0 })
  t.teardown(() => moments.close())
  const ask = (question: string) => moments.get('person', question, async () => ++asked)
  t.equal(await ask('first'), 1)
  t.equal(await ask('first'), 1)
  for (let made = 0; made < 1000; made++) await ask(`another ${made}`)
  t.equal(await ask('first'), 1002, 'those of long ago are forgotten')
  t.equal(await ask('another 999'), 1001)
})
