import t from 'tap'
import { downlinkOf, noUplink, uplinkHealth, uplinkOf } from '../../web/src/classroom/stats.ts'

const report = (...entries: Record<string, unknown>[]) =>
  new Map(entries.map((entry) => [entry.id as string, entry])) as never

const pair = (currentRoundTripTime: number) => ({
  id: 'pair',
  type: 'candidate-pair',
  nominated: true,
  state: 'succeeded',
  currentRoundTripTime,
  localCandidateId: 'local',
})

const video = (timestamp: number, figures: object) => ({
  id: 'video',
  type: 'inbound-rtp',
  kind: 'video',
  trackIdentifier: 'track',
  timestamp,
  packetsLost: 0,
  ...figures,
})

t.test('latency is half of both round trips plus what waits in the buffer and the decoder', async (t) => {
  const before = report(
    pair(0.04),
    video(1000, {
      jitterBufferDelay: 1,
      jitterBufferEmittedCount: 100,
      totalDecodeTime: 0.5,
      framesDecoded: 100,
      bytesReceived: 0,
      packetsReceived: 0,
    }),
  )
  const now = report(
    pair(0.04),
    video(2000, {
      jitterBufferDelay: 2.5,
      jitterBufferEmittedCount: 130,
      totalDecodeTime: 0.65,
      framesDecoded: 130,
      bytesReceived: 125_000,
      packetsReceived: 90,
      packetsLost: 10,
      frameHeight: 720,
    }),
  )
  const stats = downlinkOf(now, before, 'track', 60)
  t.equal(stats.latencyMs, 50 + 5 + 20 + 30)
  t.equal(stats.bitsPerSecond, 1_000_000)
  t.equal(stats.lossShare, 0.1)
  t.equal(stats.height, 720)
})

t.test('nothing is claimed before there are two readings', async (t) => {
  const stats = downlinkOf(report(pair(0.04)), null, 'track', null)
  t.match(stats, { latencyMs: null, bitsPerSecond: null, roundTripMs: 40 })
})

t.test('the uplink adds its layers up', async (t) => {
  const layer = (id: string, bytesSent: number, timestamp: number) => ({
    id,
    type: 'outbound-rtp',
    bytesSent,
    timestamp,
  })
  const before = report(layer('low', 0, 0), layer('high', 1000, 0))
  const now = report(
    pair(0.02),
    { id: 'local', type: 'local-candidate', protocol: 'udp' },
    layer('low', 25_000, 1000),
    layer('high', 101_000, 1000),
  )
  t.match(uplinkOf(now, before), { bitsPerSecond: 1_000_000, roundTripMs: 20, protocol: 'udp' })
})

t.test('the uplink is told in plain words', async (t) => {
  const fine = { ...noUplink, roundTripMs: 20, lossShare: 0 }
  t.equal(uplinkHealth('new', noUplink, []), 'unknown')
  t.equal(uplinkHealth('connected', fine, [10, 10, 10]), 'good')
  t.equal(uplinkHealth('connected', fine, [10, 10, 0]), 'good')
  t.equal(uplinkHealth('connected', { ...fine, lossShare: 0.05 }, [10]), 'fair')
  t.equal(uplinkHealth('connected', { ...fine, limitedByBandwidth: true }, [10]), 'fair')
  t.equal(uplinkHealth('connected', fine, [3, 2, 1]), 'weak')
  t.equal(uplinkHealth('disconnected', fine, [10]), 'lost')
})
