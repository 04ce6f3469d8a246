/** What the schemas of courses and lessons have in common. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../../signaling/protocol/define.ts'

export const Uuid = Type.String({ format: 'uuid' })
export const Fen = Type.Integer({ minimum: 0 })
export const Cursor = Type.String({ maxLength: 100 })
export const Teacher = object({ id: Uuid, displayName: Type.String() })
export const CourseName = object({ id: Uuid, title: Type.String() })

export const lessonKinds = ['live', 'video', 'article', 'document'] as const
export type LessonKind = (typeof lessonKinds)[number]
export const LessonKindSchema = oneOf<LessonKind>(...lessonKinds)

/** `open`: may be used now; `trial`: a part of it may; `locked`: nothing of it. */
export const openness = ['open', 'trial', 'locked'] as const
export const OpennessSchema = oneOf(...openness)
export type Openness = (typeof openness)[number]

/** What opens a course as a whole to one viewer, and until when; null: for good. */
export const CourseRightSchema = object({
  via: oneOf('entitlement', 'membership', 'teaching', 'staff'),
  endsAt: nullable(Type.Integer()),
})
export type CourseRight = Static<typeof CourseRightSchema>

export const AccessSchema = object({
  state: OpennessSchema,
  /** What opens it; null where it is not open. */
  via: nullable(oneOf('free', 'entitlement', 'membership', 'teaching', 'staff')),
  /** Why it is locked, as an error code: `unauthorized` for visitors, else `not_entitled`. */
  reason: nullable(Type.String()),
})
export type Access = Static<typeof AccessSchema>

/** A file that belongs to a lesson; its bytes are behind `/api/files`. */
export const FileSchema = object({ id: Uuid, name: Type.String(), mimeType: Type.String(), sizeBytes: Type.Integer() })
export type FileInfo = Static<typeof FileSchema>

/** Text of several lines, without the character that PostgreSQL cannot store. */
export const textOf = (maxLength: number) => Type.String({ maxLength, pattern: '^[^\\u0000]*$' })

/** How far back viewers may go while a class is on. */
export const DvrMinutes = Type.Integer({ minimum: 0, maximum: 240 })
