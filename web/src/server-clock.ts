/** The server's clock, guessed from the times that the server tells. */
const STALE_AFTER_MS = 120_000

export class ServerClock {
  #offsetMs = 0
  #roundTripMs = Number.POSITIVE_INFINITY
  #sampledAt = 0
  readonly #local: () => number

  constructor(local: () => number = Date.now) {
    this.#local = local
  }

  /** Learns from one answer: asked at `sentAt` (this machine's time), it said `serverNow`. The quickest answer wins. */
  sample(serverNow: number, sentAt: number): void {
    const receivedAt = this.#local()
    const roundTripMs = receivedAt - sentAt
    const stale = receivedAt - this.#sampledAt > STALE_AFTER_MS
    if (!stale && roundTripMs > this.#roundTripMs) return
    this.#offsetMs = serverNow + roundTripMs / 2 - receivedAt
    this.#roundTripMs = roundTripMs
    this.#sampledAt = receivedAt
  }

  /** Milliseconds since 1970 on the server's clock. */
  readonly now = (): number => this.#local() + this.#offsetMs
}

export const serverClock = new ServerClock()
