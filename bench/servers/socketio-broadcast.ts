/** Another rival of room chat: a Socket.IO server that sends every message it gets to every socket. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { serveCommands } from '../child.ts'

const IP = '127.0.0.1'
const http = createServer()
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, serveClient: false })
io.on('connection', (socket) => {
  socket.on('say', (event: unknown) => io.emit('events', { events: [event] }))
})
await new Promise<void>((listening) => http.listen(0, IP, listening))

const commands = {
  socketAddress: () => `ws://${IP}:${(http.address() as { port: number }).port}/socket.io/?EIO=4&transport=websocket`,
}
export type SocketIoBroadcast = typeof commands

serveCommands(commands)
