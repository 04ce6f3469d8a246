/** The way into rooms for clients that speak SDP over HTTP: with a ticket, as every other. */
import type { Bus, Incoming, PlainWay, SdpSession } from './ports.ts'
import { AppError } from './protocol/errors.ts'
import type { Rooms } from './rooms.ts'
import { readTicket } from './ticket.ts'

export type StreamRoomsDeps = { rooms: Rooms; bus: Pick<Bus, 'claim'>; secret: Uint8Array; now: () => number }

export function streamRooms({ rooms, bus, secret, now }: StreamRoomsDeps) {
  return {
    /** Takes a seat for a player of whoever has this ticket, which is used up. `ended`: called once. */
    async watch(lessonId: string, ticket: string, offer: string, ended: () => void): Promise<SdpSession> {
      const read = readTicket(ticket, secret, now())
      if (read.roomId !== lessonId) throw new AppError('unauthorized', 'this ticket is for another room')
      const ttlSeconds = Math.max(1, read.expiresAt - Math.floor(now() / 1000) + 1)
      if (!(await bus.claim(`ticket:${read.id}`, ttlSeconds)))
        throw new AppError('unauthorized', 'this ticket was used')
      const room = await rooms.enter(read.roomId)
      rooms.checkAccess(read)
      return room.watch(read, offer, ended)
    },

    /** The same as `receive`, for what a helper on this machine sends as plain RTP. */
    async receivePlain(ticket: string, ended: () => void): Promise<Incoming & PlainWay> {
      const read = readTicket(ticket, secret, now())
      const room = await rooms.enter(read.roomId)
      rooms.checkAccess(read)
      return room.receivePlain(read, ended)
    },

    /** Takes what the teacher's encoder offers; `ended` is called once, when that is over. */
    async receive(ticket: string, offer: string, ended: () => void): Promise<SdpSession> {
      const read = readTicket(ticket, secret, now())
      const room = await rooms.enter(read.roomId)
      rooms.checkAccess(read)
      return room.receive(read, offer, ended)
    },
  }
}
