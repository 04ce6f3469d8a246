/** What of a class is replayed: its ends, its chapters, whether it is there at all; said by its teacher. */
import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { broadcasts, courses, lessons } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import { record } from '../audit/audit.ts'
import { isStaff, mayTeach } from '../courses/lesson.ts'
import type { SignedInUser } from '../http/auth.ts'
import { chaptersInLog } from './chapters.ts'
import { cut } from './recording.ts'
import { type Broadcast, type Recordings, recordedBroadcast } from './recordings.ts'
import type { ReplayChange, ReplayEdit } from './schema.ts'

export type ReplayEditingDeps = { db: Db; now: () => number; recordings: Recordings }
type User = Pick<SignedInUser, 'id' | 'role'>

export type ReplayEditing = ReturnType<typeof createReplayEditing>

export function createReplayEditing(deps: ReplayEditingDeps) {
  return {
    /** The replay, for teachers of the lesson, of its course, and for staff; others are told `forbidden`. */
    demand: (user: User, lessonId: string) => editable(deps, user, lessonId),
    read: (user: User, lessonId: string) => read(deps, user, lessonId),
    /** Throws `changed_elsewhere` where another version was seen. */
    change: (user: User, lessonId: string, change: ReplayChange) => changeReplay(deps, user, lessonId, change),
    /** For good. */
    remove: (user: User, lessonId: string) => remove(deps, user, lessonId),
  }
}

async function read(deps: ReplayEditingDeps, user: User, lessonId: string): Promise<ReplayEdit> {
  const broadcast = await editable(deps, user, lessonId)
  const { version, published, startedAt, trimStartMs, trimEndMs, storedBytes, chapters } = broadcast
  const timeline = await deps.recordings.timeline(lessonId, version)
  const all = cut(timeline, 0, null)
  const last = all.slots.at(-1)
  return {
    version,
    published,
    startedAt,
    fromMs: all.trimStartMs,
    toMs: last ? last.startMs + last.durationMs : 0,
    trimStartMs,
    trimEndMs,
    durationMs: cut(timeline, trimStartMs, trimEndMs).durationMs,
    storedBytes,
    chapters: chapters ?? (await chaptersInLog(deps.db, lessonId)),
    named: chapters !== null,
  }
}

async function changeReplay(
  deps: ReplayEditingDeps,
  user: User,
  lessonId: string,
  { version, chapters, ...values }: ReplayChange,
): Promise<ReplayEdit> {
  const broadcast = await editable(deps, user, lessonId)
  const { trimStartMs, trimEndMs } = { ...broadcast, ...values }
  const timeline = await deps.recordings.timeline(lessonId, broadcast.version)
  if (cut(timeline, trimStartMs, trimEndMs).slots.length === 0 || (trimEndMs !== null && trimEndMs <= trimStartMs))
    throw new AppError('bad_request', 'nothing would be left of it')
  const named = chapters?.map(({ mediaMs, title }) => ({ mediaMs, title: title.trim() }))
  const [changed] = await deps.db
    .update(broadcasts)
    .set({
      ...values,
      ...(chapters !== undefined && { chapters: named?.sort((one, other) => one.mediaMs - other.mediaMs) ?? null }),
      version: version + 1,
    })
    .where(and(eq(broadcasts.lessonId, lessonId), eq(broadcasts.version, version), isNull(broadcasts.removedAt)))
    .returning({ version: broadcasts.version })
  if (!changed) throw new AppError('changed_elsewhere', 'this replay was changed since it was read')
  return read(deps, user, lessonId)
}

async function remove(deps: ReplayEditingDeps, user: User, lessonId: string): Promise<void> {
  const { db, now } = deps
  await editable(deps, user, lessonId)
  await db.transaction(async (tx) => {
    await tx.update(broadcasts).set({ removedAt: now() }).where(eq(broadcasts.lessonId, lessonId))
    await record(tx, {
      actorId: user.id,
      action: 'replayRemoved',
      subject: 'lesson',
      subjectId: lessonId,
      at: now(),
    })
  })
}

async function editable({ db, now }: ReplayEditingDeps, user: User, lessonId: string): Promise<Broadcast> {
  const [row] = await db
    .select({ teacherId: lessons.teacherId, courseTeacherId: courses.teacherId })
    .from(lessons)
    .leftJoin(courses, eq(courses.id, lessons.courseId))
    .where(and(eq(lessons.id, lessonId), isNull(lessons.cancelledAt)))
  if (!row) throw new AppError('not_found', 'there is no such lesson')
  const teaches = mayTeach(user) && [row.teacherId, row.courseTeacherId].includes(user.id)
  if (!teaches && !isStaff(user)) throw new AppError('forbidden', 'only the teacher of this lesson may do this')
  return recordedBroadcast(db, lessonId, now())
}
