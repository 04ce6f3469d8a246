/** Chapters of a class that is over: as its teacher named them, or as its log has them. */
import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { roomEvents } from '../../db/schema.ts'
import type { EventData, EventType } from '../../signaling/protocol/events.ts'

export type Chapter = { mediaMs: number; title: string }

const MOST = 200
export const LONGEST = 100

/** What of an event is a title. */
const titles: { [T in EventType]?: (data: EventData<T>) => string } = {
  deckOpened: ({ deck }) => deck.title,
  pollOpened: ({ poll }) => poll.question,
  floorGiven: ({ peer }) => peer.displayName,
}

export async function chaptersInLog(db: Db, lessonId: string): Promise<Chapter[]> {
  const { type, mediaMs, data } = roomEvents
  const rows = await db
    .select({ type, mediaMs, data })
    .from(roomEvents)
    .where(and(eq(roomEvents.roomId, lessonId), inArray(type, Object.keys(titles)), isNotNull(mediaMs)))
    .orderBy(asc(roomEvents.seq))
    .limit(MOST)
  return rows.map((row) => {
    const title = titles[row.type as EventType] as (data: unknown) => string
    return { mediaMs: row.mediaMs!, title: title(row.data).slice(0, LONGEST) }
  })
}
