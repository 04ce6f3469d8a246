/** Who is told of an event, and how much of it: no student of the right answer before a quiz is closed. */
import { events, type Person, type RoomEvent } from './events.ts'

export type Viewer = Pick<Person, 'peerId' | 'role'>

/** A student whom no event is about: what everyone may know. */
export const anyStudent: Viewer = { peerId: '', role: 'student' }

/** The event as this viewer is told of it; null where they are not. */
export function toldTo({ peerId, role }: Viewer, event: RoomEvent): RoomEvent | null {
  const { audience } = events[event.type]
  if (audience === 'log') return null
  if (role !== 'student' || concerned(event).includes(peerId)) return event
  if (audience !== 'everyone') return null
  if (event.type === 'pollOpened') return { ...event, data: { poll: event.data.poll } }
  return hidesWho(event) ? { ...event, by: null } : event
}

/** Those who are told more of an event than other students are: who did it, and who it is about. */
export function concerned(event: RoomEvent): string[] {
  if (events[event.type].audience !== 'staff' && !hidesWho(event)) return []
  const about = 'peerId' in event.data ? [event.data.peerId] : []
  return event.by ? [event.by.peerId, ...about] : about
}

/** Who takes back a question has asked it, with or without a name. */
const hidesWho = (event: RoomEvent) =>
  event.type === 'questionDismissed' || (event.type === 'questionAsked' && event.data.anonymous)
