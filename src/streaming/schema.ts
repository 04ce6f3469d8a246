/** Stream keys, as they travel over HTTP. */
import { Type } from 'typebox'
import { nullable, object, type Static, Timestamp } from '../../signaling/protocol/define.ts'

/** Where an encoder of this lesson sends to, and since when there is a key. */
export const StreamAccessSchema = object({
  whipUrl: Type.String(),
  /** Null: this server takes no RTMP. */
  rtmpUrl: nullable(Type.String()),
  keyMadeAt: nullable(Timestamp),
})
export type StreamAccess = Static<typeof StreamAccessSchema>

/** A new key: it is never shown again. */
export const NewStreamKeySchema = object({ key: Type.String(), keyMadeAt: Timestamp })
export type NewStreamKey = Static<typeof NewStreamKeySchema>
