/** What this node tells Prometheus of itself; most of it is looked up when it is asked for. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { RoomLog } from '../../signaling/ports.ts'
import type { JoinPhase } from '../../signaling/serve-socket.ts'
import { type MediaMetricsDeps, mediaMetrics } from './media.ts'
import { type PaymentMetricsDeps, paymentMetrics } from './payments.ts'
import { type RoomMetricsDeps, roomMetrics } from './rooms.ts'

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export type Metrics = ReturnType<typeof createMetrics>

/** The meters that others report to; `register` adds what is looked up in the parts of the server. */
export function createMetrics(version: string) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  new Gauge({ name: 'jiangtang_info', help: 'The version that runs', labelNames: ['version'], registers }).set(
    { version },
    1,
  )
  const requests = new Histogram({
    name: 'jiangtang_http_request_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers,
  })
  const joins = new Histogram({
    name: 'jiangtang_join_seconds',
    help: 'Time from the opened socket to a phase of the way in',
    labelNames: ['phase'],
    buckets: SECONDS,
    registers,
  })
  const events = new Counter({
    name: 'jiangtang_room_events_total',
    help: 'What happened in rooms, by kind: messages, hands, votes, strokes',
    labelNames: ['type'],
    registers,
  })
  const appends = new Histogram({
    name: 'jiangtang_room_log_append_seconds',
    help: 'Time to store a batch of room events',
    buckets: SECONDS,
    registers,
  })

  return {
    contentType: registry.contentType,

    /** All of it in Prometheus' text format. */
    text: () => registry.metrics(),

    register({
      media,
      rooms,
      payments,
    }: {
      media: MediaMetricsDeps
      rooms: RoomMetricsDeps
      payments: PaymentMetricsDeps
    }) {
      mediaMetrics(registry, media)
      roomMetrics(registry, rooms)
      paymentMetrics(registry, payments)
    },

    /** `route` is the pattern, never the address: an address names people and is endless. */
    answered: (method: string, route: string, status: number, seconds: number) =>
      requests.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds),

    joined: (phase: JoinPhase, ms: number) => joins.observe({ phase }, ms / 1000),

    /** The same log, each of whose writes is counted and timed. */
    counting: (log: RoomLog): RoomLog => ({
      ...log,
      async append(roomId, batch) {
        const stop = appends.startTimer()
        await log.append(roomId, batch)
        stop()
        for (const { type } of batch) events.inc({ type })
      },
    }),
  }
}
