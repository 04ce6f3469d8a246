/** How often something may be done, counted in the database, so that all nodes count together. */
import { lte, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { rateWindows } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

/** At most `max` within `seconds` of the first. */
export type Rate = { key: string; max: number; seconds: number }

/**
 * Counts one more under each key, or throws `too_many_requests` with the seconds to wait. Within a transaction nothing is
 * counted unless all are; keys that many share come last, as the first to wait for.
 */
export async function countAgainst(db: Db, rates: Rate[], now: number): Promise<void> {
  for (const rate of rates) {
    const wait = await countOne(db, rate, now)
    if (wait !== undefined)
      throw new AppError('too_many_requests', `too often; wait ${wait} s`, { retryAfterSeconds: wait })
  }
}

async function countOne(db: Db, { key, max, seconds }: Rate, now: number): Promise<number | undefined> {
  const over = sql`${rateWindows.endsAt} <= ${now}`
  const endsAt = now + seconds * 1000
  const [counted] = await db
    .insert(rateWindows)
    .values({ key, count: 1, endsAt })
    .onConflictDoUpdate({
      target: rateWindows.key,
      set: {
        count: sql`case when ${over} then 1 else ${rateWindows.count} + 1 end`,
        endsAt: sql`case when ${over} then ${endsAt} else ${rateWindows.endsAt} end`,
      },
      setWhere: sql`${over} or ${rateWindows.count} < ${max}`,
    })
    .returning({ count: rateWindows.count })
  if (counted) return undefined
  const [full] = await db
    .select({ endsAt: rateWindows.endsAt })
    .from(rateWindows)
    .where(sql`${rateWindows.key} = ${key}`)
  return Math.max(1, Math.ceil(((full?.endsAt ?? endsAt) - now) / 1000))
}

export async function forgetOldWindows(db: Db, now: number): Promise<void> {
  await db.delete(rateWindows).where(lte(rateWindows.endsAt, now))
}
