/** People: accounts, their ways in, and their sign-ins. */
import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'

export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** In lower case. */
    username: text().notNull(),
    displayName: text('display_name').notNull(),
    /** Null: there is another way in. */
    passwordHash: text('password_hash'),
    role: text({ enum: ['student', 'assistant', 'teacher', 'operator', 'admin'] })
      .notNull()
      .default('student'),
    /** The phone number, encrypted under the data key that the text names. */
    phoneSealed: text('phone_sealed'),
    /** Its keyed hash, by which it is found. */
    phoneIndex: text('phone_index'),
    createdAt: milliseconds('created_at').notNull(),
    /** The terms of use and privacy policy that its owner accepted; null: they were never asked. */
    termsVersion: text('terms_version'),
    termsAcceptedAt: milliseconds('terms_accepted_at'),
    bannedAt: milliseconds('banned_at'),
    banReason: text('ban_reason'),
    /** When the account is to be deleted, which its owner can still call off. */
    deletionDueAt: milliseconds('deletion_due_at'),
    /** When all that was personal in it was erased. */
    deletedAt: milliseconds('deleted_at'),
  },
  (table) => [
    unique('users_username').on(table.username),
    unique('users_phone').on(table.phoneIndex),
    index('users_deletion_due').on(table.deletionDueAt),
    check('users_username_lower_case', sql`${table.username} = lower(${table.username})`),
    // Of a banned account that was deleted the index alone is left, so that the ban holds for the phone.
    check(
      'users_phone_whole',
      sql`(${table.phoneSealed} is null) = (${table.phoneIndex} is null) or (${table.phoneSealed} is null and ${table.bannedAt} is not null and ${table.deletedAt} is not null)`,
    ),
    check('users_terms_when', sql`(${table.termsVersion} is null) = (${table.termsAcceptedAt} is null)`),
    check('users_banned_why', sql`(${table.bannedAt} is null) = (${table.banReason} is null)`),
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

/** The one code that was sent to a phone for a purpose and has not been used. */
export const phoneCodes = pgTable(
  'phone_codes',
  {
    phoneIndex: text('phone_index').notNull(),
    purpose: text({ enum: ['sign_in', 'reset_password', 'new_phone', 'confirm'] }).notNull(),
    /** Keyed, over the code and all that it is for. */
    codeHash: text('code_hash').notNull(),
    attempts: integer().notNull().default(0),
    expiresAt: milliseconds('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.phoneIndex, table.purpose] }),
    index('phone_codes_expired').on(table.expiresAt),
  ],
)

/** How often something was done since the first time; begun anew when it has passed. */
export const rateWindows = pgTable(
  'rate_windows',
  {
    key: text().primaryKey(),
    count: integer().notNull(),
    endsAt: milliseconds('ends_at').notNull(),
  },
  (table) => [index('rate_windows_over').on(table.endsAt)],
)

/** The WeChat account that an account is linked to. */
export const wechatAccounts = pgTable(
  'wechat_accounts',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** The same in all apps of one owner; null where WeChat does not tell it. */
    unionId: text('union_id'),
    nickname: text().notNull(),
    linkedAt: milliseconds('linked_at').notNull(),
  },
  (table) => [unique('wechat_accounts_union').on(table.unionId)],
)

/** Who that is to each app. A payment inside WeChat needs the one of its app. */
export const wechatOpenIds = pgTable(
  'wechat_open_ids',
  {
    appId: text('app_id').notNull(),
    openId: text('open_id').notNull(),
    userId: uuid('user_id')
      .notNull()
      .references(() => wechatAccounts.userId, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.appId, table.openId] }),
    unique('wechat_open_ids_one_each').on(table.userId, table.appId),
  ],
)
