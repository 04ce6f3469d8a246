/** What happened in the rooms. */
import { sql } from 'drizzle-orm'
import { index, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'

/**
 * The log of every room. `json` keeps the text as it came: `jsonb` would refuse a whole batch for one message with
 * U+0000 or half a surrogate pair in it.
 */
export const roomEvents = pgTable(
  'room_events',
  {
    roomId: text('room_id').notNull(),
    seq: integer().notNull(),
    at: milliseconds('at').notNull(),
    mediaMs: milliseconds('media_ms'),
    by: json(),
    type: text().notNull(),
    data: json().notNull(),
    /** The picture that is shown in it, so that it is found by its file. */
    pictureId: uuid('picture_id'),
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.seq] }),
    index('room_events_type').on(table.roomId, table.type, table.seq),
    index('room_events_picture').on(table.pictureId).where(sql`${table.pictureId} is not null`),
  ],
)
