/** The orders' background work: who does it, and when it comes round again. */
import { HOUR_MS, MINUTE_MS } from './order.ts'

/** Closes an order that nobody paid in time. */
export const closeJob = 'orders.close'
/** Asks the provider whether a payment has come. */
export const askJob = 'orders.ask'
/** Makes the other payments of a paid order impossible. */
export const closeAttemptsJob = 'orders.closeAttempts'
/** Takes one refund a step further. */
export const refundJob = 'orders.refund'
/** Gives out again what was left lying. */
export const sweepJob = 'orders.sweep'

const intervals = [
  30_000,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
]
/** How long to wait before asking a provider for the so-and-so-manyth time. */
export const waitMs = (tries: number) => intervals[Math.min(tries, intervals.length - 1)]!
