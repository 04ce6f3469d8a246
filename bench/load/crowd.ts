/** Very many sockets in one room, some of which talk; what reaches them is counted, not read. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { serveCommands } from '../child.ts'
import { loopbackAddress } from './loopback.ts'

const CONNECTING_AT_ONCE = 32
const MESSAGE = Buffer.from('"type":"messageSent"')
/** Engine.IO's heartbeat: a server that is not answered closes the socket. */
const [ENGINE_PING, ENGINE_PONG] = ['2', '3']

const sockets: WebSocket[] = []
let delivered = 0
let sent = 0
let refused = 0
let talking: NodeJS.Timeout | undefined

/** What a socket says to be let in, and how the answer to it begins. */
export type Greeting = { says: string; answer: string }

const commands = {
  /** One socket per address. */
  async connect(addresses: string[], greeting?: Greeting): Promise<void> {
    const left = addresses.map((address, index) => ({ address, index }))
    const connectAll = async () => {
      for (let next = left.pop(); next; next = left.pop()) {
        sockets[next.index] = await connect(next.address, loopbackAddress(next.index), greeting)
      }
    }
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectAll))
  },

  /** From now on the first `talkers` sockets send these frames in turn, `perSecond` in all. */
  talk(frames: string[], talkers: number, perSecond: number): void {
    const startedAt = performance.now()
    sent = 0
    talking = setInterval(() => {
      for (; sent < ((performance.now() - startedAt) / 1000) * perSecond; sent++)
        sockets[sent % talkers]!.send(frames[sent % frames.length]!)
    }, 5)
  },

  /** Answers how many frames were sent. */
  fallSilent(): number {
    clearInterval(talking)
    return sent
  },

  counts: () => ({
    delivered,
    refused,
    open: sockets.filter(({ readyState }) => readyState === WebSocket.OPEN).length,
  }),
}
export type Crowd = typeof commands

async function connect(address: string, localAddress: string, greeting?: Greeting): Promise<WebSocket> {
  const options = { localAddress, perMessageDeflate: false, skipUTF8Validation: true }
  const socket = new WebSocket(address, SUBPROTOCOL, options)
  socket.on('message', (bytes: Buffer) => {
    if (bytes.length === 1 && bytes.toString() === ENGINE_PING) socket.send(ENGINE_PONG)
    else count(bytes)
  })
  await once(socket, 'open')
  if (greeting) {
    socket.send(greeting.says)
    await answered(socket, greeting.answer)
  }
  return socket
}

const answered = (socket: WebSocket, beginning: string) =>
  new Promise<void>((resolve, reject) => {
    const listen = (bytes: Buffer) => {
      if (!bytes.toString().startsWith(beginning)) return
      socket.off('message', listen)
      resolve()
    }
    socket.on('message', listen)
    socket.once('close', (code) => reject(new Error(`a socket was closed with ${code}`)))
  })

function count(bytes: Buffer): void {
  if (bytes.length < 256 && bytes.includes('"error"')) refused += 1
  for (let at = bytes.indexOf(MESSAGE); at !== -1; at = bytes.indexOf(MESSAGE, at + MESSAGE.length)) delivered += 1
}

serveCommands(commands, () => {
  for (const socket of sockets) socket.terminate()
})
