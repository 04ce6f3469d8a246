/** One signaling socket, typed: requests go up and are answered, notifications come down, silence is noticed. */

import { PING_INTERVAL_MS } from '../../../signaling/protocol/constants.ts'
import type { CloseReason, ErrorCode } from '../../../signaling/protocol/errors.ts'
import type { Data, Method, Payload, Result, Topic } from '../../../signaling/protocol/index.ts'
import { type Log, silentLog } from './log.ts'
import { closeReasonOf } from './reconnect.ts'

/** The part of a WebSocket that is used here. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'readyState' | 'onmessage' | 'onclose'>

/** `WebSocket.OPEN`. */
const OPEN = 1

export type FailureCode = ErrorCode | 'disconnected' | 'timeout'

/** A request that was refused, or whose answer never came. */
export class RequestFailed extends Error {
  readonly code: FailureCode

  constructor(code: FailureCode, message: string = code) {
    super(message)
    this.name = 'RequestFailed'
    this.code = code
  }
}

/** True where the request found no room at the other end: it says nothing about what was asked. */
export const isAway = (error: unknown): boolean =>
  error instanceof RequestFailed && (error.code === 'disconnected' || error.code === 'not_joined')

/** What to do with each notification; a missing one is a compile error. */
export type NotificationHandlers = { [T in Topic]: (data: Payload<T>) => void }

export type Request = <M extends Method>(method: M, data: Data<M>) => Promise<Result<M>>

type Options = {
  handlers: NotificationHandlers
  /** Called once, whichever side ended it; null where the network did. */
  onClose: (reason: CloseReason | null) => void
  onServerTime?: (serverNow: number, sentAt: number) => void
  pingIntervalMs?: number
  log?: Log
}

/** How often the server is asked for its time at least. */
const BEATS_PER_CLOCK = 6

type Waiting = { method: Method; resolve: (result: never) => void; reject: (error: RequestFailed) => void }

export class SignalingClient {
  readonly #socket: Socket
  readonly #options: Options
  readonly #log: Log
  readonly #waiting = new Map<number, Waiting>()
  readonly #heartbeat: ReturnType<typeof setInterval>
  #lastId = 0
  #silentIntervals = 0
  #beats = 0
  #heard = false
  #closed = false

  constructor(socket: Socket, options: Options) {
    this.#socket = socket
    this.#options = options
    this.#log = options.log ?? silentLog
    socket.onmessage = ({ data }) => this.#receive(String(data))
    socket.onclose = ({ code }) => this.#end(closeReasonOf(code))
    this.#heartbeat = setInterval(() => this.#beat(), options.pingIntervalMs ?? PING_INTERVAL_MS)
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Fails, and never throws, on a socket that is not open. */
  readonly request: Request = (method, data) => {
    if (this.#closed || this.#socket.readyState !== OPEN) return Promise.reject(new RequestFailed('disconnected'))
    this.#lastId += 1
    const id = this.#lastId
    this.#log.debug(`→ ${method}`, { id, data })
    this.#socket.send(JSON.stringify({ id, method, data }))
    return new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }))
  }

  close(): void {
    if (this.#closed) return
    this.#socket.close(1000)
    this.#end(null)
  }

  #receive(text: string) {
    this.#silentIntervals = 0
    this.#heard = true
    const frame = JSON.parse(text)
    if ('topic' in frame) this.#notify(frame)
    else this.#answer(frame)
  }

  #notify({ topic, data }: { topic: Topic; data: never }) {
    this.#log.debug(`· ${topic}`, { data })
    this.#options.handlers[topic]?.(data)
  }

  #answer(frame: { id: number; result?: unknown; error?: { code: ErrorCode; message: string } }) {
    const waiting = this.#waiting.get(frame.id)
    if (!waiting) return
    this.#waiting.delete(frame.id)
    this.#log.debug(`← ${waiting.method}`, frame)
    if (frame.error) waiting.reject(new RequestFailed(frame.error.code, frame.error.message))
    else waiting.resolve(frame.result as never)
  }

  /** News is as good an answer as any: who is told something all the time need not ask. */
  #beat() {
    const asksForTime = this.#beats % BEATS_PER_CLOCK === 0
    const heard = this.#heard
    this.#beats += 1
    this.#silentIntervals += 1
    this.#heard = false
    if (heard && !asksForTime) return
    if (this.#silentIntervals > 2) {
      this.#log.info('the server is silent')
      this.#socket.close()
      this.#end(null)
      return
    }
    const sentAt = Date.now()
    this.request('ping', {}).then(
      ({ now }) => this.#options.onServerTime?.(now, sentAt),
      () => {},
    )
  }

  #end(reason: CloseReason | null) {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#heartbeat)
    for (const { reject } of this.#waiting.values()) reject(new RequestFailed('disconnected'))
    this.#waiting.clear()
    this.#options.onClose(reason)
  }
}
