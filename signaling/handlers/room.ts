/** Talking, hands and the floor. */
import type { Handlers } from '../dispatch.ts'
import { mentionsIn } from '../mentions.ts'
import { AppError } from '../protocol/errors.ts'
import type { MessageData } from '../protocol/message.ts'
import type { roomRequests } from '../protocol/room.ts'
import type { Seat } from './caller.ts'
import { pageOfPeers } from './roster.ts'
import { limit, messageOf, say, speak } from './talking.ts'

const HISTORY_PAGE = 50

export const roomHandlers: Handlers<Seat, Exclude<keyof typeof roomRequests, 'join' | 'ping'>> = {
  leave({ room, peer }) {
    setImmediate(() => room.leave(peer))
    return {}
  },

  listPeers: ({ room, peer }, { after, search }) => pageOfPeers(room, peer, after, search),

  async listEvents({ room }, { beforeSeq }) {
    return { events: await room.messagesBefore(beforeSeq, HISTORY_PAGE) }
  },

  startClass: ({ room, peer }) => room.startClass(peer.person),
  endClass: ({ room, peer }) => room.endClass(peer.person),

  async sendMessage(seat, { text: written, replyTo, mentions: called = [], picture: fileId }) {
    const { room, peer } = seat
    speak(seat)
    if (replyTo !== undefined) await messageOf(room, replyTo)
    const text = written.trim()
    const picture = fileId === undefined ? undefined : await room.pictureOf(peer, fileId)
    if (fileId !== undefined && !picture) throw new AppError('not_found', 'there is no such picture of theirs')
    if (!text && !picture) throw new AppError('bad_request', 'there is nothing in this message')
    const mentions = mentionsIn(text, called, room.state.people)
    const message: MessageData = {
      text,
      ...(replyTo !== undefined && { replyTo }),
      ...(mentions.length > 0 && { mentions }),
      ...(picture && { picture }),
    }
    return say(seat, { ...message, as: 'message' }, () => room.record('messageSent', peer.person, message))
  },

  async pinMessage({ room, peer }, { messageSeq }) {
    if (messageSeq === null && !room.state.pinned) throw new AppError('conflict', 'nothing is pinned')
    const message = messageSeq === null ? null : await messageOf(room, messageSeq)
    const { text, picture } = message?.data ?? {}
    const pinned = message && { messageSeq: message.seq, text: text ?? '', ...(picture && { picture }) }
    return room.record('messagePinned', peer.person, { pinned })
  },

  async deleteMessage({ room, peer }, { messageSeq }) {
    limit({ room, peer })
    const message = await messageOf(room, messageSeq)
    if (!peer.isStaff && message.by?.peerId !== peer.id) throw new AppError('forbidden', 'not one’s own message')
    return room.record('messageDeleted', peer.person, { messageSeq })
  },

  chooseLayout({ room, peer }, { layout }) {
    if (room.state.layout === layout) throw new AppError('conflict', 'the stage is laid out like this')
    return room.record('layoutChosen', peer.person, { layout })
  },

  raiseHand({ room, peer }) {
    if (peer.isStaff || room.state.floor.has(peer.id)) throw new AppError('conflict', 'the floor is theirs already')
    if (room.state.hands.has(peer.id)) throw new AppError('conflict', 'the hand is up')
    limit({ room, peer })
    return room.record('handRaised', peer.person, {})
  },

  lowerHand({ room, peer }, { peerId = peer.id }) {
    if (peerId !== peer.id && !peer.isStaff) throw new AppError('forbidden')
    if (!room.state.hands.has(peerId)) throw new AppError('conflict', 'no hand is up')
    const recorded = room.record('handLowered', peer.person, { peerId })
    room.stage.withdraw(peerId)
    return recorded
  },

  giveFloor({ room, peer }, { peerId }) {
    const receiver = room.peer(peerId)
    if (!receiver) throw new AppError('not_found', 'nobody here has this id')
    if (receiver.person.role === 'teacher' || room.state.floor.has(peerId))
      throw new AppError('conflict', 'the floor is theirs already')
    if (room.state.floor.size >= room.state.settings.speakers) throw new AppError('floor_full')
    room.seat(receiver)
    const recorded = room.record('floorGiven', peer.person, { peer: receiver.person })
    void room.stage.promote(peerId)
    return recorded
  },

  takeFloor({ room, peer }, { peerId }) {
    if (peerId !== peer.id && !peer.isStaff) throw new AppError('forbidden')
    if (!room.state.floor.has(peerId)) throw new AppError('conflict', 'the floor is not theirs')
    const recorded = room.record('floorTaken', peer.person, { peerId })
    room.stage.withdraw(peerId)
    return recorded
  },
}
