/** Lessons, as they travel over HTTP. All times are milliseconds since 1970 on the server's clock. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../signaling/protocol/define.ts'
import { LessonStatusSchema } from '../../signaling/protocol/lesson.ts'
import { lineOfText, UserSchema } from '../users/schema.ts'

const Uuid = Type.String({ format: 'uuid' })

export const LessonSchema = object({
  id: Uuid,
  title: Type.String(),
  description: Type.String(),
  teacher: object({ id: Uuid, displayName: Type.String() }),
  startsAt: Type.Integer(),
  durationMinutes: Type.Integer(),
  status: LessonStatusSchema,
  /** From this moment on students may enter the lobby. */
  lobbyOpensAt: Type.Integer(),
  startedAt: nullable(Type.Integer()),
  endedAt: nullable(Type.Integer()),
  /** People in the room now. */
  online: Type.Integer(),
  /** When the current picture, at `/api/lessons/:id/frame.jpg`, was taken; null where there is none. */
  frameAt: nullable(Type.Integer()),
})
export type Lesson = Static<typeof LessonSchema>

/** A lesson as one viewer sees it: what the viewer would be in its room, null for a visitor who is not signed in. */
export const LessonPageSchema = object({
  lesson: LessonSchema,
  role: nullable(oneOf('teacher', 'assistant', 'student')),
  now: Type.Integer(),
})
export type LessonPage = Static<typeof LessonPageSchema>

export const lessonFilters = ['live', 'upcoming', 'ended', 'mine'] as const
export const LessonQuerySchema = object({
  /** `live` includes paused ones; `upcoming` those scheduled or in the lobby, soonest first; `mine` those one teaches or assists. */
  filter: oneOf(...lessonFilters),
  after: Type.Optional(Type.String({ maxLength: 100 })),
})
export type LessonQuery = Static<typeof LessonQuerySchema>
export const LessonListSchema = object({
  lessons: Type.Array(LessonSchema),
  next: nullable(Type.String()),
  now: Type.Integer(),
})
export type LessonList = Static<typeof LessonListSchema>

const title = lineOfText(120)
const description = Type.String({ maxLength: 5000, pattern: '^[^\\u0000]*$' })
const durationMinutes = Type.Integer({ minimum: 5, maximum: 24 * 60 })
const startsAt = Type.Integer({ minimum: 0, maximum: 8.64e15 })

export const NewLessonSchema = object({
  title,
  description: Type.Optional(description),
  startsAt,
  durationMinutes: Type.Optional(durationMinutes),
})
export type NewLesson = Static<typeof NewLessonSchema>

/** Only a lesson that has not gone live can change its time. */
export const LessonChangeSchema = object({
  title: Type.Optional(title),
  description: Type.Optional(description),
  startsAt: Type.Optional(startsAt),
  durationMinutes: Type.Optional(durationMinutes),
})
export type LessonChange = Static<typeof LessonChangeSchema>

export const AssistantSchema = object({
  username: Type.String({ minLength: 1, maxLength: 32, pattern: '^[^\\u0000]+$' }),
})
/** Sorted by username. */
export const AssistantListSchema = object({ assistants: Type.Array(UserSchema) })
export const AssistantParamsSchema = object({ id: Uuid, userId: Uuid })
