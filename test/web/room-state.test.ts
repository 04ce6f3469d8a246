import t from 'tap'
import type { EventData, EventType, Person, RoomEvent } from '../../signaling/protocol/events.ts'
import { emptyRoom, type RoomSnapshot, snapshotFor } from '../../signaling/protocol/snapshot.ts'
import { applyToRoom, emptyRoomView, mayPublish, roomViewOf } from '../../web/src/classroom/room-state.ts'

const lin: Person = { peerId: 'lin', displayName: 'Lin', role: 'teacher' }
const rain: Person = { peerId: 'rain', displayName: 'Rain', role: 'student' }

let seq = 0
function event<T extends EventType>(type: T, data: EventData<T>, by: Person | null = lin): RoomEvent {
  seq += 1
  return { seq, at: 1000 + seq, mediaMs: null, by, type, data } as RoomEvent
}

const play = (...events: RoomEvent[]) => events.reduce(applyToRoom, emptyRoomView)

t.test('a snapshot becomes the view of its reader', async (t) => {
  const snapshot: RoomSnapshot = {
    ...snapshotFor(lin, emptyRoom(), { online: 7, hands: 1, broadcastViewers: 3 }),
    status: 'live',
    startedAt: 5,
    hands: [rain],
  }
  t.match(roomViewOf(lin, snapshot), { self: lin, status: 'live', startedAt: 5, hands: [rain], online: 7 })
})

t.test('a class starts, pauses, goes on and ends, and keeps its first start', async (t) => {
  const started = event('classStarted', {})
  const resumed = play(started, event('classPaused', {}), event('classResumed', {}))
  t.match(resumed, { status: 'live', startedAt: started.at })
  t.match(applyToRoom(resumed, event('classEnded', {})), { status: 'ended', floor: [], hands: [] })
})

t.test('a hand is raised once, and gone with the floor', async (t) => {
  const raised = play(event('handRaised', {}, rain), event('handRaised', {}, rain))
  t.same(raised.hands, [rain])
  const given = applyToRoom(raised, event('floorGiven', { peer: rain }))
  t.match(given, { hands: [], floor: [rain] })
  t.same(applyToRoom(given, event('floorTaken', { peerId: 'rain' })).floor, [])
})

t.test('who is removed has neither hand nor floor', async (t) => {
  t.match(play(event('floorGiven', { peer: rain }), event('peerRemoved', { peerId: 'rain' })), { floor: [], hands: [] })
})

t.test('mutes add up and are lifted', async (t) => {
  const muted = play(event('peerMuted', { peerId: 'rain' }), event('peerMuted', { peerId: 'rain' }))
  t.same(muted.muted, ['rain'])
  t.same(applyToRoom(muted, event('peerUnmuted', { peerId: 'rain' })).muted, [])
})

t.test('a message leaves the room as it is, so that the stage does not render', async (t) => {
  const room = play(event('classStarted', {}))
  t.equal(applyToRoom(room, event('messageSent', { text: 'hello' }, rain)), room)
})

t.test('a teacher may publish until the end, a student with the floor, muted only a picture', async (t) => {
  const live = { ...emptyRoomView, status: 'live' as const }
  const all = { camera: true, microphone: true }
  const nothing = { camera: false, microphone: false }
  t.same(mayPublish({ ...emptyRoomView, self: lin }), all)
  t.same(mayPublish({ ...live, status: 'ended', self: lin }), nothing)
  t.same(mayPublish({ ...live, self: rain }), nothing)
  t.same(mayPublish({ ...live, self: rain, floor: [rain] }), all)
  t.same(mayPublish({ ...live, self: rain, floor: [rain], muted: ['rain'] }), { camera: true, microphone: false })
})
