/** Files that people upload, and the videos that are made of them. Their bytes are in the file storage. */
import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { milliseconds } from './columns.ts'
import { users } from './users.ts'

const purpose = ['cover', 'video', 'document', 'attachment', 'image', 'chat'] as const

export const files = pgTable(
  'files',
  {
    id: uuid().primaryKey().defaultRandom(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id),
    /** What it may be used for; it decides which types and sizes are taken. */
    purpose: text({ enum: purpose }).notNull(),
    /** The name it had on its owner's machine. */
    name: text().notNull(),
    /** Found in the bytes themselves, never believed from a client. */
    mimeType: text('mime_type').notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    sha256: text().notNull(),
    /** Of a picture for a chat, in pixels. */
    width: integer(),
    height: integer(),
    storageKey: text('storage_key').notNull(),
    createdAt: milliseconds('created_at').notNull(),
  },
  (table) => [index('files_owner').on(table.ownerId, table.createdAt)],
)

/** A file on its way here. Its bytes lie in a folder of the node that takes them until all are there. */
export const uploads = pgTable(
  'uploads',
  {
    /** The file that comes of it has the same. */
    id: uuid().primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    purpose: text({ enum: purpose }).notNull(),
    name: text().notNull(),
    sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
    /** What the client says of all bytes, in hex; compared where it is there. */
    claimedSha256: text('claimed_sha256'),
    /** `received`: all bytes are there, and are being looked at and put away. */
    status: text({ enum: ['receiving', 'received', 'finished', 'refused'] })
      .notNull()
      .default('receiving'),
    /** Why it was refused, as an error code. */
    refusal: text(),
    /** Found once all bytes are there. */
    mimeType: text('mime_type'),
    sha256: text(),
    width: integer(),
    height: integer(),
    createdAt: milliseconds('created_at').notNull(),
    /** When bytes came last. */
    touchedAt: milliseconds('touched_at').notNull(),
  },
  (table) => [
    index('uploads_owner').on(table.ownerId, table.status),
    index('uploads_status').on(table.status, table.touchedAt),
    check('uploads_size', sql`${table.sizeBytes} > 0`),
    check('uploads_refused_why', sql`(${table.status} = 'refused') = (${table.refusal} is not null)`),
  ],
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
    /** How often it was begun since it was asked for. */
    attempts: integer().notNull().default(0),
    /** Of the run that is at it; another run has taken over where it differs. */
    runId: uuid('run_id'),
    /** Why it failed, as a code that has a text in the client. */
    failure: text(),
    durationMs: integer('duration_ms'),
    width: integer(),
    height: integer(),
    /** AES-128 key of its segments, 16 bytes in base64, given only to those who may watch. */
    key: text(),
    updatedAt: milliseconds('updated_at').notNull(),
  },
  (table) => [
    index('videos_status').on(table.status, table.updatedAt),
    check('videos_progress', sql`${table.progressPercent} between 0 and 100`),
    check('videos_failed_why', sql`(${table.status} = 'failed') = (${table.failure} is not null)`),
  ],
)
