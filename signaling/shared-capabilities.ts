/** What browsers can receive, kept once each: a thousand people with the same browser say the same, at length. */
import type { types as mediasoup } from 'mediasoup'

/** More kinds of browser than a class sees; whoever makes up others costs what they send. */
const MOST_KINDS = 32

export class SharedCapabilities {
  private readonly kinds = new Map<string, mediasoup.RtpCapabilities>()

  /** The same as these, and for all who can receive the same the very same object. */
  of(capabilities: mediasoup.RtpCapabilities): mediasoup.RtpCapabilities {
    const kind = JSON.stringify(capabilities)
    const known = this.kinds.get(kind)
    if (known) return known
    if (this.kinds.size < MOST_KINDS) this.kinds.set(kind, capabilities)
    return capabilities
  }
}
