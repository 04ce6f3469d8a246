/** What is on sale: categories, courses with their chapters, what buyers say of them, and memberships. */
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { fen, milliseconds } from './columns.ts'
import { files } from './files.ts'
import { users } from './users.ts'

export const categories = pgTable(
  'categories',
  {
    id: uuid().primaryKey().defaultRandom(),
    slug: text().notNull(),
    nameZh: text('name_zh').notNull(),
    nameEn: text('name_en').notNull(),
    position: integer().notNull().default(0),
  },
  (table) => [unique('categories_slug').on(table.slug)],
)

export const courses = pgTable(
  'courses',
  {
    id: uuid().primaryKey().defaultRandom(),
    teacherId: uuid('teacher_id')
      .notNull()
      .references(() => users.id),
    categoryId: uuid('category_id').references(() => categories.id, { onDelete: 'set null' }),
    title: text().notNull(),
    /** One line under the title. */
    summary: text().notNull().default(''),
    /** Markdown. */
    intro: text().notNull().default(''),
    coverFileId: uuid('cover_file_id').references(() => files.id),
    status: text({ enum: ['draft', 'published', 'archived'] })
      .notNull()
      .default('draft'),
    /** 0: everyone who is signed in may take it. */
    priceFen: fen('price_fen').notNull().default(0),
    /** The struck-through price, where there is one. */
    listPriceFen: fen('list_price_fen'),
    /** How long a purchase opens the course; null: for good. */
    accessDays: integer('access_days'),
    publishedAt: milliseconds('published_at'),
    /** Counts the changes of everything above; who changes it says which one they saw. */
    version: integer().notNull().default(1),
    /** The same for the order of chapters and lessons. */
    outlineVersion: integer('outline_version').notNull().default(1),
    createdAt: milliseconds('created_at').notNull(),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [
    index('courses_published').on(table.status, table.publishedAt),
    index('courses_category').on(table.categoryId, table.status, table.publishedAt),
    index('courses_teacher').on(table.teacherId, table.createdAt),
    check('courses_price', sql`${table.priceFen} >= 0`),
    check('courses_list_price', sql`${table.listPriceFen} is null or ${table.listPriceFen} > ${table.priceFen}`),
    check('courses_access_days', sql`${table.accessDays} is null or ${table.accessDays} > 0`),
  ],
)

export const chapters = pgTable(
  'chapters',
  {
    id: uuid().primaryKey().defaultRandom(),
    courseId: uuid('course_id')
      .notNull()
      .references(() => courses.id, { onDelete: 'cascade' }),
    title: text().notNull(),
    position: integer().notNull(),
  },
  (table) => [index('chapters_course').on(table.courseId, table.position)],
)

/** One by each buyer; a later one replaces the text of the earlier. */
export const reviews = pgTable(
  'reviews',
  {
    id: uuid().primaryKey().defaultRandom(),
    courseId: uuid('course_id')
      .notNull()
      .references(() => courses.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    rating: integer().notNull(),
    text: text().notNull().default(''),
    /** Set by an operator; it counts no more and nobody else sees it. */
    hiddenAt: milliseconds('hidden_at'),
    createdAt: milliseconds('created_at').notNull(),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [
    unique('reviews_one_each').on(table.courseId, table.userId),
    index('reviews_course').on(table.courseId, table.createdAt),
    check('reviews_rating', sql`${table.rating} between 1 and 5`),
  ],
)

/** A membership opens all courses, or chosen ones, for a number of days. */
export const membershipPlans = pgTable(
  'membership_plans',
  {
    id: uuid().primaryKey().defaultRandom(),
    title: text().notNull(),
    description: text().notNull().default(''),
    priceFen: fen('price_fen').notNull(),
    listPriceFen: fen('list_price_fen'),
    days: integer().notNull(),
    allCourses: boolean('all_courses').notNull().default(false),
    onSale: boolean('on_sale').notNull().default(false),
    position: integer().notNull().default(0),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    check('membership_plans_price', sql`${table.priceFen} >= 0`),
    check('membership_plans_days', sql`${table.days} > 0`),
  ],
)

export const membershipPlanCourses = pgTable(
  'membership_plan_courses',
  {
    planId: uuid('plan_id')
      .notNull()
      .references(() => membershipPlans.id, { onDelete: 'cascade' }),
    courseId: uuid('course_id')
      .notNull()
      .references(() => courses.id, { onDelete: 'cascade' }),
  },
  (table) => [primaryKey({ columns: [table.planId, table.courseId] })],
)
