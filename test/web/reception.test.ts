import t from 'tap'
import {
  type Counters,
  countersOf,
  hasCome,
  Reception,
  receptionPolicy,
  Stalling,
} from '../../web/src/classroom/reception.ts'

const { silentMs, unansweredMs, deadMs } = receptionPolicy

/** Looks every half second; says after how long it was found to be lost, or undefined. */
function lostAfter(counters: (at: number) => Counters | null, expected = true): number | undefined {
  const reception = new Reception()
  for (let at = 0; at <= 20_000; at += 100) if (reception.isLost(counters(at), expected, at)) return at
  return undefined
}

/** Checks every so often, each answered at the next look. */
const flowing = (at: number): Counters => ({
  bytes: at * 100,
  checks: Math.floor(at / 400),
  answers: Math.floor((at - 100) / 400),
})

t.test('what flows is not lost', async (t) => t.equal(lostAfter(flowing), undefined))

t.test('a network that is shut is noticed within two seconds, once a check goes unanswered', async (t) => {
  const shutAt = 10_000
  const shut = (at: number) => ({ ...flowing(Math.min(at, shutAt)), checks: Math.floor(at / 400) })
  t.ok(lostAfter(shut)! - shutAt <= silentMs + unansweredMs, `${lostAfter(shut)! - shutAt} ms`)
})

t.test('a teacher who sends nothing is no trouble of one’s own network', async (t) => {
  const checks = (at: number) => ({ checks: Math.floor(at / 2500), answers: Math.floor((at - 100) / 2500) })
  t.equal(
    lostAfter((at) => ({ bytes: Math.min(at, 10_000), ...checks(at) })),
    undefined,
  )
})

t.test('a connection that never comes is given up, where something was to come', async (t) => {
  t.equal(
    lostAfter(() => null),
    deadMs,
  )
  t.equal(
    lostAfter(() => null, false),
    undefined,
  )
})

const report = (...entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry, index) => [String(index), entry as never]))

t.test('counts what came over the pair in use', async (t) => {
  const pair = { type: 'candidate-pair', nominated: true, state: 'succeeded' }
  const unused = { type: 'candidate-pair', state: 'failed', bytesReceived: 5 }
  t.strictSame(
    countersOf(
      report(unused, { ...pair, bytesReceived: 9, requestsSent: 3, consentRequestsSent: 4, responsesReceived: 6 }),
    ),
    { bytes: 9, checks: 7, answers: 6 },
  )
  t.equal(countersOf(report(unused)), null)
})

t.test('a picture has come once a frame of it was received', async (t) => {
  const video = { type: 'inbound-rtp', trackIdentifier: 'track' }
  t.equal(hasCome(report({ ...video, framesReceived: 0 }), 'track'), false)
  t.equal(hasCome(report({ ...video, framesReceived: 1 }), 'another'), false)
  t.equal(hasCome(report({ ...video, framesReceived: 1 }), 'track'), true)
})

t.test(
  'a picture of which packets come without anything to see is stalled, one of which none come is not',
  async (t) => {
    const { stalledMs } = receptionPolicy
    /** Looks five times a second; says after how long it was found to be stalled, or undefined. */
    const stalledAfter = (
      counters: (at: number) => { framesDecoded: number; packetsReceived: number; packetsLost?: number },
      { visible = true, trackAt = (_at: number): string => 'track' } = {},
    ) => {
      const stalling = new Stalling()
      for (let at = 0; at <= 10_000; at += 200) {
        const trackIdentifier = trackAt(at)
        const entry = { type: 'inbound-rtp', trackIdentifier, ...counters(at) }
        if (stalling.isStalled(report(entry), trackIdentifier, visible, at)) return at
      }
      return undefined
    }
    const stuck = (at: number) => ({ framesDecoded: 7, packetsReceived: at / 100 })
    t.equal(stalledAfter(stuck), stalledMs)
    const slow = (at: number) => Math.floor(at / 1000)
    const table: [what: string, found: number | undefined, expected: number | undefined][] = [
      [
        'all of it lost',
        stalledAfter((at) => ({ framesDecoded: 7, packetsReceived: 3, packetsLost: at / 100 })),
        stalledMs,
      ],
      ['a slow picture', stalledAfter((at) => ({ framesDecoded: slow(at), packetsReceived: at / 10 })), undefined],
      [
        'here and there a picture, and much of it lost',
        stalledAfter((at) => ({ framesDecoded: slow(at), packetsReceived: at / 50, packetsLost: at / 200 })),
        stalledMs,
      ],
      [
        'much of it lost, and pictures all the same',
        stalledAfter((at) => ({ framesDecoded: at / 50, packetsReceived: at / 50, packetsLost: at / 200 })),
        undefined,
      ],
      ['a screen that does not change', stalledAfter(() => ({ framesDecoded: 7, packetsReceived: 9 })), undefined],
      ['a page that nobody sees', stalledAfter(stuck, { visible: false }), undefined],
      ['another picture', stalledAfter(stuck, { trackAt: (at) => `track ${Math.floor(at / 1000)}` }), undefined],
    ]
    for (const [what, found, expected] of table) t.equal(found, expected, what)
  },
)
