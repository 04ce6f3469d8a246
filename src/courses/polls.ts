/** The polls and quizzes that were prepared for a class, with what is right: for those who teach it, and nobody else. */
import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { preparedPolls } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { splitPoll } from '../../signaling/protocol/polls.ts'
import type { PreparedPolls } from './schema.ts'

export async function listPolls(db: Db, lessonId: string): Promise<PreparedPolls> {
  const [row] = await db.select().from(preparedPolls).where(eq(preparedPolls.lessonId, lessonId))
  return row ? { version: row.version, polls: row.polls as PreparedPolls['polls'] } : { version: 0, polls: [] }
}

/** Sets all of them at once. Throws `changed_elsewhere` where they are not those that were seen. */
export async function setPolls(db: Db, lessonId: string, { version, polls }: PreparedPolls): Promise<PreparedPolls> {
  for (const { poll } of polls) splitPoll(poll)
  if (new Set(polls.map(({ id }) => id)).size < polls.length) throw new AppError('bad_request', 'an id stands twice')
  const next = { version: version + 1, polls }
  const seen = and(eq(preparedPolls.lessonId, lessonId), eq(preparedPolls.version, version))
  const written =
    version === 0
      ? await db
          .insert(preparedPolls)
          .values({ lessonId, ...next })
          .onConflictDoNothing()
          .returning()
      : await db
          .update(preparedPolls)
          .set({ polls, version: sql`${preparedPolls.version} + 1` })
          .where(seen)
          .returning()
  if (written.length === 0) throw new AppError('changed_elsewhere', 'these polls were changed meanwhile')
  return next
}
