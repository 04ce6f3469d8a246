/** People: accounts and their sign-ins. */
import { sql } from 'drizzle-orm'
import { check, index, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'

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
