/** What happened in a class, as a student saw it: without what was deleted, and within what is played. */
import { and, asc, eq, gt, inArray, isNull, lte, notInArray, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { roomEvents } from '../../db/schema.ts'
import { boardEvents } from '../../signaling/protocol/board.ts'
import { events as declared, type EventType, type RoomEvent } from '../../signaling/protocol/events.ts'
import { noticeEvents } from '../../signaling/protocol/notices.ts'
import { anyStudent, toldTo } from '../../signaling/protocol/visibility.ts'
import type { spanOf } from './recording.ts'
import type { EventsAsk, EventsPage } from './schema.ts'

const PAGE = 500

/** A deletion tells that there was something. */
const shown = (Object.keys(declared) as EventType[]).filter(
  (type) => declared[type].audience === 'everyone' && type !== 'messageDeleted' && type !== 'questionDismissed',
)
const ofBoard = Object.keys(boardEvents)
/** What stands until something else does comes of all that was done, also before the replay begins. */
const standing = [...ofBoard, ...Object.keys(noticeEvents)]

/** What was done to the board of a class that is on, page by page. */
export async function boardSoFar(
  db: Db,
  lessonId: string,
  { afterSeq = 0, limit = PAGE }: Pick<EventsAsk, 'afterSeq' | 'limit'>,
): Promise<EventsPage> {
  const { roomId, seq, at, mediaMs, by, type, data } = roomEvents
  const rows = await db
    .select({ seq, at, mediaMs, by, type, data })
    .from(roomEvents)
    .where(and(eq(roomId, lessonId), gt(seq, afterSeq), inArray(type, ofBoard)))
    .orderBy(asc(seq))
    .limit(limit + 1)
  return pageOf(rows as RoomEvent[], limit)
}

export async function replayEvents(
  db: Db,
  lessonId: string,
  { fromMs, toMs }: ReturnType<typeof spanOf>,
  { afterSeq = 0, afterMs, limit = PAGE }: EventsAsk,
): Promise<EventsPage> {
  const { roomId, seq, at, mediaMs, by, type, data } = roomEvents
  const from = Math.max(fromMs - 1, afterMs ?? -1)
  const stands = afterMs === undefined ? inArray(type, standing) : undefined
  const rows = await db
    .select({ seq, at, mediaMs, by, type, data })
    .from(roomEvents)
    .where(
      and(
        eq(roomId, lessonId),
        gt(seq, afterSeq),
        inArray(type, shown),
        or(gt(mediaMs, from), stands),
        toMs === null ? undefined : or(lte(mediaMs, toMs), isNull(mediaMs)),
        notInArray(seq, await goneFrom(db, lessonId)),
      ),
    )
    .orderBy(asc(seq))
    .limit(limit + 1)
  return pageOf(rows as RoomEvent[], limit)
}

/** `rows` has one more than the page, where there are more. */
function pageOf(rows: RoomEvent[], limit: number): EventsPage {
  const page = rows.slice(0, limit)
  return {
    events: page.flatMap((event) => toldTo(anyStudent, event) ?? []),
    next: rows.length > limit ? page.at(-1)!.seq : null,
  }
}

/** The places of messages that were deleted, of what repeats their words, and of questions that were dismissed. */
async function goneFrom(db: Db, lessonId: string): Promise<number[]> {
  const types: EventType[] = ['messageDeleted', 'questionDismissed', 'questionAsked', 'messagePinned']
  const { seq, type, data } = roomEvents
  const rows = await db
    .select({ seq, type, data })
    .from(roomEvents)
    .where(and(eq(roomEvents.roomId, lessonId), inArray(type, types)))
  const events = rows as RoomEvent[]
  const taken = new Set(
    events.flatMap((event) => {
      if (event.type === 'messageDeleted') return event.data.messageSeq
      return event.type === 'questionDismissed' ? event.data.questionSeq : []
    }),
  )
  const madeOfThem = events.flatMap((event) => (taken.has(sourceOf(event) ?? 0) ? event.seq : []))
  return [...taken, ...madeOfThem]
}

/** The message whose words are in this event, too. */
function sourceOf(event: RoomEvent): number | null {
  if (event.type === 'questionAsked') return event.data.messageSeq
  return event.type === 'messagePinned' ? (event.data.pinned?.messageSeq ?? null) : null
}
