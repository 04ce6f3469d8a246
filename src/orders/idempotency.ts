/** Requests that must not be carried out twice, by the key that their client chose. */
import { createHash } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { idempotencyKeys } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

export type Once = { userId: string; key: string | undefined; request: object; at: number }

/**
 * Does the work once for each key, within the caller's transaction, and gives the id that the first time gave. The same
 * key for another request is refused. Whoever comes second at the same moment waits for the first.
 */
export async function once(tx: Db, { userId, key, request, at }: Once, work: () => Promise<string>): Promise<string> {
  if (!key) return work()
  const requestHash = createHash('sha256').update(JSON.stringify(request)).digest('hex')
  const mine = and(eq(idempotencyKeys.userId, userId), eq(idempotencyKeys.key, key))
  const first = await tx
    .insert(idempotencyKeys)
    .values({ userId, key, requestHash, createdAt: at })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  if (first.length > 0) {
    const id = await work()
    await tx.update(idempotencyKeys).set({ answer: { id } }).where(mine)
    return id
  }
  const [earlier] = await tx.select().from(idempotencyKeys).where(mine)
  if (!earlier || earlier.requestHash !== requestHash)
    throw new AppError('conflict', 'this Idempotency-Key was used for another request')
  return (earlier.answer as { id: string }).id
}
