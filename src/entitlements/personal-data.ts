/** What the rights hold of a person. Those that were paid for are kept, as the orders are. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { entitlements, lessonTrials, playbackLeases } from '../../db/schema.ts'
import type { PersonalData } from '../users/personal-data.ts'

export const rightsPersonalData = (db: Db): PersonalData => ({
  name: 'rights',
  async gather(userId) {
    return {
      granted: await db.select().from(entitlements).where(eq(entitlements.userId, userId)),
      trials: await db.select().from(lessonTrials).where(eq(lessonTrials.userId, userId)),
      player: await db.select().from(playbackLeases).where(eq(playbackLeases.userId, userId)),
    }
  },
  async erase(tx, userId) {
    await tx.delete(lessonTrials).where(eq(lessonTrials.userId, userId))
    await tx.delete(playbackLeases).where(eq(playbackLeases.userId, userId))
  },
})
