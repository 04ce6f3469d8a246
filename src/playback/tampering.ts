/** Viewers whose mark was taken away from the picture, or hidden: kept where operators see it. */
import type { Db } from '../../db/client.ts'
import type { Bus } from '../../signaling/ports.ts'
import { record } from '../audit/audit.ts'
import type { Entitlements } from '../entitlements/service.ts'
import type { SignedInUser } from '../http/auth.ts'
import type { Tampering } from './schema.ts'

/** A page tells it at each look: one entry in so long says as much. */
const ONE_ENTRY_SECONDS = 600

type Deps = { db: Db; bus: Pick<Bus, 'claim'>; now: () => number; entitlements: Pick<Entitlements, 'demand'> }

/** Throws for those who may not watch the lesson. */
export async function noteTampering(
  { db, bus, now, entitlements }: Deps,
  user: SignedInUser,
  lessonId: string,
  { how }: Tampering,
): Promise<void> {
  await entitlements.demand(user, 'watch', { lessonId })
  if (!(await bus.claim(`tampering ${user.id} ${lessonId}`, ONE_ENTRY_SECONDS))) return
  const subject = { subject: 'lesson', subjectId: lessonId } as const
  await record(db, { actorId: user.id, action: 'watermarkTampered', ...subject, details: { how }, at: now() })
}
