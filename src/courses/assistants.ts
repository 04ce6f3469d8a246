/** Who helps the teacher of a lesson. Whoever becomes one or stops being one has to enter the room anew. */
import { and, asc, eq } from 'drizzle-orm'
import { lessonAssistants, users } from '../../db/schema.ts'
import { AppError } from '../../signaling/protocol/errors.ts'
import type { User } from '../users/schema.ts'
import { type LessonsDeps, manageable, type Viewer } from './lesson.ts'

const publicColumns = { id: users.id, username: users.username, displayName: users.displayName, role: users.role }

export async function listAssistants(deps: LessonsDeps, user: Viewer, lessonId: string): Promise<User[]> {
  await manageable(deps, user, lessonId)
  return deps.db
    .select(publicColumns)
    .from(lessonAssistants)
    .innerJoin(users, eq(users.id, lessonAssistants.userId))
    .where(eq(lessonAssistants.lessonId, lessonId))
    .orderBy(asc(users.username))
}

export async function addAssistant(deps: LessonsDeps, user: Viewer, lessonId: string, username: string): Promise<User> {
  const { teacher } = await manageable(deps, user, lessonId)
  const [assistant] = await deps.db
    .select(publicColumns)
    .from(users)
    .where(eq(users.username, username.trim().toLowerCase()))
  if (!assistant) throw new AppError('not_found', 'there is no such user')
  if (assistant.id === teacher.id) throw new AppError('conflict', 'the teacher of a lesson cannot assist in it')
  const added = await deps.db
    .insert(lessonAssistants)
    .values({ lessonId, userId: assistant.id })
    .onConflictDoNothing()
    .returning()
  if (added.length > 0) await tellRoom(deps, lessonId, assistant.id)
  return assistant
}

export async function removeAssistant(deps: LessonsDeps, user: Viewer, lessonId: string, userId: string) {
  await manageable(deps, user, lessonId)
  const removed = await deps.db
    .delete(lessonAssistants)
    .where(and(eq(lessonAssistants.lessonId, lessonId), eq(lessonAssistants.userId, userId)))
    .returning()
  if (removed.length === 0) throw new AppError('not_found', 'this user is no assistant of the lesson')
  await tellRoom(deps, lessonId, userId)
}

const tellRoom = ({ bus }: LessonsDeps, lessonId: string, userId: string) =>
  bus.publish('accessRevoked', { userId, lessonId, reason: 'role_changed' })
