/** A bare protocol client on a `ws` socket, for tests and benchmarks. */
import { EventEmitter, once } from 'node:events'
import type { WebSocket } from 'ws'
import type { ErrorCode } from '../../signaling/protocol/errors.ts'
import type { Data, Method, Payload, Result, Topic } from '../../signaling/protocol/index.ts'
import type { Tier } from '../../signaling/protocol/media.ts'

export class RequestError extends Error {
  readonly code: ErrorCode
  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export class TestClient {
  readonly socket: WebSocket
  readonly notifications: { topic: Topic; data: unknown }[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  private readonly heard = new EventEmitter()
  private readonly waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>()
  private nextId = 1

  constructor(socket: WebSocket) {
    this.socket = socket
    this.heard.setMaxListeners(100)
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => {
        for (const { reject } of this.waiting.values()) reject(new Error('socket closed'))
        resolve({ code, reason: String(reason) })
      })
    })
    // A socket that `injectWS` made does not answer by itself.
    socket.on('ping', (data) => socket.pong(data))
    socket.on('message', (bytes) => this.receive(JSON.parse(String(bytes))))
  }

  request<M extends Method>(method: M, data: Data<M>): Promise<Result<M>> {
    if (this.socket.readyState !== this.socket.OPEN) return Promise.reject(new Error('socket closed'))
    const id = this.nextId++
    const answer = new Promise<Result<M>>((resolve, reject) => this.waiting.set(id, { resolve, reject }))
    this.socket.send(JSON.stringify({ id, method, data }))
    return answer
  }

  join(resumeToken?: string, tier?: Tier) {
    const resume = resumeToken === undefined ? {} : { resume: { token: resumeToken } }
    return this.request('join', { rtpCapabilities: { codecs: [] }, ...resume, ...(tier && { tier }) })
  }

  /** The first notification of this topic, come or to come, that the test accepts. */
  async notified<T extends Topic>(topic: T, accept: (data: Payload<T>) => boolean = () => true): Promise<Payload<T>> {
    for (;;) {
      const known = this.notifications.find((frame) => frame.topic === topic && accept(frame.data as Payload<T>))
      if (known) return known.data as Payload<T>
      await once(this.heard, 'notification')
    }
  }

  /** The first room event of this type, come or to come. */
  async event(type: string) {
    const { events } = await this.notified('events', ({ events }) => events.some((event) => event.type === type))
    return events.find((event) => event.type === type)!
  }

  /** All room events so far. */
  get events() {
    return this.notifications.flatMap(({ topic, data }) =>
      topic === 'events' ? (data as Payload<'events'>).events : [],
    )
  }

  private receive(
    frame: { id: number; result?: never; error?: { code: ErrorCode; message: string } } & {
      topic: Topic
      data: unknown
    },
  ) {
    if (frame.topic) {
      this.notifications.push(frame)
      this.heard.emit('notification')
      return
    }
    const { resolve, reject } = this.waiting.get(frame.id)!
    this.waiting.delete(frame.id)
    if (frame.error) reject(new RequestError(frame.error.code, frame.error.message))
    else resolve(frame.result!)
  }
}
