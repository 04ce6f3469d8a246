/** The rival of the media benchmarks: mediasoup's API with as little around it as a viewer needs. */
import { createWorker, type types as mediasoup } from 'mediasoup'
import { type WebSocket, WebSocketServer } from 'ws'
import { mediaCodecs } from '../../sfu/codecs.ts'
import { openIngest } from '../../sfu/ingest.ts'
import type { MediaRoom } from '../../sfu/media-room.ts'
import { cpuMsOf } from '../../sfu/pool.ts'
import { serveCommands } from '../child.ts'
import { madeUpDtls } from '../made-up-dtls.ts'
import { PacketCount } from './packet-count.ts'

const IP = '127.0.0.1'

const worker = await createWorker({ logLevel: 'error' })
const packets = new PacketCount()
packets.watch(worker)
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ip: IP })),
})
const router = await worker.createRouter({ mediaCodecs })
const producers: mediasoup.Producer[] = []
const sockets = new WebSocketServer({ host: IP, port: 0, perMessageDeflate: false })
sockets.on('connection', serveViewer)

const openTransport = () =>
  router.createWebRtcTransport({
    webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    enableSctp: false,
    iceConsentTimeout: 12,
    initialAvailableOutgoingBitrate: 1_200_000,
  })

const commands = {
  socketAddress: () => `ws://${IP}:${(sockets.address() as { port: number }).port}`,

  async openIngest() {
    const room = {
      router,
      publish: (_peer: string, _source: string, producer: mediasoup.Producer) => producers.push(producer),
    }
    const { video, audio } = await openIngest(room as unknown as MediaRoom, 'publisher')
    return { video, audio }
  },

  /** How long so many joins take, in milliseconds, with `concurrency` of them under way at any time. */
  async joins(count: number, concurrency: number): Promise<number> {
    const { rtpCapabilities } = router
    const transports: mediasoup.WebRtcTransport[] = []
    const dtls = Array.from({ length: count }, madeUpDtls)
    const joinAll = async () => {
      for (let dtlsParameters = dtls.pop(); dtlsParameters; dtlsParameters = dtls.pop()) {
        const transport = await openTransport()
        transports.push(transport)
        const consuming = producers.map(async ({ id: producerId }) => {
          const consumer = await transport.consume({ producerId, rtpCapabilities, paused: true })
          await consumer.resume()
        })
        await Promise.all([transport.connect({ dtlsParameters }), ...consuming])
      }
    }
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: concurrency }, joinAll))
    const tookMs = performance.now() - startedAt
    for (const transport of transports) transport.close()
    return tookMs
  },

  forwardedPackets: () => packets.read(),
  consumers: () => packets.consumers,
  workerCpuMs: () => cpuMsOf(worker),
}
export type BareMedia = typeof commands

/** Speaks as much of the product's protocol as its viewers use, so that the same viewers come to both. */
function serveViewer(socket: WebSocket): void {
  let transport: mediasoup.WebRtcTransport | undefined
  let rtpCapabilities: mediasoup.RtpCapabilities = {}
  const consumers = new Map<string, mediasoup.Consumer>()
  const send = (frame: object) => socket.send(JSON.stringify(frame))
  const offer = async ({ id: producerId }: mediasoup.Producer) => {
    const consumer = await transport!.consume({ producerId, rtpCapabilities, paused: true })
    consumers.set(consumer.id, consumer)
    const { id, kind, rtpParameters } = consumer
    send({ topic: 'newConsumer', data: { id, producerId, kind, rtpParameters } })
  }
  const methods: Record<string, (data: never) => Promise<unknown>> = {
    join: async (data: { rtpCapabilities: mediasoup.RtpCapabilities }) => {
      rtpCapabilities = data.rtpCapabilities
    },
    createTransport: async () => {
      transport = await openTransport()
      setImmediate(() => producers.forEach(offer))
      const { id, iceParameters, iceCandidates, dtlsParameters } = transport
      return { id, iceParameters, iceCandidates, dtlsParameters }
    },
    connectTransport: ({ dtlsParameters }: { dtlsParameters: mediasoup.DtlsParameters }) =>
      transport!.connect({ dtlsParameters }),
    resumeConsumer: ({ consumerId }: { consumerId: string }) => consumers.get(consumerId)!.resume(),
    pauseConsumer: ({ consumerId }: { consumerId: string }) => consumers.get(consumerId)!.pause(),
  }
  socket.on('message', async (bytes) => {
    const { id, method, data } = JSON.parse(String(bytes))
    send({ id, result: (await methods[method]?.(data as never)) ?? {} })
  })
  socket.on('close', () => transport?.close())
  send({ topic: 'welcome', data: { rtpCapabilities: router.rtpCapabilities } })
}

serveCommands(commands, () => worker.close())
