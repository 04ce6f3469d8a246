/** A limit that allows bursts: `size` at once, refilled by `perSecond`. */
export class TokenBucket {
  private tokens: number
  private filledAt: number
  private readonly size: number
  private readonly perSecond: number

  constructor(size: number, perSecond: number, now: number) {
    this.size = size
    this.perSecond = perSecond
    this.tokens = size
    this.filledAt = now
  }

  /** Takes so many tokens, or returns false and takes none. `now` is in milliseconds. */
  take(count: number, now: number): boolean {
    this.tokens = Math.min(this.size, this.tokens + (Math.max(0, now - this.filledAt) / 1000) * this.perSecond)
    this.filledAt = now
    if (this.tokens < count) return false
    this.tokens -= count
    return true
  }
}
