import t from 'tap'
import { firstTiers, nextTiers, type Sign, type Tiers, tierPolicy } from '../../web/src/classroom/tiers.ts'

const { upAfterMs, upWithinMs, steadyMs, afterChangeMs } = tierPolicy
const START = 1_000_000

/** Plays signs, each so many milliseconds after the one before. */
function play(...signs: [afterMs: number, type: Sign['type']][]): Tiers & { at: number } {
  let at = START
  let tiers = firstTiers
  for (const [afterMs, type] of signs) {
    at += afterMs
    tiers = nextTiers(tiers, { type }, at)
  }
  return { ...tiers, at }
}

for (const reason of ['network', 'bandwidth', 'full'] as const)
  t.test(`a seat that is of no use (${reason}) stays until the broadcast shows`, async (t) => {
    t.match(play([0, reason]), { shown: 'interactive', wanted: 'broadcast', reason })
    t.match(play([0, reason], [900, 'shown']), { shown: 'broadcast', wanted: 'broadcast', reason })
  })

t.test('the way up is tried after a while, and is over once the seat shows the class', async (t) => {
  const [wait] = upAfterMs
  t.match(play([0, 'network'], [900, 'shown'], [wait - 901, 'tick']), { wanted: 'broadcast' })
  t.match(play([0, 'network'], [900, 'shown'], [wait, 'tick']), { shown: 'broadcast', wanted: 'interactive' })
  t.match(play([0, 'network'], [900, 'shown'], [wait, 'tick'], [700, 'shown']), { shown: 'interactive', reason: null })
})

t.test('each way up that fails makes the next one later', async (t) => {
  const signs: [number, Sign['type']][] = [
    [0, 'network'],
    [900, 'shown'],
  ]
  for (const [tries, wait] of [...upAfterMs.slice(1), upAfterMs.at(-1)!].entries()) {
    signs.push([upAfterMs[Math.min(tries, upAfterMs.length - 1)]!, 'tick'], [upWithinMs + 1, 'tick'])
    const failed = play(...signs)
    t.match(failed, { shown: 'broadcast', wanted: 'broadcast', reason: 'network' })
    t.equal(failed.upAt - failed.at, wait)
  }
})

t.test('a seat that was lost again soon is tried later, one that lasted sooner', async (t) => {
  const upAgain = [
    [0, 'network'],
    [900, 'shown'],
    [upAfterMs[0], 'tick'],
    [700, 'shown'],
  ] as [number, Sign['type']][]
  const waitAfter = (lasted: number) => {
    const lost = play(...upAgain, [lasted, 'network'])
    return lost.upAt - lost.at
  }
  t.equal(waitAfter(steadyMs - 1), upAfterMs[1])
  t.equal(waitAfter(steadyMs), upAfterMs[0])
})

t.test('a network that carries again before the broadcast shows is not left', async (t) => {
  t.match(play([0, 'network'], [300, 'carried']), { shown: 'interactive', wanted: 'interactive', reason: null })
  t.match(play([0, 'network'], [300, 'shown'], [300, 'carried']), { shown: 'broadcast', wanted: 'broadcast' })
  t.match(play([0, 'full'], [300, 'carried']), { wanted: 'broadcast' }, 'a seat that is not there carries nothing')
})

t.test('who went back stays there, however good the network is, until they go to live', async (t) => {
  const back = [
    [0, 'rewound'],
    [900, 'shown'],
  ] as [number, Sign['type']][]
  t.match(play(...back, [10 * upAfterMs.at(-1)!, 'tick']), { shown: 'broadcast', wanted: 'broadcast', rewound: true })
  t.match(play(...back, [5000, 'live']), { shown: 'broadcast', wanted: 'interactive', rewound: false })
})

t.test('who went back without a network to speak of comes up when that is there', async (t) => {
  const back = [
    [0, 'network'],
    [900, 'shown'],
    [900, 'rewound'],
  ] as [number, Sign['type']][]
  t.match(play(...back, [100, 'live']), { wanted: 'broadcast', rewound: false })
  t.match(play(...back, [100, 'live'], [upAfterMs[0], 'tick']), { wanted: 'interactive' })
})

t.test('after a change of network the way up is tried at once', async (t) => {
  const signs = [
    [0, 'network'],
    [900, 'shown'],
    [upAfterMs[0], 'tick'],
    [upWithinMs + 1, 'tick'],
    [0, 'networkChanged'],
  ] as [number, Sign['type']][]
  t.match(play(...signs, [afterChangeMs, 'tick']), { wanted: 'interactive' })
})

t.test('who is given the floor goes up from wherever they are', async (t) => {
  t.match(play([0, 'full'], [900, 'shown'], [0, 'rewound'], [0, 'seated']), { wanted: 'interactive', rewound: false })
})
