/** Words that wait for staff, reports, banned words, and the log of all that was done for order. */
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../protocol/errors.ts'
import type { EventType, RoomEvent } from '../protocol/events.ts'
import type { moderationRequests } from '../protocol/moderation.ts'
import type { Room } from '../room.ts'
import type { Seat } from './caller.ts'
import { limit, messageOf } from './talking.ts'

const PAGE = 50

const acts: EventType[] = [
  'messageDeleted',
  'questionDismissed',
  'handsLowered',
  'peerMuted',
  'peerUnmuted',
  'peerRemoved',
  'peerReadmitted',
  'settingsChanged',
  'wordsChanged',
  'textHeld',
  'heldDecided',
  'messageReported',
  'reportDismissed',
]

export const moderationHandlers: Handlers<Seat, keyof typeof moderationRequests> = {
  decideHeld({ room, peer }, { heldSeq, accept }) {
    const { by, data } = heldIn(room, heldSeq)
    const author = by!
    const decision = { heldSeq, accepted: accept, peerId: author.peerId }
    if (!accept) return room.record('heldDecided', peer.person, decision)
    room.append('heldDecided', peer.person, decision)
    const { as, anonymous, reason: _, ...message } = data
    if (as === 'message') return room.record('messageSent', author, message)
    return room.record('questionAsked', author, {
      text: message.text,
      anonymous,
      messageSeq: null,
      promotedBy: peer.id,
    })
  },

  async reportMessage(seat, { messageSeq }) {
    const { room, peer } = seat
    limit(seat)
    const { by } = await messageOf(room, messageSeq)
    if (by?.peerId === peer.id) throw new AppError('forbidden', 'one does not report oneself')
    if (room.state.reports.get(messageSeq)?.has(peer.id)) throw new AppError('conflict', 'it is reported')
    return room.record('messageReported', peer.person, { messageSeq })
  },

  dismissReport({ room, peer }, { messageSeq }) {
    if (!room.state.reports.has(messageSeq)) throw new AppError('conflict', 'it is not reported')
    return room.record('reportDismissed', peer.person, { messageSeq })
  },

  async listReports({ room }) {
    const messages = await room.eventsAt([...room.state.reports.keys()])
    return {
      reports: messages.map((message) => ({ message, reporters: room.state.reports.get(message.seq)?.size ?? 0 })),
    }
  },

  changeWords({ room, peer }, { words }) {
    const distinct = [...new Set(words.map((word) => word.trim()))]
    return room.record('wordsChanged', peer.person, { words: distinct })
  },

  async listModeration({ room }, { beforeSeq }) {
    const page = await room.eventsBefore(acts, beforeSeq ?? room.state.seq + 1, PAGE)
    const about = await room.eventsAt([...new Set(page.flatMap(seqAbout))])
    return { acts: page.toReversed(), about, next: page.length === PAGE ? page[0]!.seq : null }
  },
}

/** What an act was about, where that is another event. */
function seqAbout({ data }: RoomEvent): number[] {
  if ('messageSeq' in data && data.messageSeq !== null) return [data.messageSeq]
  if ('questionSeq' in data) return [data.questionSeq]
  return 'heldSeq' in data ? [data.heldSeq] : []
}

function heldIn({ state }: Room, heldSeq: number) {
  const held = state.held.get(heldSeq)
  if (!held) throw new AppError('not_found', 'nothing waits there')
  return held
}
