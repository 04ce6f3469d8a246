/** mediasoup-client without a browser: transports that carry nothing, and a room whose answers the test gives. */
import { EventEmitter } from 'node:events'
import type { Device, types as mediasoup } from 'mediasoup-client'
import type { Consumer } from '../../signaling/protocol/media.ts'
import { type Request, RequestFailed } from '../../web/src/classroom/signaling-client.ts'
import type { Speakers } from '../../web/src/classroom/speakers.ts'

export class FakeTransport extends EventEmitter {
  readonly observer = new EventEmitter()
  readonly id: string
  readonly direction: 'send' | 'recv'
  connectionState: mediasoup.ConnectionState = 'new'
  closed = false
  restarts = 0
  readonly consumed: string[] = []
  /** What was taken together: as in mediasoup-client, all that comes before the next microtask. */
  readonly negotiations: string[][] = []
  /** Holds `consume` back until the test lets it go on. */
  gate: Promise<void> = Promise.resolve()
  readonly #pending: string[] = []

  constructor(id: string, direction: 'send' | 'recv') {
    super()
    this.id = id
    this.direction = direction
  }

  async consume({ id, producerId }: { id: string; producerId: string }) {
    this.#pending.push(id)
    queueMicrotask(() => {
      if (this.#pending.length > 0) this.negotiations.push(this.#pending.splice(0))
    })
    await this.gate
    if (this.closed) throw new Error('the transport is closed')
    this.consumed.push(id)
    return new FakeFlow(id, producerId)
  }

  async produce({ track, appData }: { track: MediaStreamTrack; appData: { source: string } }) {
    const { id } = await new Promise<{ id: string }>((done, failed) =>
      this.emit('produce', { kind: track.kind, rtpParameters: {}, appData }, done, failed),
    )
    if (this.closed) throw new Error('the transport is closed')
    return new FakeFlow(id, id)
  }

  async restartIce() {
    this.restarts += 1
  }

  change(state: mediasoup.ConnectionState) {
    this.connectionState = state
    this.emit('connectionstatechange', state)
  }

  close() {
    this.closed = true
    this.connectionState = 'closed'
    this.observer.emit('close')
  }

  as(): mediasoup.Transport {
    return this as unknown as mediasoup.Transport
  }
}

/** A producer or a consumer. */
class FakeFlow {
  readonly id: string
  readonly producerId: string
  readonly track = fakeTrack('video')
  paused = false
  closed = false

  constructor(id: string, producerId: string) {
    this.id = id
    this.producerId = producerId
  }

  pause() {
    this.paused = true
  }
  resume() {
    this.paused = false
  }
  close() {
    this.closed = true
  }
  async replaceTrack() {}
}

export class FakeDevice {
  readonly transports: FakeTransport[] = []
  readonly recvRtpCapabilities = {}
  readonly sendRtpCapabilities = {}

  async load() {}

  createRecvTransport({ id }: { id: string }) {
    return this.#add(new FakeTransport(id, 'recv'))
  }

  createSendTransport({ id }: { id: string }) {
    return this.#add(new FakeTransport(id, 'send'))
  }

  as(): Device {
    return this as unknown as Device
  }

  #add(transport: FakeTransport) {
    this.transports.push(transport)
    return transport
  }
}

export const fakeTrack = (kind: 'audio' | 'video') =>
  ({ kind, id: `${kind}-track`, stop() {}, getSettings: () => ({}) }) as unknown as MediaStreamTrack

export const noSpeakers = { add() {}, remove() {}, close() {} } as unknown as Speakers

export const offerOf = (id: string, change: Partial<Consumer> = {}): Consumer => ({
  id,
  producerId: `producer-of-${id}`,
  peerId: 'teacher',
  source: 'camera',
  kind: 'video',
  rtpParameters: {} as Consumer['rtpParameters'],
  producerPaused: false,
  spatialLayers: 1,
  ...change,
})

/** A server that answers everything, and can be out of reach. */
export class FakeServer {
  readonly asked: { method: string; data: Record<string, unknown> }[] = []
  away = false
  /** Answers other than the usual ones; a thrown error is a refusal. */
  answers: Record<string, (data: never) => unknown> = {}
  #lastId = 0

  readonly request = (async (method: string, data: Record<string, unknown>) => {
    if (this.away) throw new RequestFailed('disconnected')
    this.asked.push({ method, data })
    const answer = this.answers[method]
    if (answer) return answer(data as never)
    this.#lastId += 1
    if (method === 'createTransport') return { id: `transport-${this.#lastId}` }
    if (method === 'produce') return { producerId: `producer-${this.#lastId}` }
    return {}
  }) as unknown as Request

  /** What was asked since the last look, shortly. */
  take(): string[] {
    return this.asked
      .splice(0)
      .map(({ method, data }) => [method, data.consumerId ?? data.producerId ?? data.source].filter(Boolean).join(' '))
  }
}

/** Lets everything go on that waits for nothing. */
export const settle = () => new Promise((resolve) => setTimeout(resolve, 2))
