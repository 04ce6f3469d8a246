/** What takes something off a price. */
import { sql } from 'drizzle-orm'
import { check, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { fen, milliseconds } from './columns.ts'
import { courses, membershipPlans } from './courses.ts'

export const coupons = pgTable(
  'coupons',
  {
    id: uuid().primaryKey().defaultRandom(),
    /** In upper case. */
    code: text().notNull(),
    kind: text({ enum: ['fixed', 'percent'] }).notNull(),
    /** Fen off, or percent off. */
    value: integer().notNull(),
    /** Only for this course; null: for all. */
    courseId: uuid('course_id').references(() => courses.id),
    /** Only for this membership; null: for all. */
    planId: uuid('plan_id').references(() => membershipPlans.id),
    minimumFen: fen('minimum_fen').notNull().default(0),
    maximumUses: integer('maximum_uses'),
    /** Reserved or consumed. */
    uses: integer().notNull().default(0),
    startsAt: milliseconds('starts_at').notNull(),
    endsAt: milliseconds('ends_at'),
    disabledAt: milliseconds('disabled_at'),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    unique('coupons_code').on(table.code),
    check('coupons_upper_case', sql`${table.code} = upper(${table.code})`),
    check('coupons_value', sql`${table.value} > 0 and (${table.kind} <> 'percent' or ${table.value} <= 100)`),
    check(
      'coupons_uses',
      sql`${table.uses} >= 0 and (${table.maximumUses} is null or ${table.uses} <= ${table.maximumUses})`,
    ),
  ],
)
