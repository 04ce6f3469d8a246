/** The rival of room chat: a `ws` server that sends every message it gets to every socket, as it came. */
import { WebSocketServer } from 'ws'
import { serveCommands } from '../child.ts'

const IP = '127.0.0.1'
const server = new WebSocketServer({ host: IP, port: 0, perMessageDeflate: false })
server.on('connection', (socket) =>
  socket.on('message', (bytes) => {
    for (const client of server.clients) client.send(bytes, { binary: false })
  }),
)

const commands = {
  socketAddress: () => `ws://${IP}:${(server.address() as { port: number }).port}`,
}
export type BareBroadcast = typeof commands

serveCommands(commands)
