import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import t from 'tap'
import { WebSocketServer } from 'ws'
import { CLOSE, FrameReader, maskedFrame, TEXT } from '../../bench/load/frames.ts'

const UPGRADE = [
  'GET / HTTP/1.1',
  'Host: localhost',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '\r\n',
].join('\r\n')

/** All that a `ws` server sends which echoes these texts and then closes. */
async function echoed(texts: string[]): Promise<Buffer> {
  const server = new WebSocketServer({ port: 0, perMessageDeflate: false })
  let left = texts.length
  server.on('connection', (socket) =>
    socket.on('message', (bytes) => {
      socket.send(String(bytes))
      left -= 1
      if (left === 0) socket.close(4000)
    }),
  )
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.write(UPGRADE)
  for (const text of texts) socket.write(maskedFrame(TEXT, Buffer.from(text)))
  const reader = new FrameReader((opcode) => opcode === CLOSE && socket.destroy())
  socket.on('data', (chunk) => reader.read(chunk))
  await once(socket, 'close')
  server.close()
  return Buffer.concat(chunks)
}

function read(wire: Buffer, size: number): string[] {
  const texts: string[] = []
  const reader = new FrameReader((opcode, payload) => opcode === TEXT && texts.push(payload.toString()))
  for (let at = 0; at < wire.length; at += size) reader.read(wire.subarray(at, at + size))
  return texts
}

t.test('a real server reads what is sent, and is read whole, however its frames are cut', async (t) => {
  const texts = [0, 1, 125, 126, 127, 300].map((length) => '讲'.repeat(length))
  const wire = await echoed(texts)
  for (const size of [1, 7, 64, wire.length]) t.strictSame(read(wire, size), texts, `cut to ${size}`)
})

t.test('frames of more than 64 KiB are read, too', async (t) => {
  const header = Buffer.alloc(10)
  header.writeUInt8(0x80 | TEXT, 0)
  header.writeUInt8(127, 1)
  header.writeBigUInt64BE(70_000n, 2)
  const answer = Buffer.from('HTTP/1.1 101 Switching Protocols\r\n\r\n')
  const wire = Buffer.concat([answer, header, Buffer.alloc(70_000, 'x')])
  t.ok(read(wire, 4096).join('') === 'x'.repeat(70_000))
})

t.test('a refused upgrade is an error', async (t) => {
  t.throws(() => read(Buffer.from('HTTP/1.1 401 Unauthorized\r\n\r\n'), 100), /401/)
})
