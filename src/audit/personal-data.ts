/** What the audit log holds of a person: what they did with more than ordinary rights. It is never changed. */
import { eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { auditEvents } from '../../db/schema.ts'

export const auditPersonalData = (db: Db) => ({
  name: 'audit',
  gather: (userId: string) => db.select().from(auditEvents).where(eq(auditEvents.actorId, userId)),
})
