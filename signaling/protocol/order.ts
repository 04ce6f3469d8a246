/** Order in the room: what everyone may do, and who may not for a while. */
import { Type } from 'typebox'
import { limits } from './constants.ts'
import { Id, Nothing, nullable, object, request, Seq, Timestamp } from './define.ts'
import { PersonSchema, RoomSettingsSchema } from './events.ts'

const ofPeer = object({ peerId: Id })
const Logged = object({ seq: Seq })

export const orderRequests = {
  changeSettings: request(
    'Staff: changes what is given of the settings of the room.',
    Type.Partial(RoomSettingsSchema, { additionalProperties: false }),
    Logged,
  ),
  mutePeer: request(
    'Staff: stops a student from writing and speaking, for so many minutes or for the rest of the class.',
    object({ peerId: Id, minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.muteMinutes })) }),
    Logged,
  ),
  unmutePeer: request('Staff: lets a muted student write and speak again.', ofPeer, Logged),
  removePeer: request('Staff: sends a student out of this class; no ticket lets them in again.', ofPeer, Logged),
  readmitPeer: request('Staff: lets a student who was sent out come in again.', ofPeer, Logged),
  listRemoved: request(
    'Staff: who was sent out of this class, the latest first.',
    Nothing,
    object({ removed: Type.Array(object({ person: PersonSchema, by: nullable(PersonSchema), at: Timestamp })) }),
  ),
  lowerAllHands: request('Staff: lowers every hand.', Nothing, Logged),
}
