/** Sends the packets of one stream to many. */
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { IngestTrack } from '../../sfu/ingest.ts'
import type { Own } from '../benchmark.ts'

type Tracks = { video: IngestTrack; audio: IngestTrack }
const HOST = '127.0.0.1'

/** Where one sender is to send to, so that it reaches all of these. */
export async function repeatTo(own: Own, classes: readonly Tracks[]): Promise<Tracks> {
  const [video, audio] = await Promise.all([listen(own), listen(own)])
  const repeat = (socket: Socket, tracks: IngestTrack[]): IngestTrack => {
    socket.on('message', (packet) => {
      for (const { port } of tracks) socket.send(packet, port, HOST)
    })
    return { ...tracks[0]!, port: socket.address().port }
  }
  return {
    video: repeat(
      video,
      classes.map((each) => each.video),
    ),
    audio: repeat(
      audio,
      classes.map((each) => each.audio),
    ),
  }
}

async function listen(own: Own): Promise<Socket> {
  const socket = own(createSocket('udp4').bind(0, HOST), (each) => each.close())
  await once(socket, 'listening')
  return socket
}
