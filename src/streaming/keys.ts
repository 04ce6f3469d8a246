/** Stream keys: one a lesson, made and reset by its teacher, kept as a hash. */
import { createHash, randomBytes } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { lessons, streamKeys, users } from '../../db/schema.ts'
import type { Bus } from '../../signaling/ports.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { SignedInUser } from '../http/auth.ts'

type KeyDeps = { db: Db; bus: Bus; now: () => number }

const KEY_BYTES = 24

export const hashOf = (secret: string) => createHash('sha256').update(secret).digest('base64url')

/** When the key of this lesson was made; null where there is none. */
export async function keyMadeAt(db: Db, lessonId: string): Promise<number | null> {
  const [row] = await db
    .select({ createdAt: streamKeys.createdAt })
    .from(streamKeys)
    .where(eq(streamKeys.lessonId, lessonId))
  return row?.createdAt ?? null
}

/** Makes a key in place of an earlier one, which opens nothing from now on. */
export async function makeKey({ db, bus, now }: KeyDeps, userId: string, lessonId: string) {
  const key = randomBytes(KEY_BYTES).toString('base64url')
  const row = { keyHash: hashOf(key), userId, createdAt: now() }
  await db
    .insert(streamKeys)
    .values({ lessonId, ...row })
    .onConflictDoUpdate({ target: streamKeys.lessonId, set: row })
  await bus.publish('streamKeyChanged', { lessonId })
  return { key, keyMadeAt: row.createdAt }
}

export async function removeKey({ db, bus }: Pick<KeyDeps, 'db' | 'bus'>, lessonId: string): Promise<void> {
  await db.delete(streamKeys).where(eq(streamKeys.lessonId, lessonId))
  await bus.publish('streamKeyChanged', { lessonId })
}

export type KeyHolder = { lessonId: string; user: SignedInUser }

/** Whom this key lets in, and where. Throws `unauthorized`: made up, reset, or of somebody who teaches no more. */
export async function holderOf(db: Db, key: string): Promise<KeyHolder> {
  const { id, role, displayName } = users
  const [found] = await db
    .select({ lessonId: streamKeys.lessonId, id, role, displayName })
    .from(streamKeys)
    .innerJoin(lessons, and(eq(lessons.id, streamKeys.lessonId), eq(lessons.teacherId, streamKeys.userId)))
    .innerJoin(users, and(eq(users.id, streamKeys.userId), isNull(users.bannedAt), isNull(users.deletedAt)))
    .where(eq(streamKeys.keyHash, hashOf(key)))
  if (!found) throw new AppError('unauthorized', 'this stream key is not valid')
  const { lessonId, ...user } = found
  // No sign-in is behind it, so that signing out on a page does not end what an encoder sends.
  return { lessonId, user: { ...user, sessionId: `stream-${lessonId}` } }
}
