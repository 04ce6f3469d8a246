/** Coming in, and showing that one is still there. */

import type { Handlers } from '../dispatch.ts'
import { AppError } from '../protocol/errors.ts'
import type { Caller } from './caller.ts'

export const entranceHandlers: Handlers<Caller, 'join' | 'ping'> = {
  async join(caller, data) {
    if (caller.seat) throw new AppError('already_joined')
    const room = await caller.rooms.enter(caller.ticket.roomId)
    if (caller.connection.closed) throw new AppError('unavailable')
    caller.rooms.checkAccess(caller.ticket)
    const { peer, answer } = room.join(caller.connection, caller.ticket, data)
    caller.seat = { room, peer }
    return answer
  },

  ping: ({ now }) => ({ now: now() }),
}
