/** After a change of the data key: every phone number is encrypted and indexed anew. */
import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { users } from '../../db/schema.ts'
import type { Parts } from './parts.ts'

const BATCH = 200

/** Returns how many there were; throws where one was encrypted with a key that is neither the current nor the previous. */
export async function rekeyPhones({ db, phones }: Pick<Parts, 'db' | 'phones'>): Promise<number> {
  const { sealedPrefix } = phones
  const old = and(
    isNotNull(users.phoneSealed),
    sql`left(${users.phoneSealed}, ${sealedPrefix.length}) <> ${sealedPrefix}`,
  )
  for (let done = 0; ; ) {
    const batch = await db.select({ id: users.id, sealed: users.phoneSealed }).from(users).where(old).limit(BATCH)
    if (batch.length === 0) return done
    for (const { id, sealed } of batch) {
      const phone = phones.open(sealed!, id)
      const anew = { phoneSealed: phones.seal(phone, id), phoneIndex: phones.indexOf(phone) }
      await db
        .update(users)
        .set(anew)
        .where(and(eq(users.id, id), eq(users.phoneSealed, sealed!)))
    }
    done += batch.length
  }
}
