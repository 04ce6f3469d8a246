/** Students who come in as fast as they are let in: each with a ticket, a socket, a receive transport and its consumers. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { serveCommands } from '../child.ts'
import { madeUpDtls } from '../made-up-dtls.ts'
import { loopbackAddress } from './loopback.ts'

const [JOIN, CREATE, CONNECT, RESUME] = [1, 2, 3, 4]

let inside: WebSocket[] = []

const commands = {
  /** How long they take to come in, in milliseconds, with `concurrency` of them on their way at any time. */
  async join(addresses: string[], consumers: number, concurrency: number): Promise<number> {
    const left = addresses.map((address, index) => ({ address, from: loopbackAddress(index), dtls: madeUpDtls() }))
    const joinAll = async () => {
      for (let next = left.pop(); next; next = left.pop()) inside.push(await join(next, consumers))
    }
    const startedAt = performance.now()
    await Promise.all(Array.from({ length: concurrency }, joinAll))
    return performance.now() - startedAt
  },

  async leave(): Promise<void> {
    const leaving = inside
    inside = []
    await Promise.all(
      leaving.map(async (socket) => {
        socket.send(JSON.stringify({ id: 9, method: 'leave', data: {} }))
        socket.close()
        await once(socket, 'close')
      }),
    )
  },
}
export type Joiners = typeof commands

type Joiner = { address: string; from: string; dtls: ReturnType<typeof madeUpDtls> }

/** Resolves when the transport is connected and every consumer resumed; asks for as much at once as the web client. */
function join({ address, from, dtls }: Joiner, consumers: number): Promise<WebSocket> {
  const socket = new WebSocket(address, SUBPROTOCOL, { localAddress: from, perMessageDeflate: false })
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
  let answersToCome = consumers + 1
  const request = (id: number, method: string, data: object) => socket.send(JSON.stringify({ id, method, data }))
  const topics: Record<string, (data: never) => void> = {
    welcome({ rtpCapabilities }: { rtpCapabilities: object }) {
      request(JOIN!, 'join', { rtpCapabilities })
      request(CREATE!, 'createTransport', { direction: 'recv' })
    },
    newConsumer: ({ id }: { id: string }) => request(RESUME!, 'resumeConsumer', { consumerId: id }),
  }
  socket.on('message', (bytes) => {
    const frame = JSON.parse(String(bytes))
    if (frame.error) reject(new Error(`${frame.error.code}: ${frame.error.message}`))
    else if (frame.topic) topics[frame.topic]?.(frame.data as never)
    else if (frame.id === CREATE)
      request(CONNECT!, 'connectTransport', { transportId: frame.result.id, dtlsParameters: dtls })
    else if (frame.id === CONNECT || frame.id === RESUME) answersToCome -= 1
    if (answersToCome === 0) resolve(socket)
  })
  socket.on('error', reject)
  socket.on('close', (code) => reject(new Error(`a socket was closed with ${code}`)))
  return promise
}

serveCommands(commands)
