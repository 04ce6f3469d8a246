/** Every table. Times are milliseconds since 1970 on the server's clock. */
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, json, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'

const milliseconds = (column: string) => bigint(column, { mode: 'number' })

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** In lower case. */
    username: text().notNull(),
    displayName: text('display_name').notNull(),
    passwordHash: text('password_hash').notNull(),
    role: text({ enum: ['student', 'assistant', 'teacher', 'operator', 'admin'] })
      .notNull()
      .default('student'),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    unique('users_username').on(table.username),
    check('users_username_lower_case', sql`${table.username} = lower(${table.username})`),
  ],
)

/** One sign-in each; gone when it ends. */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    userAgent: text('user_agent').notNull(),
    createdAt: milliseconds('created_at').notNull(),
    lastUsedAt: milliseconds('last_used_at').notNull(),
    /** The id of the one refresh token that still works. */
    refreshId: uuid('refresh_id').notNull(),
    /** The one before it; the moment it was replaced is `lastUsedAt`. */
    previousRefreshId: uuid('previous_refresh_id'),
  },
  (table) => [index('sessions_user').on(table.userId)],
)

export const lessons = pgTable(
  'lessons',
  {
    id: uuid().primaryKey().defaultRandom(),
    teacherId: uuid('teacher_id')
      .notNull()
      .references(() => users.id),
    title: text().notNull(),
    description: text().notNull(),
    startsAt: milliseconds('starts_at').notNull(),
    durationMinutes: integer('duration_minutes').notNull(),
    status: text({ enum: ['scheduled', 'lobby', 'live', 'paused', 'ended'] })
      .notNull()
      .default('scheduled'),
    startedAt: milliseconds('started_at'),
    pausedAt: milliseconds('paused_at'),
    endedAt: milliseconds('ended_at'),
    /** When a node last said that it serves this live lesson. */
    touchedAt: milliseconds('touched_at'),
    /** Set on a lesson that will never take place; it is in no list any more. */
    cancelledAt: milliseconds('cancelled_at'),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    index('lessons_status').on(table.status, table.startsAt),
    index('lessons_teacher').on(table.teacherId, table.startsAt),
    check('lessons_ended_after_start', sql`${table.status} <> 'ended' or ${table.startedAt} is not null`),
    check('lessons_cancelled_before_start', sql`${table.cancelledAt} is null or ${table.startedAt} is null`),
  ],
)

export const lessonAssistants = pgTable(
  'lesson_assistants',
  {
    lessonId: uuid('lesson_id')
      .notNull()
      .references(() => lessons.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.lessonId, table.userId] }),
    index('lesson_assistants_user').on(table.userId),
  ],
)

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
