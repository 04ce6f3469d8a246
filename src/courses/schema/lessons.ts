/** Lessons, as they travel over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../../signaling/protocol/define.ts'
import { LessonStatusSchema } from '../../../signaling/protocol/lesson.ts'
import { lineOfText, UserSchema } from '../../users/schema.ts'
import {
  AccessSchema,
  CourseName,
  DvrMinutes,
  FileSchema,
  LessonKindSchema,
  OpennessSchema,
  Teacher,
  textOf,
  Uuid,
} from './shared.ts'

/** A live one. */
export const LessonSchema = object({
  id: Uuid,
  kind: Type.Literal('live'),
  title: Type.String(),
  description: Type.String(),
  teacher: Teacher,
  /** Null: on its own, open to everyone who is signed in. */
  course: nullable(CourseName),
  free: Type.Boolean(),
  trialSeconds: Type.Integer(),
  startsAt: Type.Integer(),
  durationMinutes: Type.Integer(),
  /** How far back its viewers may go while it is on. */
  dvrMinutes: Type.Integer(),
  /** Whether each viewer's own mark moves over the picture. */
  watermark: Type.Boolean(),
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

/** PDF documents that can be brought to the board of a lesson. */
export const CoursewareSchema = object({ files: Type.Array(FileSchema) })
export type CoursewareList = Static<typeof CoursewareSchema>

const Neighbour = object({ id: Uuid, kind: LessonKindSchema, title: Type.String(), access: OpennessSchema })

/** What every lesson's page has: what its viewer would be in its room, what is open, and what comes before and after it. */
const pageParts = {
  /** Null for a visitor who is not signed in. */
  role: nullable(oneOf('teacher', 'assistant', 'student')),
  access: AccessSchema,
  /** For those to whom the lesson is open. */
  attachments: Type.Array(FileSchema),
  previous: nullable(Neighbour),
  next: nullable(Neighbour),
  now: Type.Integer(),
}

export const LiveLessonPageSchema = object({ lesson: LessonSchema, ...pageParts })
/** Of a live lesson. */
export type LessonPage = Static<typeof LiveLessonPageSchema>

/** A lesson to be watched or read at any time. */
export const StudyLessonSchema = object({
  id: Uuid,
  kind: oneOf('video', 'article', 'document'),
  title: Type.String(),
  description: Type.String(),
  teacher: Teacher,
  course: CourseName,
  free: Type.Boolean(),
  trialSeconds: Type.Integer(),
  /** Of a video that can be played. */
  durationMs: nullable(Type.Integer()),
  /** Whether there is something to watch or to read yet. */
  ready: Type.Boolean(),
})
export type StudyLesson = Static<typeof StudyLessonSchema>

export const StudyPageSchema = object({
  lesson: StudyLessonSchema,
  ...pageParts,
  /** Of an article, in Markdown: all of it, its beginning for those who may only try, null for everyone else. */
  body: nullable(Type.String()),
  /** Says that `body` is a beginning only. */
  bodyIsCut: Type.Boolean(),
  /** Of a document, and of a video: for those to whom it is open, a video also for those who may try. */
  file: nullable(FileSchema),
})
/** Of a lesson of any other kind. */
export type StudyPage = Static<typeof StudyPageSchema>

export const AnyLessonPageSchema = Type.Union([LiveLessonPageSchema, StudyPageSchema])
export type AnyLessonPage = LessonPage | StudyPage

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
const description = textOf(5000)
const durationMinutes = Type.Integer({ minimum: 5, maximum: 24 * 60 })
const startsAt = Type.Integer({ minimum: 0, maximum: 8.64e15 })

export const NewLessonSchema = object({
  title,
  description: Type.Optional(description),
  startsAt,
  durationMinutes: Type.Optional(durationMinutes),
  dvrMinutes: Type.Optional(DvrMinutes),
  watermark: Type.Optional(Type.Boolean()),
})
export type NewLesson = Static<typeof NewLessonSchema>

/** Only a lesson that has not gone live can change its time. */
export const LessonChangeSchema = object({
  title: Type.Optional(title),
  description: Type.Optional(description),
  startsAt: Type.Optional(startsAt),
  durationMinutes: Type.Optional(durationMinutes),
  /** Counts from the next beginning on. */
  dvrMinutes: Type.Optional(DvrMinutes),
  watermark: Type.Optional(Type.Boolean()),
})
export type LessonChange = Static<typeof LessonChangeSchema>

export const AssistantSchema = object({
  username: Type.String({ minLength: 1, maxLength: 32, pattern: '^[^\\u0000]+$' }),
})
/** Sorted by username. */
export const AssistantListSchema = object({ assistants: Type.Array(UserSchema) })
export const AssistantParamsSchema = object({ id: Uuid, userId: Uuid })

/** From and to, in milliseconds of the lesson's own time. */
const Range = Type.Tuple([
  Type.Integer({ minimum: 0, maximum: 86_400_000 }),
  Type.Integer({ minimum: 1, maximum: 86_400_000 }),
])

/** How far its owner has come in one lesson. */
export const ProgressSchema = object({
  positionMs: Type.Integer(),
  /** Sorted, and no two of them touch. */
  watched: Type.Array(Range),
  watchedMs: Type.Integer(),
  completedAt: nullable(Type.Integer()),
  updatedAt: Type.Integer(),
})
export type Progress = Static<typeof ProgressSchema>
export const ProgressAnswerSchema = object({ progress: nullable(ProgressSchema) })

/** Repeating a report changes nothing; a player may send all that was watched since its page was opened. */
export const ProgressReportSchema = object({
  positionMs: Type.Integer({ minimum: 0, maximum: 86_400_000 }),
  watched: Type.Array(Range, { maxItems: 200 }),
  /** Of an article or document: its end was reached. */
  finished: Type.Optional(Type.Boolean()),
})
export type ProgressReport = Static<typeof ProgressReportSchema>
