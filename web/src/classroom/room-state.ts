/** The room as one viewer sees it: a snapshot, moved on by events. Everything here is plain and immutable. */
import { firstSettings } from '../../../signaling/protocol/constants.ts'
import type { Person, RoomEvent, RoomSettings } from '../../../signaling/protocol/events.ts'
import type { LessonStatus } from '../../../signaling/protocol/lesson.ts'
import type { RoomSnapshot } from '../../../signaling/protocol/snapshot.ts'

export type RoomView = {
  self: Person | null
  status: LessonStatus
  startedAt: number | null
  endedAt: number | null
  hands: readonly Person[]
  floor: readonly Person[]
  muted: readonly string[]
  /** When one’s own mute ends by itself. */
  mutedUntil: number | null
  settings: RoomSettings
  online: number
  /** Of those who fetch the broadcast. */
  broadcastViewers: number
  raisedHands: number
}

export const emptyRoomView: RoomView = {
  self: null,
  status: 'scheduled',
  startedAt: null,
  endedAt: null,
  hands: [],
  floor: [],
  muted: [],
  mutedUntil: null,
  settings: firstSettings,
  online: 0,
  broadcastViewers: 0,
  raisedHands: 0,
}

export const roomViewOf = (self: Person, snapshot: RoomSnapshot): RoomView => ({
  self,
  status: snapshot.status,
  startedAt: snapshot.startedAt,
  endedAt: snapshot.endedAt,
  hands: snapshot.hands,
  floor: snapshot.floor,
  muted: snapshot.muted,
  mutedUntil: snapshot.mutedUntil,
  settings: snapshot.settings,
  online: snapshot.audience.online,
  broadcastViewers: snapshot.audience.broadcastViewers,
  raisedHands: snapshot.audience.hands,
})

/** What this person may send of themselves: the teacher everything until the end, others while they have the floor. */
export function mayPublish({ self, status, floor, muted }: RoomView): { camera: boolean; microphone: boolean } {
  const isTeacher = self?.role === 'teacher'
  const camera = status !== 'ended' && (isTeacher || floor.some(({ peerId }) => peerId === self?.peerId))
  return { camera, microphone: camera && (isTeacher || !muted.includes(self?.peerId ?? '')) }
}

/** Whether one may get ready for the floor. */
export const waitsForFloor = ({ self, hands }: RoomView): boolean => hands.some(({ peerId }) => peerId === self?.peerId)

type Reducers = {
  [T in RoomEvent['type']]?: (room: RoomView, event: Extract<RoomEvent, { type: T }>) => Partial<RoomView>
}

const without = (people: readonly Person[], peerId: string) => people.filter((person) => person.peerId !== peerId)

const reducers: Reducers = {
  classStarted: (room, { at }) => ({ status: 'live', startedAt: room.startedAt ?? at }),
  classPaused: () => ({ status: 'paused' }),
  classResumed: () => ({ status: 'live' }),
  classEnded: (_, { at }) => ({ status: 'ended', endedAt: at, hands: [], floor: [], raisedHands: 0 }),
  handRaised: (room, { by }) => (by ? { hands: [...without(room.hands, by.peerId), by] } : {}),
  handLowered: (room, { data }) => ({ hands: without(room.hands, data.peerId) }),
  floorGiven: (room, { data }) => ({
    hands: without(room.hands, data.peer.peerId),
    floor: [...without(room.floor, data.peer.peerId), data.peer],
  }),
  floorTaken: (room, { data }) => ({ floor: without(room.floor, data.peerId) }),
  handsLowered: () => ({ hands: [], raisedHands: 0 }),
  peerMuted: (room, { data }) => ({
    muted: room.muted.includes(data.peerId) ? room.muted : [...room.muted, data.peerId],
    ...(data.peerId === room.self?.peerId && { mutedUntil: data.until ?? null }),
  }),
  settingsChanged: (_, { data }) => ({ settings: data.settings }),
  peerUnmuted: (room, { data }) => ({
    muted: room.muted.filter((id) => id !== data.peerId),
    ...(data.peerId === room.self?.peerId && { mutedUntil: null }),
  }),
  peerRemoved: (room, { data }) => ({
    hands: without(room.hands, data.peerId),
    floor: without(room.floor, data.peerId),
  }),
}

export function applyToRoom(room: RoomView, event: RoomEvent): RoomView {
  const reducer = reducers[event.type] as ((room: RoomView, event: RoomEvent) => Partial<RoomView>) | undefined
  return reducer ? { ...room, ...reducer(room, event) } : room
}
