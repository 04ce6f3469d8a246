/** Rights to courses: granted, revoked, never edited; and who is watching on which device. */
import { sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'
import { courses, membershipPlans } from './courses.ts'
import { lessons } from './lessons.ts'
import { orders } from './orders.ts'
import { sessions, users } from './users.ts'

/** Of one course, or of all that a membership opens. It holds from `startsAt` until it ends or is revoked. */
export const entitlements = pgTable(
  'entitlements',
  {
    id: uuid().primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id),
    courseId: uuid('course_id').references(() => courses.id),
    planId: uuid('plan_id').references(() => membershipPlans.id),
    /** The order that paid for it; null: given by an operator or a teacher. */
    orderId: uuid('order_id').references(() => orders.id),
    grantedBy: uuid('granted_by').references(() => users.id),
    startsAt: milliseconds('starts_at').notNull(),
    /** Null: for good. */
    endsAt: milliseconds('ends_at'),
    revokedAt: milliseconds('revoked_at'),
    revokeReason: text('revoke_reason', { enum: ['refunded', 'expired', 'withdrawn', 'replaced'] }),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    uniqueIndex('entitlements_one_live').on(table.userId, table.courseId).where(sql`${table.revokedAt} is null`),
    uniqueIndex('entitlements_order_live').on(table.orderId).where(sql`${table.revokedAt} is null`),
    index('entitlements_user').on(table.userId, table.startsAt),
    // Learners are counted from it alone, for every course at once where those come first that have most.
    index('entitlements_course').on(table.courseId).where(sql`${table.revokedAt} is null`),
    check('entitlements_course_or_plan', sql`(${table.courseId} is null) <> (${table.planId} is null)`),
    check('entitlements_revoked_why', sql`(${table.revokedAt} is null) = (${table.revokeReason} is null)`),
  ],
)

/** When a person first tried a lesson without a right to it. */
export const lessonTrials = pgTable(
  'lesson_trials',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    lessonId: uuid('lesson_id')
      .notNull()
      .references(() => lessons.id, { onDelete: 'cascade' }),
    startedAt: milliseconds('started_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.lessonId] })],
)

/** The one device a person is playing on. */
export const playbackLeases = pgTable('playback_leases', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  sessionId: uuid('session_id')
    .notNull()
    .references(() => sessions.id, { onDelete: 'cascade' }),
  /** Of one page: two tabs of one device do not share a lease. */
  playerId: uuid('player_id').notNull(),
  takenAt: milliseconds('taken_at').notNull(),
  renewedAt: milliseconds('renewed_at').notNull(),
})
