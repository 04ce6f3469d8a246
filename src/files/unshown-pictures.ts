/** Pictures that were brought for a chat and never shown there go after a day. */
import { and, eq, lt, notExists } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, roomEvents } from '../../db/schema.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { FileStorage } from './storage.ts'

const SWEEP = 'sweepUnshownPictures'
const KEPT_MS = 24 * 60 * 60 * 1000
const AT_ONCE = 500

export type UnshownPicturesDeps = { db: Db; storage: Pick<FileStorage, 'remove'>; now: () => number }

/** Begins to sweep every hour, on one node at a time. */
export async function sweepUnshownPictures(deps: UnshownPicturesDeps, jobs: Jobs): Promise<void> {
  await jobs.handle(SWEEP, { retries: 0 }, () => removeUnshown(deps))
  await jobs.every(SWEEP, '41 * * * *')
}

export async function removeUnshown({ db, storage, now }: UnshownPicturesDeps): Promise<void> {
  const showing = db.select({ seq: roomEvents.seq }).from(roomEvents).where(eq(roomEvents.pictureId, files.id))
  const unshown = await db
    .select({ id: files.id, storageKey: files.storageKey })
    .from(files)
    .where(and(eq(files.purpose, 'chat'), lt(files.createdAt, now() - KEPT_MS), notExists(showing)))
    .limit(AT_ONCE)
  for (const { id, storageKey } of unshown) {
    await db.delete(files).where(eq(files.id, id))
    await storage.remove(storageKey)
  }
}
