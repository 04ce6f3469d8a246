/** What happened in the rooms. */
import { index, integer, json, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
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
  },
  (table) => [
    primaryKey({ columns: [table.roomId, table.seq] }),
    index('room_events_type').on(table.roomId, table.type, table.seq),
  ],
)
