/** Who did what with more than ordinary rights. Only ever added to. */
import { index, json, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'

export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid().primaryKey().defaultRandom(),
    at: milliseconds('at').notNull(),
    /** Null: the server itself. Not a reference: an event outlives the account. */
    actorId: uuid('actor_id'),
    /** A past-tense code such as `refundApproved`. */
    action: text().notNull(),
    /** What it was done to: `order`, `user`, `coupon` …, and its id. */
    subject: text().notNull(),
    subjectId: text('subject_id').notNull(),
    details: json().$type<Record<string, unknown>>().notNull(),
  },
  (table) => [
    index('audit_events_at').on(table.at),
    index('audit_events_subject').on(table.subject, table.subjectId, table.at),
  ],
)
