/** Trials of a live class: so many seconds from the first entry on, however often its viewer comes back. */
import type { Db } from '../../db/client.ts'
import { lessonTrials } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'

export type TrialDeps = { db: Db; now: () => number }
/** `endsAt` is null until the class has begun. */
export type Trial = { from: number; seconds: number; endsAt: number | null }

/** Throws `trial_ended`. */
export async function beginTrial(
  { db, now }: TrialDeps,
  userId: string,
  { id: lessonId, startedAt }: { id: string; startedAt: number | null },
  seconds: number,
): Promise<Trial> {
  const [row] = await db
    .insert(lessonTrials)
    .values({ userId, lessonId, startedAt: now() })
    .onConflictDoUpdate({ target: [lessonTrials.userId, lessonTrials.lessonId], set: { lessonId } })
    .returning({ from: lessonTrials.startedAt })
  const { from } = row!
  const endsAt = startedAt === null ? null : trialEnd(from, startedAt, seconds)
  if (endsAt !== null && endsAt <= now()) throw new AppError('trial_ended', 'the trial of this lesson is over')
  return { from, seconds, endsAt }
}

/** It does not run before the class does. */
export const trialEnd = (from: number, startedAt: number, seconds: number) => Math.max(from, startedAt) + seconds * 1000
