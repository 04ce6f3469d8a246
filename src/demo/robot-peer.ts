/** A robot's way into a room: the public protocol over a real socket, like any browser. */
import { EventEmitter, once } from 'node:events'
import { PING_INTERVAL_MS, SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import type { Data, Method, Payload, Result, Topic } from '../../signaling/protocol/index.ts'

type Down =
  | { id: number; result: unknown; error?: never }
  | { id: number; error: { code: string; message: string } }
  | { topic: Topic; data: unknown }

export class RobotPeer {
  readonly joined: Promise<Result<'join'>>
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>
  private readonly socket: WebSocket
  private readonly heard = new EventEmitter()
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>()
  private readonly pinging: NodeJS.Timeout
  private nextId = 1

  /** `address` is the socket's, with its ticket. */
  constructor(address: string) {
    this.socket = new WebSocket(address, SUBPROTOCOL)
    this.closed = new Promise((resolve) => {
      this.socket.onclose = () => {
        clearInterval(this.pinging)
        for (const { reject } of this.waiting.values()) reject(new Error('the socket is closed'))
        this.waiting.clear()
        resolve()
      }
    })
    this.socket.onmessage = ({ data }) => this.receive(JSON.parse(String(data)))
    this.pinging = setInterval(() => void this.request('ping', {}).catch(() => {}), PING_INTERVAL_MS)
    this.joined = this.join()
    this.joined.catch(() => {})
  }

  request<M extends Method>(method: M, data: Data<M>): Promise<Result<M>> {
    if (this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error('the socket is closed'))
    const id = this.nextId++
    const answer = Promise.withResolvers<unknown>()
    this.waiting.set(id, answer)
    this.socket.send(JSON.stringify({ id, method, data }))
    return answer.promise as Promise<Result<M>>
  }

  on<T extends Topic>(topic: T, listener: (data: Payload<T>) => void): void {
    this.heard.on(topic, listener)
  }

  close(): void {
    this.socket.close()
  }

  private async join(): Promise<Result<'join'>> {
    await Promise.race([
      once(this.heard, 'welcome'),
      this.closed.then(() => {
        throw new Error('the room did not open')
      }),
    ])
    return this.request('join', { rtpCapabilities: {} })
  }

  private receive(frame: Down): void {
    if ('topic' in frame) {
      this.heard.emit(frame.topic, frame.data)
      return
    }
    const answer = this.waiting.get(frame.id)
    this.waiting.delete(frame.id)
    if (frame.error) answer?.reject(new Error(frame.error.code))
    else answer?.resolve(frame.result)
  }
}
