/** The transports, producers and consumers of one peer in one room. */
import type { types as mediasoup } from 'mediasoup'
import type { Source } from '../signaling/protocol/constants.ts'
import { AppError } from '../signaling/protocol/errors.ts'
import type { Direction } from '../signaling/protocol/media.ts'

export type Produced = { producer: mediasoup.Producer; source: Source }

export class MediaPeer {
  readonly transports: Partial<Record<Direction, mediasoup.WebRtcTransport>> = {}
  readonly producers = new Map<string, Produced>()
  readonly consumers = new Map<string, mediasoup.Consumer>()
  /** Producers that are being offered now, so that two calls do not offer one twice. */
  readonly offering = new Set<string>()

  transport(transportId: string): mediasoup.WebRtcTransport {
    const { send, recv } = this.transports
    return found([send, recv].find((transport) => transport?.id === transportId && !transport.closed))
  }

  produced(producerId: string): Produced {
    return found(this.producers.get(producerId))
  }

  consumer(consumerId: string): mediasoup.Consumer {
    return found(this.consumers.get(consumerId))
  }

  consumes(producerId: string): boolean {
    if (this.offering.has(producerId)) return true
    for (const consumer of this.consumers.values()) if (consumer.producerId === producerId) return true
    return false
  }

  close(): void {
    this.transports.send?.close()
    this.transports.recv?.close()
  }
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new AppError('not_found')
  return thing
}
