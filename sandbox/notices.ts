/** Delivers notices to merchants: repeated on each provider's schedule until they are accepted, and over a restart too. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Faults, Provider } from './faults.ts'
import type { Collection } from './journal.ts'

export type Attempt = { at: number; status?: number; answer?: string; error?: string }

export type Notice = {
  /** The same over all attempts. */
  id: string
  provider: Provider
  event: string
  outTradeNo: string
  url: string
  /** What the courier makes each attempt's request of. */
  content: string
  createdAt: number
  state: 'waiting' | 'accepted' | 'given_up' | 'dropped'
  attempts: Attempt[]
}

/** How one provider delivers. */
export type Courier = {
  /** Pauses between attempts, in earnest. */
  pausesMs: number[]
  /** Signed anew for each attempt. */
  request(notice: Notice): { headers: Record<string, string>; body: string }
  accepts(status: number, answer: string): boolean
}

const ANSWER_WITHIN_MS = 5000
const ANSWER_KEPT_CHARACTERS = 500

export type NoticesDeps = {
  kept: Collection<Notice>
  couriers: Record<Provider, Courier>
  faults: Faults
  /** How many times faster than in earnest. */
  speed: number
}

export class Notices {
  readonly #deps: NoticesDeps
  readonly #stop = new AbortController()
  #held: Notice[] = []

  constructor(deps: NoticesDeps) {
    this.#deps = deps
    deps.faults.onClear(() => this.#release())
  }

  /** Takes up what a restart interrupted. */
  resume(): void {
    for (const notice of this.#deps.kept.filter(({ state }) => state === 'waiting')) this.#keepTrying(notice)
  }

  /** Ends with the first attempt, unless a fault holds the notice back. */
  async send(notice: Notice): Promise<Notice> {
    const { kept, faults } = this.#deps
    kept.put(notice)
    const place = { provider: notice.provider, on: 'notice', api: notice.event } as const
    if (faults.take('dropNotice', place)) {
      notice.state = 'dropped'
      return kept.put(notice)
    }
    if (faults.take('reorder', place)) {
      this.#held.push(notice)
      return notice
    }
    const late = faults.take('delayMs', place)
    if (late) {
      this.#later(Number(late.value ?? 1000), () => this.#begin(notice, 1))
      return notice
    }
    const twice = faults.take('duplicateNotice', place)
    await this.#begin(notice, twice ? Number(twice.value ?? 2) : 1)
    this.#release()
    return notice
  }

  close(): void {
    this.#stop.abort()
  }

  /** Lets those go that had to wait for another to overtake them. */
  #release(): void {
    const held = this.#held
    this.#held = []
    for (const notice of held) void this.#begin(notice, 1)
  }

  async #begin(notice: Notice, copies: number): Promise<void> {
    await Promise.all(Array.from({ length: copies }, () => this.#attempt(notice)))
    if (notice.state === 'waiting') this.#keepTrying(notice)
  }

  #keepTrying(notice: Notice): void {
    const { couriers, speed, kept } = this.#deps
    const next = couriers[notice.provider].pausesMs[Math.max(0, notice.attempts.length - 1)]
    if (next === undefined) {
      notice.state = 'given_up'
      kept.put(notice)
      return
    }
    this.#later(next / speed, () => this.#begin(notice, 1))
  }

  #later(milliseconds: number, work: () => Promise<void>): void {
    const { signal } = this.#stop
    pause(milliseconds, undefined, { signal }).then(work, () => {})
  }

  async #attempt(notice: Notice): Promise<void> {
    const courier = this.#deps.couriers[notice.provider]
    const attempt: Attempt = { at: Date.now() }
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)])
      const { headers, body } = courier.request(notice)
      const answer = await fetch(notice.url, { method: 'POST', headers, body, redirect: 'manual', signal })
      const text = await answer.text()
      attempt.status = answer.status
      attempt.answer = text.slice(0, ANSWER_KEPT_CHARACTERS)
      if (courier.accepts(answer.status, text)) notice.state = 'accepted'
    } catch (error) {
      const { cause, name, message } = error as Error & { cause?: { code?: string } }
      attempt.error = cause?.code ?? `${name}: ${message}`
    }
    if (this.#stop.signal.aborted) return
    notice.attempts.push(attempt)
    this.#deps.kept.put(notice)
  }
}
