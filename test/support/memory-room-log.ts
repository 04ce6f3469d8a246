/** A room log in memory, which can be made to fail. */
import { isDeepStrictEqual } from 'node:util'
import { LogConflict, type RoomLog } from '../../signaling/ports.ts'
import type { RoomEvent } from '../../signaling/protocol/events.ts'

export function createMemoryRoomLog(): RoomLog & { eventsOf(roomId: string): RoomEvent[]; failing: boolean } {
  const rooms = new Map<string, RoomEvent[]>()
  const eventsOf = (roomId: string) => rooms.get(roomId) ?? []
  return {
    failing: false,
    eventsOf,
    async append(roomId, events) {
      await new Promise(setImmediate)
      if (this.failing) throw new Error('the log is away')
      const known = new Map(eventsOf(roomId).map((event) => [event.seq, event]))
      const taken = events.find((event) => known.has(event.seq) && !isDeepStrictEqual(known.get(event.seq), event))
      if (taken) throw new LogConflict(roomId, taken.seq)
      rooms.set(roomId, [...eventsOf(roomId), ...events.filter(({ seq }) => !known.has(seq))])
    },
    async *read(roomId, afterSeq) {
      yield eventsOf(roomId).filter(({ seq }) => seq > afterSeq)
    },
    async eventsBefore(roomId, types, beforeSeq, limit) {
      return eventsOf(roomId)
        .filter(({ seq, type }) => types.includes(type) && seq < beforeSeq)
        .slice(-limit)
    },
    async eventsAt(roomId, seqs) {
      return eventsOf(roomId).filter(({ seq }) => seqs.includes(seq))
    },
    async messagesBefore(roomId, beforeSeq, limit) {
      const events = eventsOf(roomId)
      const deleted = new Set(events.flatMap((event) => (event.type === 'messageDeleted' ? event.data.messageSeq : [])))
      return events
        .filter(({ seq, type }) => type === 'messageSent' && seq < beforeSeq && !deleted.has(seq))
        .slice(-limit)
    },
  }
}
