/** What the ways of encoders hold of a person. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { streamKeys } from '../../db/schema.ts'
import type { PersonalData } from '../users/personal-data.ts'

export const streamingPersonalData = (db: Db): PersonalData => ({
  name: 'streaming',
  async gather(userId) {
    const { lessonId, createdAt } = streamKeys
    return {
      streamKeys: await db.select({ lessonId, createdAt }).from(streamKeys).where(eq(streamKeys.userId, userId)),
    }
  },
  async erase(tx, userId) {
    await tx.delete(streamKeys).where(eq(streamKeys.userId, userId))
  },
})
