/** The room log in the database. */
import { isDeepStrictEqual } from 'node:util'
import { and, asc, DrizzleQueryError, desc, eq, gt, inArray, lt, lte, notInArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { roomEvents } from '../../db/schema.ts'
import { LogConflict, type RoomLog } from '../../signaling/ports.ts'
import type { EventType, RoomEvent } from '../../signaling/protocol/events.ts'

/** A statement may have 65,535 parameters; an event takes eight. */
const WRITTEN_AT_ONCE = 1000
const READ_AT_ONCE = 500

export function createDatabaseRoomLog(db: Db): RoomLog {
  return {
    append: (roomId, events) => append(db, roomId, events),
    read: (roomId, afterSeq) => read(db, roomId, afterSeq),
    messagesBefore: (roomId, beforeSeq, limit) => messagesBefore(db, roomId, beforeSeq, limit),
    eventsBefore: (roomId, types, beforeSeq, limit) => eventsBefore(db, roomId, types, beforeSeq, limit),
    eventsAt: (roomId, seqs) => eventsAt(db, roomId, seqs),
  }
}

async function append(db: Db, roomId: string, events: RoomEvent[]): Promise<void> {
  try {
    await insert(db, roomId, events)
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    await insert(db, roomId, await withoutStored(db, roomId, events))
  }
}

async function insert(db: Db, roomId: string, events: RoomEvent[]): Promise<void> {
  const rows = events.map((event) => ({ roomId, ...event, pictureId: pictureIn(event) }))
  const write = async (to: Db, from: number) => {
    await to.insert(roomEvents).values(rows.slice(from, from + WRITTEN_AT_ONCE))
  }
  if (rows.length === 0) return
  if (rows.length <= WRITTEN_AT_ONCE) return write(db, 0)
  await db.transaction(async (transaction) => {
    for (let from = 0; from < rows.length; from += WRITTEN_AT_ONCE) await write(transaction, from)
  })
}

const pictureIn = (event: RoomEvent): string | null =>
  event.type === 'messageSent' || event.type === 'textHeld' ? (event.data.picture?.fileId ?? null) : null

/** Those that are not stored yet: the answer to an earlier try was lost. */
async function withoutStored(db: Db, roomId: string, events: RoomEvent[]): Promise<RoomEvent[]> {
  const stored = new Map<number, RoomEvent>()
  for await (const batch of read(db, roomId, events[0]!.seq - 1, events.at(-1)!.seq))
    for (const event of batch) stored.set(event.seq, event)
  return events.filter((event) => {
    const earlier = stored.get(event.seq)
    if (earlier && !isDeepStrictEqual(earlier, asRead(event))) throw new LogConflict(roomId, event.seq)
    return !earlier
  })
}

/** As the event looks when it comes back. */
const asRead = ({ seq, at, mediaMs, by, type, data }: RoomEvent): object =>
  JSON.parse(JSON.stringify({ seq, at, mediaMs, by, type, data }))

/** PostgreSQL's name for a key that is taken. */
const isUniqueViolation = (error: unknown) =>
  error instanceof DrizzleQueryError && (error.cause as { code?: string } | undefined)?.code === '23505'

async function* read(db: Db, roomId: string, afterSeq: number, upToSeq?: number): AsyncGenerator<RoomEvent[]> {
  const upTo = upToSeq === undefined ? undefined : lte(roomEvents.seq, upToSeq)
  for (let last = afterSeq; ; ) {
    const rows = await db
      .select(eventColumns)
      .from(roomEvents)
      .where(and(eq(roomEvents.roomId, roomId), gt(roomEvents.seq, last), upTo))
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

async function eventsBefore(db: Db, roomId: string, types: EventType[], beforeSeq: number, limit: number) {
  const rows = await db
    .select(eventColumns)
    .from(roomEvents)
    .where(and(eq(roomEvents.roomId, roomId), inArray(roomEvents.type, types), lt(roomEvents.seq, beforeSeq)))
    .orderBy(desc(roomEvents.seq))
    .limit(limit)
  return rows.reverse() as RoomEvent[]
}

async function eventsAt(db: Db, roomId: string, seqs: number[]) {
  const rows = await db
    .select(eventColumns)
    .from(roomEvents)
    .where(and(eq(roomEvents.roomId, roomId), inArray(roomEvents.seq, seqs)))
    .orderBy(asc(roomEvents.seq))
  return rows as RoomEvent[]
}

const eventColumns = {
  seq: roomEvents.seq,
  at: roomEvents.at,
  mediaMs: roomEvents.mediaMs,
  by: roomEvents.by,
  type: roomEvents.type,
  data: roomEvents.data,
}
