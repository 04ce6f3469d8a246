/** Polls and quizzes: asked and closed by staff, answered by everyone. */

import type { Handlers } from '../dispatch.ts'
import { tookMs } from '../in-time.ts'
import { closing } from '../polling.ts'
import { AppError } from '../protocol/errors.ts'
import type { RunPoll } from '../protocol/poll-state.ts'
import { checkChoices, type pollRequests, splitPoll } from '../protocol/polls.ts'
import type { Room } from '../room.ts'
import type { Seat } from './caller.ts'
import { limit } from './talking.ts'

export const pollHandlers: Handlers<Seat, keyof typeof pollRequests> = {
  openPoll({ room, peer }, { preparedId, ...asked }) {
    if (room.state.poll?.open) throw new AppError('conflict', 'a poll is open')
    const { poll, right } = splitPoll(asked)
    return room.record('pollOpened', peer.person, { poll, ...(right && { right }), ...(preparedId && { preparedId }) })
  },

  vote(seat, { pollSeq, choices, behindMs }) {
    const { room, peer } = seat
    const poll = openPollIn(room, pollSeq)
    checkChoices(poll, choices)
    if (!poll.changeable && poll.ballots.has(peer.id)) throw new AppError('conflict', 'this answer is not changed')
    const took = tookMs(peer, poll, room.now(), behindMs)
    limit(seat)
    return room.record('pollVoted', peer.person, { pollSeq, choices, tookMs: took })
  },

  closePoll({ room, peer }, { pollSeq }) {
    const poll = openPollIn(room, pollSeq)
    if (room.polling.isAwaited(poll)) return room.record('pollEnding', peer.person, { pollSeq })
    const recorded = room.record('pollClosed', peer.person, closing(poll))
    room.polling.tell()
    return recorded
  },

  listRanking: ({ room, peer }) => room.polling.rankingFor(peer.id),
}

function openPollIn({ state: { poll } }: Room, pollSeq: number): RunPoll {
  if (!poll?.open || poll.pollSeq !== pollSeq) throw new AppError('conflict', 'this poll is not open')
  return poll
}
