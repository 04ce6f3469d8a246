/** A class that nobody was in: its log, written event by event. */
import type { EventData, EventType, Person, Role, RoomEvent } from '../../signaling/protocol/events.ts'

export const personOf = (peerId: string, role: Role = 'student'): Person => ({ peerId, displayName: peerId, role })

/** Each `log` adds an event one second after the one before and answers its place; `at` is the start of the class. */
export function writeClass(at = 1_900_000_000_000) {
  const events: RoomEvent[] = []
  const log = <T extends EventType>(type: T, by: Person | null, data: EventData<T>): number => {
    const seq = events.length + 1
    events.push({ seq, at: at + seq * 1000, mediaMs: seq * 1000, by, type, data } as RoomEvent)
    return seq
  }
  return { events, log }
}
