/** The way into rooms for clients that speak SDP over HTTP: with a ticket, as every other. */
import type { SdpSession } from './ports.ts'
import type { Rooms } from './rooms.ts'
import { readTicket } from './ticket.ts'

export type StreamRoomsDeps = { rooms: Rooms; secret: Uint8Array; now: () => number }

export function streamRooms({ rooms, secret, now }: StreamRoomsDeps) {
  return {
    /** Takes what the teacher's encoder offers; `ended` is called once, when that is over. */
    async receive(ticket: string, offer: string, ended: () => void): Promise<SdpSession> {
      const read = readTicket(ticket, secret, now())
      const room = await rooms.enter(read.roomId)
      rooms.checkAccess(read)
      return room.receive(read, offer, ended)
    },
  }
}
