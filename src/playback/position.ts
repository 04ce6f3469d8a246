/** Where somebody was last in what they watch. */
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { lessonProgress } from '../../db/schema.ts'
import type { SignedInUser } from '../http/auth.ts'

/** Whoever was this near to the end begins anew. */
const NEAR_THE_END_MS = 5000

export async function positionOf(
  { db }: { db: Db },
  user: Pick<SignedInUser, 'id'>,
  lessonId: string,
  durationMs: number | null,
): Promise<number> {
  const [row] = await db
    .select({ positionMs: lessonProgress.positionMs })
    .from(lessonProgress)
    .where(and(eq(lessonProgress.userId, user.id), eq(lessonProgress.lessonId, lessonId)))
  const positionMs = row?.positionMs ?? 0
  return durationMs !== null && positionMs > durationMs - NEAR_THE_END_MS ? 0 : positionMs
}
