import t from 'tap'
import { type Counters, countersOf, hasCome, Reception, receptionPolicy } from '../../web/src/classroom/reception.ts'

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
