/** The media plane: how full each worker is, what flows over what, and how well it arrives. */
import type { types as mediasoup } from 'mediasoup'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { MediaPlane } from '../../sfu/media.ts'
import type { WorkerPool } from '../../sfu/pool.ts'

export type MediaMetricsDeps = { pool: WorkerPool; media: MediaPlane }

export function mediaMetrics(registry: Registry, { pool, media }: MediaMetricsDeps): void {
  const registers = [registry]
  const ofWorker = (name: string, help: string, read: (slot: WorkerPool['workers'][number]) => number) =>
    new Gauge({
      name: `jiangtang_worker_${name}`,
      help,
      labelNames: ['worker'],
      registers,
      collect() {
        this.reset()
        for (const slot of pool.workers) this.set({ worker: String(slot.index) }, read(slot))
      },
    })
  ofWorker('load', 'CPU of a media worker over the last two seconds, 1 is a whole core', ({ load }) => load)
  ofWorker('rooms', 'Routers: classes that are at home there, or have viewers there', ({ routers }) => routers)
  ofWorker('consumers', 'Streams that are sent to viewers', ({ consumers }) => consumers)
  ofWorker('viewers', 'Transports that viewers receive on', ({ viewers }) => viewers)
  ofWorker('pipes', 'Ends of pipes to other workers', ({ pipes }) => pipes)
  ofWorker('consumers_limit', 'Streams it is meant to send at most', ({ limit }) => limit)
  new Counter({
    name: 'jiangtang_worker_deaths_total',
    help: 'Media workers that died and were replaced',
    registers,
    collect() {
      this.reset()
      this.inc(pool.deaths)
    },
  })
  new Gauge({
    name: 'jiangtang_transports',
    help: 'WebRTC transports by direction, and by the protocol they run over',
    labelNames: ['direction', 'protocol'],
    registers,
    collect() {
      this.reset()
      for (const direction of ['send', 'recv'] as const)
        for (const protocol of ['udp', 'tcp', 'none'] as const) this.set({ direction, protocol }, 0)
      for (const { transports } of media.census()) for (const transport of transports) this.inc(transport)
    },
  })
  new Histogram({
    name: 'jiangtang_producer_score',
    help: 'How well each layer of what is published arrives, 0 to 10, as it was at each scrape',
    labelNames: ['kind'],
    buckets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    registers,
    collect() {
      for (const { producers } of media.census())
        for (const { kind, score } of producers) for (const layer of score) this.observe({ kind }, layer.score)
    },
  })
  const asked = new WeakMap<mediasoup.Producer, number>()
  new Counter({
    name: 'jiangtang_key_frame_requests_total',
    help: 'How often senders were asked for a key frame',
    registers,
    async collect() {
      const pictures = media.census().flatMap(({ producers }) => producers.filter(({ kind }) => kind === 'video'))
      await Promise.all(
        pictures.map(async (producer) => {
          const stats = await producer.getStats().catch(() => [])
          const count = stats.reduce((sum, { pliCount, firCount }) => sum + pliCount + firCount, 0)
          this.inc(Math.max(0, count - (asked.get(producer) ?? 0)))
          asked.set(producer, count)
        }),
      )
    },
  })
}
