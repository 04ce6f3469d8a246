/** The room log in the database. */
import { and, asc, desc, eq, gt, lt, notInArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { roomEvents } from '../../db/schema.ts'
import type { RoomLog } from '../../signaling/ports.ts'
import type { RoomEvent } from '../../signaling/protocol/events.ts'

/** A statement may have 65,535 parameters; an event takes seven. */
const WRITTEN_AT_ONCE = 1000
const READ_AT_ONCE = 500

export function createDatabaseRoomLog(db: Db): RoomLog {
  return {
    append: (roomId, events) => append(db, roomId, events),
    read: (roomId, afterSeq) => read(db, roomId, afterSeq),
    messagesBefore: (roomId, beforeSeq, limit) => messagesBefore(db, roomId, beforeSeq, limit),
  }
}

async function append(db: Db, roomId: string, events: RoomEvent[]): Promise<void> {
  const rows = events.map((event) => ({ roomId, ...event }))
  const write = async (to: Db, from: number) => {
    const batch = rows.slice(from, from + WRITTEN_AT_ONCE)
    await to.insert(roomEvents).values(batch).onConflictDoNothing()
  }
  if (rows.length === 0) return
  if (rows.length <= WRITTEN_AT_ONCE) return write(db, 0)
  await db.transaction(async (transaction) => {
    for (let from = 0; from < rows.length; from += WRITTEN_AT_ONCE) await write(transaction, from)
  })
}

async function* read(db: Db, roomId: string, afterSeq: number): AsyncGenerator<RoomEvent[]> {
  for (let last = afterSeq; ; ) {
    const rows = await db
      .select(eventColumns)
      .from(roomEvents)
      .where(and(eq(roomEvents.roomId, roomId), gt(roomEvents.seq, last)))
      .orderBy(asc(roomEvents.seq))
      .limit(READ_AT_ONCE)
    if (rows.length > 0) yield rows as RoomEvent[]
    if (rows.length < READ_AT_ONCE) return
    last = rows.at(-1)!.seq
  }
}

async function messagesBefore(db: Db, roomId: string, beforeSeq: number, limit: number): Promise<RoomEvent[]> {
  const ofType = (type: RoomEvent['type']) => and(eq(roomEvents.roomId, roomId), eq(roomEvents.type, type))
  const deletions = await db.select({ data: roomEvents.data }).from(roomEvents).where(ofType('messageDeleted'))
  const deleted = deletions.map(({ data }) => (data as { messageSeq: number }).messageSeq)
  const rows = await db
    .select(eventColumns)
    .from(roomEvents)
    .where(and(ofType('messageSent'), lt(roomEvents.seq, beforeSeq), notInArray(roomEvents.seq, deleted)))
    .orderBy(desc(roomEvents.seq))
    .limit(limit)
  return rows.reverse() as RoomEvent[]
}

const eventColumns = {
  seq: roomEvents.seq,
  at: roomEvents.at,
  mediaMs: roomEvents.mediaMs,
  by: roomEvents.by,
  type: roomEvents.type,
  data: roomEvents.data,
}
