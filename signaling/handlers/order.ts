/** Order in the room: settings, mutes, and who is sent out. */
import type { Handlers } from '../dispatch.ts'
import { AppError } from '../protocol/errors.ts'
import type { Person } from '../protocol/events.ts'
import type { orderRequests } from '../protocol/order.ts'
import type { Room } from '../room.ts'
import type { Seat } from './caller.ts'

const MINUTE_MS = 60_000

export const orderHandlers: Handlers<Seat, keyof typeof orderRequests> = {
  changeSettings({ room, peer }, change) {
    return room.record('settingsChanged', peer.person, { settings: { ...room.state.settings, ...change } })
  },

  mutePeer({ room, peer }, { peerId, minutes }) {
    student(room, peerId)
    const until = minutes === undefined ? null : room.now() + minutes * MINUTE_MS
    if (until === null && room.state.muted.get(peerId) === null) throw new AppError('conflict', 'they are muted')
    const recorded = room.record('peerMuted', peer.person, { peerId, ...(until !== null && { until }) })
    room.stage.withdraw(peerId)
    return recorded
  },

  unmutePeer({ room, peer }, { peerId }) {
    if (!room.state.muted.has(peerId)) throw new AppError('conflict', 'they are not muted')
    return room.record('peerUnmuted', peer.person, { peerId })
  },

  removePeer({ room, peer }, { peerId }) {
    student(room, peerId)
    if (room.state.removed.has(peerId)) throw new AppError('conflict', 'they are removed')
    const recorded = room.record('peerRemoved', peer.person, { peerId })
    const present = room.peer(peerId)
    if (present) room.leave(present, 'removed')
    return recorded
  },

  readmitPeer({ room, peer }, { peerId }) {
    if (!room.state.removed.has(peerId)) throw new AppError('conflict', 'they may come in')
    return room.record('peerReadmitted', peer.person, { peerId })
  },

  listRemoved: ({ room }) => ({ removed: [...room.state.removed.values()].reverse() }),

  lowerAllHands({ room, peer }) {
    if (room.state.hands.size === 0) throw new AppError('conflict', 'no hand is up')
    const hands = [...room.state.hands.keys()]
    const recorded = room.record('handsLowered', peer.person, {})
    for (const peerId of hands) room.stage.withdraw(peerId)
    return recorded
  },
}

/** The student meant, who may have left meanwhile. */
function student(room: Room, peerId: string): Person {
  const person = room.peer(peerId)?.person ?? room.state.people.get(peerId)
  if (!person) throw new AppError('not_found', 'nobody with this id was here')
  if (person.role !== 'student') throw new AppError('forbidden', 'this is not for staff')
  return person
}
