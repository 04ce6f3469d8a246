/** What the storage has of each class that was broadcast, and what of it is replayed. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'

/** Media times are milliseconds since the class first went live, as those of the room log. */
export const broadcasts = pgTable(
  'broadcasts',
  {
    /** Not a reference: what is stored outlives the row of its lesson until it has been removed. */
    lessonId: uuid('lesson_id').primaryKey(),
    startedAt: milliseconds('started_at').notNull(),
    /** When all of it was recorded; null also for good, where the node died that broadcast it. */
    endedAt: milliseconds('ended_at'),
    published: boolean().notNull().default(true),
    /** Of the media time: what lies before it, and after the other, is not replayed. */
    trimStartMs: integer('trim_start_ms').notNull().default(0),
    trimEndMs: integer('trim_end_ms'),
    /** As the teacher named them; null: as the room log has them. */
    chapters: json().$type<{ mediaMs: number; title: string }[]>(),
    /** Of all its segments. */
    storedBytes: bigint('stored_bytes', { mode: 'number' }).notNull().default(0),
    /** Nobody is shown it any more, and it is removed from the storage. */
    removedAt: milliseconds('removed_at'),
    /** Counts the changes of everything that is replayed. */
    version: integer().notNull().default(1),
  },
  (table) => [
    index('broadcasts_ended').on(table.endedAt),
    check(
      'broadcasts_trim',
      sql`${table.trimStartMs} >= 0 and (${table.trimEndMs} is null or ${table.trimEndMs} > ${table.trimStartMs})`,
    ),
  ],
)

/** An init segment, and what it says of the segments that go by it. */
export const broadcastRenditions = pgTable(
  'broadcast_renditions',
  {
    lessonId: uuid('lesson_id').notNull(),
    rendition: text().notNull(),
    init: integer().notNull(),
    kind: text({ enum: ['video', 'audio'] }).notNull(),
    codecs: text().notNull(),
    width: integer(),
    height: integer(),
  },
  (table) => [
    primaryKey({ columns: [table.lessonId, table.rendition, table.init] }),
    foreignKey({
      name: 'broadcast_renditions_broadcast',
      columns: [table.lessonId],
      foreignColumns: [broadcasts.lessonId],
    }).onDelete('cascade'),
  ],
)

/** One row for each object in the storage. */
export const broadcastSegments = pgTable(
  'broadcast_segments',
  {
    lessonId: uuid('lesson_id').notNull(),
    rendition: text().notNull(),
    msn: integer().notNull(),
    startMs: integer('start_ms').notNull(),
    durationMs: integer('duration_ms').notNull(),
    bytes: integer().notNull(),
    init: integer().notNull(),
    discontinuity: boolean().notNull(),
    independent: boolean().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.lessonId, table.msn, table.rendition] }),
    foreignKey({
      name: 'broadcast_segments_broadcast',
      columns: [table.lessonId],
      foreignColumns: [broadcasts.lessonId],
    }).onDelete('cascade'),
  ],
)

/** A replay on its way to one file, for its teacher; gone after a while. */
export const replayFiles = pgTable(
  'replay_files',
  {
    lessonId: uuid('lesson_id').primaryKey(),
    /** Of the broadcast that it is made of. */
    version: integer().notNull(),
    status: text({ enum: ['queued', 'making', 'ready', 'failed'] })
      .notNull()
      .default('queued'),
    /** Of the run that is at it; another run has taken over where it differs. */
    runId: uuid('run_id'),
    progressPercent: integer('progress_percent').notNull().default(0),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [
    foreignKey({
      name: 'replay_files_broadcast',
      columns: [table.lessonId],
      foreignColumns: [broadcasts.lessonId],
    }).onDelete('cascade'),
    check('replay_files_progress', sql`${table.progressPercent} between 0 and 100`),
  ],
)
