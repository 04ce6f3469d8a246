/** Very many sockets that only listen: a reader of WebSocket frames as cheap as can be, so that the server can be heard. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { SUBPROTOCOL } from '../../signaling/protocol/constants.ts'
import { serveCommands } from '../child.ts'
import { CLOSE, FrameReader, maskedFrame, PING, PONG, TEXT } from './frames.ts'
import { loopbackAddress } from './loopback.ts'

/** What a talker puts before the time at which a message was sent, in milliseconds since 1970. */
export const SENT_AT = 'sent at '
const MARK = Buffer.from(SENT_AT)
const DIGITS = 13
const LONGEST_MS = 60_000
/** As often as the web client asks while it is told something all the time. */
const PING_EVERY_MS = 30_000
const PING_ROUNDS = 600
/** Besides sockets: the runtime's own files. */
const OWN_FILES = 200

const pong = maskedFrame(PONG, Buffer.alloc(0))
const ping = maskedFrame(TEXT, Buffer.from(JSON.stringify({ id: 2, method: 'ping', data: {} })))
/** Every read of this process goes through here: what is not a whole frame is kept by its socket. */
const shared = Buffer.alloc(256 * 1024)

const sockets: Socket[] = []
let open = 0
/** Sockets that had joined and are gone, by the reason. */
const lost = new Map<string, number>()
/** Deliveries by how many milliseconds they took. */
let took = new Uint32Array(LONGEST_MS + 1)

const commands = {
  /** Throws where this process may not open so many files. */
  checkLimit(count: number): void {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    if (soft !== undefined && Number(soft) < count + OWN_FILES)
      throw new Error(`${count} sockets in one process need \`ulimit -n ${count + OWN_FILES}\`; here it is ${soft}`)
  },

  /** One socket per address, so many a second. Resolves when all have joined. */
  async connect(addresses: string[], perSecond: number): Promise<void> {
    const startedAt = performance.now()
    const coming: Promise<void>[] = []
    for (const [index, address] of addresses.entries()) {
      coming.push(listen(new URL(address), loopbackAddress(index)))
      const early = (coming.length / perSecond) * 1000 - (performance.now() - startedAt)
      if (early > 5) await pause(early)
    }
    await Promise.all(coming)
  },

  /** Forgets what was measured so far. */
  forget(): void {
    took = new Uint32Array(LONGEST_MS + 1)
  },

  counts: () => ({ open, lost: [...lost], took: [...took.entries()].filter(([, count]) => count > 0) }),
}
export type Listeners = typeof commands

function listen(url: URL, localAddress: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let isIn = false
  const reader = new FrameReader((opcode, frame) => {
    if (opcode === PING) socket.write(pong)
    else if (opcode === CLOSE) lose(`closed with ${frame.readUInt16BE()}`)
    else if (opcode === TEXT && reader.frames === 1) socket.write(joinAfter(frame))
    else if (opcode === TEXT && frame[2] === ANSWER) letIn(frame)
    else if (opcode === TEXT) note(frame)
  })
  const socket: Socket = connect({
    host: url.hostname,
    port: Number(url.port),
    localAddress,
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (length) => {
        reader.read(shared.subarray(0, length))
        return true
      },
    },
  })
  const letIn = (frame: Buffer) => {
    const answer = frame.subarray(0, 64).toString()
    if (answer.startsWith('{"id":1,"result"')) {
      open += 1
      isIn = true
      sockets.push(socket)
      resolve()
    } else if (answer.includes('"error"')) reject(new Error(answer))
  }
  const lose = (why: string) => {
    if (isIn) {
      open -= 1
      lost.set(why, (lost.get(why) ?? 0) + 1)
    }
    isIn = false
    reject(new Error(`a socket was lost: ${why}`))
  }
  socket.on('error', (error) => lose(error.message))
  socket.on('close', () => lose('ended'))
  promise.catch(() => {})
  socket.write(
    [
      `GET ${url.pathname}${url.search} HTTP/1.1`,
      `Host: ${url.host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: ${SUBPROTOCOL}`,
      '\r\n',
    ].join('\r\n'),
  )
  return promise
}

let join: Buffer | undefined

/** Joins as a browser does: able to receive all that the welcome names. */
function joinAfter(welcome: Buffer): Buffer {
  if (join) return join
  const { rtpCapabilities } = JSON.parse(welcome.toString()).data
  join = maskedFrame(TEXT, Buffer.from(JSON.stringify({ id: 1, method: 'join', data: { rtpCapabilities } })))
  return join
}

/** The third byte of `{"id"…`; notifications begin with `{"topic"`. */
const ANSWER = 'i'.charCodeAt(0)

let lastFrame = Buffer.alloc(0)
let lastSent: number[] = []

/** Counts the messages of this frame by their age. The same frame goes to all sockets, so it is searched once. */
function note(frame: Buffer): void {
  if (!frame.equals(lastFrame)) {
    lastFrame = Buffer.from(frame)
    lastSent = []
    for (let at = frame.indexOf(MARK); at !== -1; at = frame.indexOf(MARK, at + MARK.length))
      lastSent.push(Number(frame.toString('latin1', at + MARK.length, at + MARK.length + DIGITS)))
  }
  if (lastSent.length === 0) return
  const now = Date.now()
  for (const sentAt of lastSent) took[Math.min(LONGEST_MS, Math.max(0, now - sentAt))]! += 1
}

let round = 0
setInterval(() => {
  round = (round + 1) % PING_ROUNDS
  for (let index = round; index < sockets.length; index += PING_ROUNDS) sockets[index]!.write(ping)
}, PING_EVERY_MS / PING_ROUNDS)

serveCommands(commands, () => {
  for (const socket of sockets) socket.destroy()
})
