/** A socket whose other end is the test. */
import type { Socket } from '../../web/src/classroom/signaling-client.ts'

export type Sent = { id: number; method: string; data: Record<string, unknown> }

export class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  readonly sent: Sent[] = []
  closed = false

  send(frame: string): void {
    this.sent.push(JSON.parse(frame))
  }

  close(): void {
    this.closed = true
  }

  /** What the server sends. */
  receive(frame: object): void {
    this.onmessage?.call(this as never, { data: JSON.stringify(frame) } as MessageEvent)
  }

  answer(method: string, result: object): void {
    const request = this.sent.findLast((sent) => sent.method === method)
    if (!request) throw new Error(`nobody asked for ${method}`)
    this.receive({ id: request.id, result })
  }

  /** The server, or the network, ends it. */
  end(code = 1006): void {
    this.closed = true
    this.onclose?.call(this as never, { code } as CloseEvent)
  }

  methods(): string[] {
    return this.sent.map(({ method }) => method)
  }
}

export const handlers = new Proxy({} as never, { get: () => () => {} })
