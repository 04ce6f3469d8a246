/** The latest requests that merchants made, for tests and for the curious. */
import type { Provider } from './faults.ts'

export type LoggedRequest = {
  at: number
  provider: Provider
  api: string
  outTradeNo?: string | undefined
  /** HTTP status; 0 where no answer was given. */
  status: number
  /** The provider's word for what went wrong. */
  code?: string | undefined
}

const KEPT = 5000

export class RequestLog {
  #requests: LoggedRequest[] = []

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > 2 * KEPT) this.#requests = this.#requests.slice(-KEPT)
  }

  list(): LoggedRequest[] {
    return this.#requests.slice(-KEPT)
  }

  clear(): void {
    this.#requests = []
  }
}
