/** A socket whose other end is the test. */
import type { Socket } from '../../web/src/classroom/signaling-client.ts'

export type Sent = { id: number; method: string; data: Record<string, unknown> }

export class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly sent: Sent[] = []
  closed = false
  /** As in a browser: 0 until the other end is there, 1 while open, 3 at the end. */
  readyState: Socket['readyState'] = 0

  send(frame: string): void {
    if (this.readyState === 0) throw new DOMException('Still in CONNECTING state', 'InvalidStateError')
    this.sent.push(JSON.parse(frame))
  }

  close(): void {
    this.closed = true
    this.readyState = 3
  }

  /** The other end is there. */
  open(): this {
    this.readyState = 1
    return this
  }

  /** What the server sends; the first of it shows that the socket is open. */
  receive(frame: object): void {
    if (this.readyState === 0) this.open()
    this.onmessage?.call(this as never, { data: JSON.stringify(frame) } as MessageEvent)
  }

  answer(method: string, result: object): void {
    const request = this.sent.findLast((sent) => sent.method === method)
    if (!request) throw new Error(`nobody asked for ${method}`)
    this.receive({ id: request.id, result })
  }

  /** The server, or the network, ends it. */
  end(code = 1006): void {
    this.close()
    this.onclose?.call(this as never, { code } as CloseEvent)
  }

  methods(): string[] {
    return this.sent.map(({ method }) => method)
  }
}

export const handlers = new Proxy({} as never, { get: () => () => {} })
