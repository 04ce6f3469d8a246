/** Hands the classroom to the components of a room. */
import { createContext, useContext } from 'react'
import type { Role } from '../../../signaling/protocol/events.ts'
import type { Lesson } from '../../../src/courses/schema.ts'
import type { Classroom } from '../classroom/classroom.ts'

export type InRoom = { classroom: Classroom; lesson: Lesson; role: Role; isStaff: boolean }

const Context = createContext<InRoom | null>(null)

export const ClassroomProvider = Context.Provider

export function useRoom(): InRoom {
  const room = useContext(Context)
  if (!room) throw new Error('there is no classroom around this component')
  return room
}
