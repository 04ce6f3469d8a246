/**
 * Packets out of a media worker into this process, over UDP on loopback: half as dear as through the worker's channel,
 * which wraps every packet in a message of its own.
 */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { types as mediasoup } from 'mediasoup'
import type { Log } from '../log.ts'

const HOST = '127.0.0.1'
/** What comes while the event loop is busy waits here; the kernel gives as much of it as it may. */
const BUFFER_BYTES = 4 * 1024 * 1024
const RTP_HEADER_BYTES = 12

/**
 * A paused consumer of all layers of this producer, timestamps untouched. Once it is resumed `take` gets every packet,
 * until it is closed.
 */
export async function handOver(
  router: mediasoup.Router,
  producerId: string,
  take: (packet: Buffer) => void,
  log: Log,
): Promise<mediasoup.Consumer> {
  const { rtpCapabilities } = router
  const transport = await router.createPlainTransport({ listenInfo: { protocol: 'udp', ip: HOST }, rtcpMux: true })
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_BYTES })
  transport.observer.once('close', () => socket.close())
  socket.on('error', (error) => log.warn({ err: error }, 'packets for the broadcast cannot be received'))
  socket.on('message', (packet) => {
    if (packet.length >= RTP_HEADER_BYTES) take(packet)
  })
  try {
    await transport.connect({ ip: HOST, port: await connect(socket, transport.tuple.localPort) })
    const consumer = await transport.consume({ producerId, rtpCapabilities, pipe: true, paused: true })
    consumer.observer.once('close', () => transport.close())
    return consumer
  } catch (error) {
    transport.close()
    throw error
  }
}

/** Takes packets from there alone, and gives the port they are to come to. */
async function connect(socket: Socket, port: number): Promise<number> {
  socket.connect(port, HOST)
  await once(socket, 'connect')
  return socket.address().port
}
