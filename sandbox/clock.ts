/** The sandbox's clock, in two hands that tests may turn: the time of trades, and the time that signatures are stamped with. */
export class Clock {
  /** Ages trades, codes and bills. */
  businessOffsetMs = 0
  /** Makes the sandbox's own clock go wrong, as clients see it. */
  wireOffsetMs = 0

  now(): number {
    return Date.now() + this.businessOffsetMs
  }

  wireSeconds(): number {
    return Math.floor((Date.now() + this.wireOffsetMs) / 1000)
  }

  /** Signatures are stamped in the time of the machine, whatever the time of trades. */
  wireMs(): number {
    return Date.now() + this.wireOffsetMs
  }
}
