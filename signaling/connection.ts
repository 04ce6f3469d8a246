/** One WebSocket: limits before parsing, requests in order, answers under the same id, heartbeat, back-pressure. */

import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Log } from './log.ts'
import { object } from './protocol/define.ts'
import { type CloseReason, closeReasons } from './protocol/errors.ts'
import type { NotificationFrame, RequestFrame, ResponseFrame } from './protocol/index.ts'
import { TokenBucket } from './token-bucket.ts'

/** As much of a `ws` socket as a connection uses. */
export interface Socket {
  readonly bufferedAmount: number
  on(event: 'message', listener: (bytes: Buffer, isBinary: boolean) => void): unknown
  on(event: 'pong', listener: () => void): unknown
  on(event: 'close', listener: (code: number) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  send(bytes: Buffer | string, options: { binary: boolean }): void
  ping(): void
  close(code: number, reason: string): void
  terminate(): void
}

export type ConnectionLimits = {
  /** A socket that is silent for so long is asked whether it is there, and cut off after as long again. */
  heartbeatMs: number
  /** Frames a second, and how many may come at once. */
  framesPerSecond: number
  frameBurst: number
  bytesPerSecond: number
  byteBurst: number
  /** Requests that wait for their turn. */
  queuedRequests: number
  /** Bytes that a slow reader may leave unread before it is dropped. */
  unreadBytes: number
}

export const defaultLimits: ConnectionLimits = {
  heartbeatMs: 7000,
  framesPerSecond: 40,
  frameBurst: 160,
  bytesPerSecond: 128 * 1024,
  byteBurst: 512 * 1024,
  queuedRequests: 64,
  unreadBytes: 1024 * 1024,
}

export type ConnectionEvents = {
  /** Resolves when the next request may start. */
  request(frame: RequestFrame): Promise<{ answer: ResponseFrame | Promise<ResponseFrame> }>
  closed(): void
}

/** RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000

const isRequest = Compile(
  object({
    id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    method: Type.String({ maxLength: 64 }),
    data: Type.Unknown(),
  }),
)

export class Connection {
  private readonly socket: Socket
  private readonly events: ConnectionEvents
  private readonly limits: ConnectionLimits
  private readonly log: Log
  private readonly hold: () => void
  private readonly frames: TokenBucket
  private readonly bytes: TokenBucket
  private readonly queue: RequestFrame[] = []
  private readonly heartbeat: NodeJS.Timeout
  private working = false
  private heard = true
  private asked = false
  private isClosed = false

  /** `hold` is called before each frame is sent. */
  constructor(
    socket: Socket,
    events: ConnectionEvents,
    log: Log,
    limits: ConnectionLimits = defaultLimits,
    hold: () => void = () => {},
  ) {
    this.socket = socket
    this.events = events
    this.limits = limits
    this.log = log
    this.hold = hold
    const now = performance.now()
    this.frames = new TokenBucket(limits.frameBurst, limits.framesPerSecond, now)
    this.bytes = new TokenBucket(limits.byteBurst, limits.bytesPerSecond, now)
    this.heartbeat = setInterval(() => this.beat(), limits.heartbeatMs)
    socket.on('message', (bytes, isBinary) => this.receive(bytes, isBinary))
    socket.on('pong', () => this.hear())
    socket.on('close', () => this.end())
    socket.on('error', (error) => this.log.debug({ err: error }, 'socket error'))
  }

  get closed(): boolean {
    return this.isClosed
  }

  notify(frame: NotificationFrame): void {
    this.log.debug({ topic: frame.topic }, '··> notification')
    this.send(JSON.stringify(frame))
  }

  /** Sends a frame that is already encoded. A reader that leaves too much unread is dropped, never buffered on. */
  send(encoded: Buffer | string): void {
    if (this.isClosed) return
    if (this.socket.bufferedAmount > this.limits.unreadBytes) {
      this.close('slow_reader')
      this.socket.terminate()
      return
    }
    this.hold()
    this.socket.send(encoded, { binary: false })
  }

  close(reason: CloseReason): void {
    if (this.isClosed) return
    this.log.debug({ reason }, 'socket closed by the server')
    this.socket.close(closeReasons[reason].code, reason)
    this.end()
  }

  /** Closes a socket that has served its purpose. */
  finish(): void {
    if (this.isClosed) return
    this.socket.close(NORMAL_CLOSURE, '')
    this.end()
  }

  private end(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.queue.length = 0
    clearInterval(this.heartbeat)
    this.events.closed()
  }

  private beat(): void {
    if (this.heard) this.heard = false
    else if (!this.asked) {
      this.asked = true
      this.socket.ping()
    } else {
      this.socket.terminate()
      this.end()
    }
  }

  private hear(): void {
    this.heard = true
    this.asked = false
  }

  private receive(bytes: Buffer, isBinary: boolean): void {
    if (this.isClosed) return
    this.hear()
    const now = performance.now()
    const flooding =
      !this.frames.take(1, now) ||
      !this.bytes.take(bytes.length, now) ||
      this.queue.length >= this.limits.queuedRequests
    const frame = flooding || isBinary ? undefined : parse(bytes)
    if (isRequest.Check(frame)) {
      this.queue.push(frame)
      void this.work()
    } else this.close(flooding ? 'flooding' : 'bad_frame')
  }

  private async work(): Promise<void> {
    if (this.working) return
    this.working = true
    for (let frame = this.queue.shift(); frame && !this.isClosed; frame = this.queue.shift()) {
      this.log.debug({ method: frame.method, id: frame.id }, '<== request')
      const { answer } = await this.events.request(frame)
      if (answer instanceof Promise) void answer.then((later) => this.respond(later))
      else this.respond(answer)
    }
    this.working = false
  }

  private respond(frame: ResponseFrame): void {
    this.log.debug({ id: frame.id, error: 'error' in frame ? frame.error.code : undefined }, '--> response')
    this.send(JSON.stringify(frame))
  }
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(String(bytes))
  } catch {
    return undefined
  }
}
