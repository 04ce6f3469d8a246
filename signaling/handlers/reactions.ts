/** Likes, applause and hearts. */
import type { Handlers } from '../dispatch.ts'
import { limits } from '../protocol/constants.ts'
import { AppError } from '../protocol/errors.ts'
import { type reactionRequests, sumOf } from '../protocol/reactions.ts'
import type { Seat } from './caller.ts'

export const reactionHandlers: Handlers<Seat, keyof typeof reactionRequests> = {
  react({ room, peer }, counts) {
    if (room.state.status !== 'live') throw new AppError('not_live')
    if (sumOf(counts) > limits.reactionsAtOnce) throw new AppError('bad_request', 'nobody taps so fast')
    if (!room.allowance.react(peer)) throw new AppError('too_many_requests')
    room.reactions.add(counts)
    return {}
  },
}
