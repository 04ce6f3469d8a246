/** The log of a room, read for what it tells about a class. */
import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { roomEvents } from '../../db/schema.ts'
import type { EventType, RoomEvent } from '../../signaling/protocol/events.ts'

const READ_AT_ONCE = 1000

/** All events of these types, in order. */
export async function* readEvents(db: Db, roomId: string, types: EventType[]): AsyncGenerator<RoomEvent> {
  const { seq, at, mediaMs, by, type, data } = roomEvents
  for (let last = 0; ; ) {
    const rows = await db
      .select({ seq, at, mediaMs, by, type, data })
      .from(roomEvents)
      .where(and(eq(roomEvents.roomId, roomId), inArray(type, types), gt(seq, last)))
      .orderBy(asc(seq))
      .limit(READ_AT_ONCE)
    yield* rows as RoomEvent[]
    if (rows.length < READ_AT_ONCE) return
    last = rows.at(-1)!.seq
  }
}
