/** What the files hold of a person: those that they uploaded. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { files, uploads } from '../../db/schema.ts'
import type { PersonalData } from '../users/personal-data.ts'
import type { Files } from './service.ts'

export const filesPersonalData = (db: Db, { removeAll }: Pick<Files, 'removeAll'>): PersonalData => ({
  name: 'files',
  async gather(userId) {
    const { id, purpose, name, mimeType, sizeBytes, sha256, createdAt } = files
    const columns = { id, purpose, name, mimeType, sizeBytes, sha256, createdAt }
    return {
      uploaded: await db.select(columns).from(files).where(eq(files.ownerId, userId)),
      unfinished: await db.select().from(uploads).where(eq(uploads.ownerId, userId)),
    }
  },
  release: removeAll,
  async erase(tx, userId) {
    await tx.delete(uploads).where(eq(uploads.ownerId, userId))
    // What a lesson still shows stays; how it was called on its owner's machine does not.
    await tx.update(files).set({ name: 'file' }).where(eq(files.ownerId, userId))
  },
})
