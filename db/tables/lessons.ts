/** Lessons: live ones, and those that are there to be watched or read; with what belongs to them. */
import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, json, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'
import { chapters, courses } from './courses.ts'
import { files } from './files.ts'
import { users } from './users.ts'

export const lessons = pgTable(
  'lessons',
  {
    id: uuid().primaryKey().defaultRandom(),
    teacherId: uuid('teacher_id')
      .notNull()
      .references(() => users.id),
    /** Null: a live lesson on its own, open to everyone who is signed in. */
    courseId: uuid('course_id').references(() => courses.id),
    chapterId: uuid('chapter_id').references(() => chapters.id, { onDelete: 'set null' }),
    /** The place in its chapter, or in the course where it has none. */
    position: integer().notNull().default(0),
    kind: text({ enum: ['live', 'video', 'article', 'document'] })
      .notNull()
      .default('live'),
    /** Open to everyone who is signed in, whatever the course costs. */
    free: boolean().notNull().default(false),
    /** How much of it may be tried without buying; 0: nothing. */
    trialSeconds: integer('trial_seconds').notNull().default(0),
    title: text().notNull(),
    description: text().notNull(),
    /** Of an article: Markdown. */
    body: text().notNull().default(''),
    /** Of a video or a document. */
    fileId: uuid('file_id').references(() => files.id),
    /** Of a live lesson, as are all moments below. */
    startsAt: milliseconds('starts_at'),
    durationMinutes: integer('duration_minutes'),
    /** How far back those who watch over HLS may go while it is on. */
    dvrMinutes: integer('dvr_minutes').notNull().default(30),
    /** Whether its viewers' names for themselves move over the picture; also of a video. */
    watermark: boolean().notNull().default(false),
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
    /** Counts the changes that were made by hand; who changes it says which one they saw. */
    version: integer().notNull().default(1),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [
    index('lessons_status').on(table.status, table.startsAt),
    index('lessons_teacher').on(table.teacherId, table.startsAt),
    index('lessons_course').on(table.courseId, table.position),
    check(
      'lessons_live_has_time',
      sql`${table.kind} <> 'live' or (${table.startsAt} is not null and ${table.durationMinutes} is not null)`,
    ),
    check('lessons_others_in_course', sql`${table.kind} = 'live' or ${table.courseId} is not null`),
    check('lessons_trial', sql`${table.trialSeconds} >= 0`),
    check('lessons_dvr', sql`${table.dvrMinutes} >= 0`),
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

export const lessonAttachments = pgTable(
  'lesson_attachments',
  {
    lessonId: uuid('lesson_id')
      .notNull()
      .references(() => lessons.id, { onDelete: 'cascade' }),
    fileId: uuid('file_id')
      .notNull()
      .references(() => files.id),
    position: integer().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.lessonId, table.fileId] }),
    index('lesson_attachments_file').on(table.fileId),
  ],
)

/** The polls and quizzes that are prepared for a class, all in their order. */
export const preparedPolls = pgTable('prepared_polls', {
  lessonId: uuid('lesson_id')
    .primaryKey()
    .references(() => lessons.id, { onDelete: 'cascade' }),
  polls: json().notNull(),
  version: integer().notNull(),
})

/** How far one person has come in one lesson. */
export const lessonProgress = pgTable(
  'lesson_progress',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    lessonId: uuid('lesson_id')
      .notNull()
      .references(() => lessons.id, { onDelete: 'cascade' }),
    positionMs: integer('position_ms').notNull().default(0),
    /** What was watched, as sorted ranges that do not touch: [[fromMs, toMs], …]. */
    watched: json().$type<[number, number][]>().notNull(),
    watchedMs: integer('watched_ms').notNull().default(0),
    completedAt: milliseconds('completed_at'),
    /** The moment of the first report: nobody can have watched for longer than since then. */
    startedAt: milliseconds('started_at').notNull(),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.lessonId] }),
    index('lesson_progress_recent').on(table.userId, table.updatedAt),
  ],
)
