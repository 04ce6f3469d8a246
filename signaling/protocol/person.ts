/** Who is in a room. */
import { Type } from 'typebox'
import { Id, object, oneOf, type Static } from './define.ts'

export const roles = ['teacher', 'assistant', 'student'] as const
/** What a peer is in one room. Operators and admins come in as assistants. */
export type Role = (typeof roles)[number]
export const RoleSchema = oneOf<Role>(...roles)

/** A person in the room. One user has one place in a room, so a peer's id is its user's. */
export const PersonSchema = object({ peerId: Id, displayName: Type.String(), role: RoleSchema })
export type Person = Static<typeof PersonSchema>
