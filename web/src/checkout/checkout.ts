/** One purchase on its way, without React: ordered, paid through a channel, followed until the server says that it is paid. */
import type { NewOrder, Order } from '../../../src/orders/schema.ts'
import type { Channel, Prompt } from '../../../src/payments/schema.ts'
import { codeOf } from '../api/errors.ts'
import type { ordersApi, Wanted } from '../api/orders.ts'
import { Store } from '../store.ts'

/**
 * `choosing`: nothing is ordered, or the order can be paid in another way; `waiting`: the payer has a prompt;
 * `confirming`: the payer says it is paid, and the server has not heard so yet; `done`: it is paid; `closed`: the order
 * is no more.
 */
export type CheckoutStep = 'choosing' | 'ordering' | 'waiting' | 'confirming' | 'done' | 'closed'

export type CheckoutView = {
  step: CheckoutStep
  order: Order | null
  channel: Channel | null
  prompt: Prompt | null
  /** What went wrong at the last step; the purchase itself is where `step` says. */
  error: unknown
}

const start: CheckoutView = { step: 'choosing', order: null, channel: null, prompt: null, error: null }

export const FOLLOW_EVERY_MS = 2500
/** A prompt is asked for anew so long before it ends. */
const EARLY_MS = 10_000

type Deps = {
  api: Pick<typeof ordersApi, 'create' | 'pay' | 'get' | 'check' | 'cancel'>
  now: () => number
  newKey: () => string
}

const unanswered = new Set(['offline', 'unavailable'])

const isOpen = ({ status }: Order) => status === 'pending' || status === 'paying'

export class Checkout {
  readonly view = new Store<CheckoutView>(start)
  readonly #deps: Deps
  #key: string
  #promptEndsAt = 0
  #timer: ReturnType<typeof setInterval> | undefined
  #asking = false
  #closed = false

  constructor(deps: Deps) {
    this.#deps = deps
    this.#key = deps.newKey()
  }

  /** Orders (an open order for the same is given again), and asks for what the payer has to scan or open. */
  async pay(wanted: Wanted, wish: Omit<NewOrder, 'courseId' | 'planId'>, channel: Channel | null): Promise<void> {
    if (this.view.get().step === 'ordering') return
    this.view.patch({ step: 'ordering', channel, error: null, prompt: null })
    try {
      const { order } = await this.#deps.api.create({ ...wanted, ...wish }, this.#key)
      this.#key = this.#deps.newKey()
      this.#take(order)
      if (isOpen(order) && channel) await this.#askForPrompt(order.id, channel)
    } catch (error) {
      // Unanswered, it may have been done all the same: under the same key it is not done twice.
      if (!unanswered.has(codeOf(error))) this.#key = this.#deps.newKey()
      this.view.patch({ step: 'choosing', error })
    }
  }

  /** Takes up an order that was begun elsewhere or before. */
  async resume(orderId: string): Promise<void> {
    try {
      const { order } = await this.#deps.api.get(orderId)
      this.#take(order)
      if (isOpen(order)) this.view.patch({ step: order.status === 'paying' ? 'confirming' : 'choosing' })
      if (order.status === 'paying') this.#follow()
    } catch (error) {
      this.view.patch({ error })
    }
  }

  /** “I have paid”: the server asks the provider now. */
  async confirm(): Promise<void> {
    const { order, step } = this.view.get()
    if (!order || step === 'done' || step === 'closed') return
    this.view.patch({ step: 'confirming', error: null })
    this.#follow()
    await this.#ask(() => this.#deps.api.check(order.id))
  }

  /** Something was said of this order: look. */
  async noticed(orderId: string): Promise<void> {
    if (this.view.get().order?.id === orderId) await this.#look()
  }

  /** Back to the choice of how to pay; the order stays. */
  choose(): void {
    if (this.view.get().order && !isOpen(this.view.get().order!)) return
    this.#rest()
    this.view.patch({ step: 'choosing', prompt: null, channel: null, error: null })
  }

  async cancel(): Promise<void> {
    const { order } = this.view.get()
    if (order && isOpen(order)) await this.#ask(() => this.#deps.api.cancel(order.id))
  }

  /** After a closed order: from the beginning. */
  again(): void {
    this.#rest()
    this.#key = this.#deps.newKey()
    this.view.set(start)
  }

  close(): void {
    this.#closed = true
    this.#rest()
  }

  async #askForPrompt(orderId: string, channel: Channel): Promise<void> {
    const { prompt, expiresAt, order } = await this.#deps.api.pay(orderId, channel)
    this.#promptEndsAt = expiresAt
    this.#take(order)
    if (!isOpen(order)) return
    this.view.patch({ step: 'waiting', prompt })
    this.#follow()
  }

  #follow(): void {
    if (!this.#closed) this.#timer ??= setInterval(() => void this.#look(), FOLLOW_EVERY_MS)
  }

  #rest(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    const { order, step, channel } = this.view.get()
    if (!order) return
    await this.#ask(() => this.#deps.api.get(order.id))
    const current = this.view.get().order!
    const ends = step === 'waiting' && isOpen(current) && this.#promptEndsAt - this.#deps.now() < EARLY_MS
    if (ends && channel && current.expiresAt > this.#deps.now())
      await this.#askForPrompt(order.id, channel).catch((error) => this.view.patch({ error }))
  }

  /** One question at a time; trouble on the way says nothing about the payment. */
  async #ask(question: () => Promise<{ order: Order }>): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      this.#take((await question()).order)
      this.view.patch({ error: null })
    } catch (error) {
      this.view.patch({ error })
    } finally {
      this.#asking = false
    }
  }

  #take(order: Order): void {
    if (order.status === 'closed') this.view.patch({ order, step: 'closed', prompt: null })
    else if (isOpen(order)) this.view.patch({ order })
    else this.view.patch({ order, step: 'done', prompt: null, error: null })
    if (!isOpen(order)) this.#rest()
  }
}
