/** Many viewers in one page: each with a socket and a receive transport of its own, all of them muted. */
import { Device, type types as mediasoup } from 'mediasoup-client'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'

type Frame = { id?: number; result?: never; topic?: string; data?: never }

class Viewer {
  readonly consumers: mediasoup.Consumer[] = []
  private readonly socket: WebSocket
  private readonly device = new Device({ handlerName: 'Chrome111' })
  private readonly waiting = new Map<number, (result: never) => void>()
  private readonly transport = Promise.withResolvers<mediasoup.Transport>()
  private nextId = 1

  constructor(address: string) {
    this.socket = new WebSocket(address, SUBPROTOCOL)
    this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data))
  }

  request<T>(method: string, data: object): Promise<T> {
    const id = this.nextId++
    this.socket.send(JSON.stringify({ id, method, data }))
    return new Promise((resolve) => this.waiting.set(id, resolve))
  }

  private receive({ id, result, topic, data }: Frame): void {
    if (id !== undefined) {
      this.waiting.get(id)?.(result!)
      this.waiting.delete(id)
    }
    if (topic === 'welcome') void this.join(data!)
    if (topic === 'newConsumer') void this.consume(data!)
  }

  private async join({ rtpCapabilities }: { rtpCapabilities: mediasoup.RtpCapabilities }): Promise<void> {
    await this.device.load({ routerRtpCapabilities: rtpCapabilities })
    await this.request('join', { rtpCapabilities: this.device.recvRtpCapabilities })
    const offered = await this.request<mediasoup.TransportOptions>('createTransport', { direction: 'recv' })
    const transport = this.device.createRecvTransport(offered)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.request('connectTransport', { transportId: transport.id, dtlsParameters }).then(done, failed)
    })
    this.transport.resolve(transport)
  }

  private async consume({
    id,
    producerId,
    kind,
    rtpParameters,
  }: mediasoup.ConsumerOptions & { id: string }): Promise<void> {
    const transport = await this.transport.promise
    this.consumers.push(
      await transport.consume({ id, producerId: producerId!, kind: kind!, rtpParameters: rtpParameters! }),
    )
    await this.request('resumeConsumer', { consumerId: id })
  }
}

const viewers: Viewer[] = []

const commands = {
  open(addresses: string[]): void {
    for (const address of addresses) viewers.push(new Viewer(address))
  },

  /** Stops or goes on sending to all of them. */
  async setPaused(paused: boolean): Promise<void> {
    const method = paused ? 'pauseConsumer' : 'resumeConsumer'
    const all = viewers.flatMap((viewer) => viewer.consumers.map(({ id: consumerId }) => ({ viewer, consumerId })))
    await Promise.all(all.map(({ viewer, consumerId }) => viewer.request(method, { consumerId })))
  },

  /** Pictures decoded so far, one figure per viewer. */
  framesDecoded: (): Promise<number[]> =>
    Promise.all(
      viewers.map(async ({ consumers }) => {
        const stats = await Promise.all(consumers.map((consumer) => consumer.getStats()))
        return stats.flatMap((each) => [...each.values()]).reduce((sum, stat) => sum + (stat.framesDecoded ?? 0), 0)
      }),
    ),
}
export type ViewersPage = typeof commands

Object.assign(globalThis, { viewersPage: commands })
