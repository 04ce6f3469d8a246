/** Files that people upload, and the videos that are made of them. Their bytes are in the file storage. */
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'
import { users } from './users.ts'

export const files = pgTable(
  'files',
  {
    id: uuid().primaryKey().defaultRandom(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id),
    /** What it may be used for; it decides which types and sizes are taken. */
    purpose: text({ enum: ['cover', 'video', 'document', 'attachment', 'image'] }).notNull(),
    /** The name it had on its owner's machine. */
    name: text().notNull(),
    /** Found in the bytes themselves, never believed from a client. */
    mimeType: text('mime_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: text().notNull(),
    storageKey: text('storage_key').notNull(),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [index('files_owner').on(table.ownerId, table.createdAt)],
)

/** A file of purpose `video` on its way to HLS, and there. */
export const videos = pgTable(
  'videos',
  {
    fileId: uuid('file_id')
      .primaryKey()
      .references(() => files.id, { onDelete: 'cascade' }),
    status: text({ enum: ['queued', 'processing', 'ready', 'failed'] })
      .notNull()
      .default('queued'),
    progressPercent: integer('progress_percent').notNull().default(0),
    /** Why it failed, as a code that has a text in the client. */
    failure: text(),
    durationMs: integer('duration_ms'),
    width: integer(),
    height: integer(),
    /** AES-128 key of its segments, 16 bytes in base64, given only to those who may watch. */
    key: text(),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [check('videos_progress', sql`${table.progressPercent} between 0 and 100`)],
)
