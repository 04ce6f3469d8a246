/** How many RTP packets the consumers of a worker have sent. */
import type { types as mediasoup } from 'mediasoup'

export class PacketCount {
  private readonly open = new Set<mediasoup.Consumer>()

  /** Counts every consumer that this worker makes from now on. */
  watch(worker: mediasoup.Worker): void {
    worker.observer.on('newrouter', (router) =>
      router.observer.on('newtransport', (transport) =>
        transport.observer.on('newconsumer', (consumer) => {
          this.open.add(consumer)
          consumer.observer.on('close', () => this.open.delete(consumer))
        }),
      ),
    )
  }

  get consumers(): number {
    return this.open.size
  }

  /** The packets of all consumers that are open. */
  async read(): Promise<number> {
    const stats = await Promise.all([...this.open].map((consumer) => consumer.getStats()))
    return stats.flat().reduce((sum, stat) => (stat.type === 'outbound-rtp' ? sum + stat.packetCount : sum), 0)
  }
}
