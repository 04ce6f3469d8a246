/** What opens the way in for a teacher's encoder. */
import { pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'
import { lessons } from './lessons.ts'
import { users } from './users.ts'

/** One stream key a lesson; of the key itself only its hash is kept. */
export const streamKeys = pgTable(
  'stream_keys',
  {
    lessonId: uuid('lesson_id')
      .primaryKey()
      .references(() => lessons.id, { onDelete: 'cascade' }),
    /** SHA-256, as base64url. */
    keyHash: text('key_hash').notNull(),
    /** The teacher who made it, and for whom it opens. */
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [unique('stream_keys_hash').on(table.keyHash)],
)
