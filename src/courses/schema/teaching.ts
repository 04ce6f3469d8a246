/** What teachers make and operators arrange, as it travels over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../../signaling/protocol/define.ts'
import { LessonStatusSchema } from '../../../signaling/protocol/lesson.ts'
import { lineOfText } from '../../users/schema.ts'
import { CourseCardSchema, CourseStatusSchema, MembershipPlanSchema, ReviewSchema } from './catalogue.ts'
import { CourseName, Cursor, DvrMinutes, FileSchema, LessonKindSchema, textOf, Uuid } from './shared.ts'

/** ¥1,000,000.00 */
const MOST_FEN = 100_000_000
const Price = Type.Integer({ minimum: 0, maximum: MOST_FEN })
const Version = Type.Integer({ minimum: 1 })
const Title = lineOfText(120)

/** What a course or one of its lessons lacks before it can be published. */
export const lacks = [
  'summary',
  'intro',
  'lessons',
  'article_empty',
  'video_missing',
  'video_processing',
  'video_failed',
  'document_missing',
  'class_past',
] as const
export type Lack = (typeof lacks)[number]

const courseFields = {
  title: Title,
  summary: Type.Optional(textOf(200)),
  /** Markdown. */
  intro: Type.Optional(textOf(20_000)),
  categoryId: Type.Optional(nullable(Uuid)),
  coverFileId: Type.Optional(nullable(Uuid)),
  priceFen: Type.Optional(Price),
  /** Higher than the price, or null. */
  listPriceFen: Type.Optional(nullable(Price)),
  accessDays: Type.Optional(nullable(Type.Integer({ minimum: 1, maximum: 3660 }))),
}
export const NewCourseSchema = object(courseFields)
export type NewCourse = Static<typeof NewCourseSchema>
/** `version` is the one that was seen: another one is answered with `changed_elsewhere`. */
export const CourseChangeSchema = object({ ...courseFields, title: Type.Optional(Title), version: Version })
export type CourseChange = Static<typeof CourseChangeSchema>

export const StatusChangeSchema = object({ status: CourseStatusSchema })

const DraftVideo = object({
  status: oneOf('queued', 'processing', 'ready', 'failed'),
  progressPercent: Type.Integer(),
  failure: nullable(Type.String()),
  durationMs: nullable(Type.Integer()),
})

/** A lesson as it stands in its teacher's outline. */
export const DraftOutlineLessonSchema = object({
  id: Uuid,
  kind: LessonKindSchema,
  title: Type.String(),
  free: Type.Boolean(),
  trialSeconds: Type.Integer(),
  startsAt: nullable(Type.Integer()),
  durationMinutes: nullable(Type.Integer()),
  /** Of a live lesson. */
  status: LessonStatusSchema,
  video: nullable(DraftVideo),
  lack: nullable(oneOf(...lacks)),
})
export type DraftOutlineLesson = Static<typeof DraftOutlineLessonSchema>

/** A course as its teacher edits it. */
export const CourseDraftSchema = object({
  ...CourseCardSchema.properties,
  intro: Type.String(),
  cover: nullable(FileSchema),
  /** Lessons outside of all chapters come first, in one whose `id` is null and whose `title` is empty. */
  outline: Type.Array(
    object({ id: nullable(Uuid), title: Type.String(), lessons: Type.Array(DraftOutlineLessonSchema) }),
  ),
  /** What stands against publishing it. */
  lacks: Type.Array(object({ what: oneOf(...lacks), lessonId: nullable(Uuid) })),
  /** Nobody has it: it may go back to being a draft. */
  untouched: Type.Boolean(),
  version: Version,
  outlineVersion: Version,
  createdAt: Type.Integer(),
  updatedAt: Type.Integer(),
})
export type CourseDraft = Static<typeof CourseDraftSchema>

export const TeachingQuerySchema = object({
  status: Type.Optional(CourseStatusSchema),
  /** Operators: those of all teachers. */
  everyone: Type.Optional(Type.Boolean()),
  after: Type.Optional(Cursor),
})
export type TeachingQuery = Static<typeof TeachingQuerySchema>
export const TeachingListSchema = object({ courses: Type.Array(CourseCardSchema), next: nullable(Type.String()) })
export type TeachingList = Static<typeof TeachingListSchema>

export const MOST_CHAPTERS = 100
export const MOST_LESSONS = 500
const LessonIds = Type.Array(Uuid, { maxItems: MOST_LESSONS })
/** All lessons in their new order. A chapter without `id` is new; one that is not named is gone. */
export const OutlineOrderSchema = object({
  version: Version,
  loose: LessonIds,
  chapters: Type.Array(object({ id: Type.Optional(Uuid), title: Title, lessons: LessonIds }), {
    maxItems: MOST_CHAPTERS,
  }),
})
export type OutlineOrder = Static<typeof OutlineOrderSchema>

const startsAt = Type.Integer({ minimum: 0, maximum: 8.64e15 })
const durationMinutes = Type.Integer({ minimum: 5, maximum: 24 * 60 })

export const NewCourseLessonSchema = object({
  kind: LessonKindSchema,
  title: Title,
  chapterId: Type.Optional(nullable(Uuid)),
  /** Of a live one, which has to have it. */
  startsAt: Type.Optional(startsAt),
  durationMinutes: Type.Optional(durationMinutes),
})
export type NewCourseLesson = Static<typeof NewCourseLessonSchema>

/** A lesson as its teacher edits it. */
export const LessonDraftSchema = object({
  id: Uuid,
  course: CourseName,
  kind: LessonKindSchema,
  title: Type.String(),
  description: Type.String(),
  body: Type.String(),
  free: Type.Boolean(),
  trialSeconds: Type.Integer(),
  startsAt: nullable(Type.Integer()),
  durationMinutes: nullable(Type.Integer()),
  dvrMinutes: Type.Integer(),
  watermark: Type.Boolean(),
  status: LessonStatusSchema,
  file: nullable(FileSchema),
  video: nullable(DraftVideo),
  attachments: Type.Array(FileSchema),
  lack: nullable(oneOf(...lacks)),
  /** People who have begun it. */
  learners: Type.Integer(),
  version: Version,
})
export type LessonDraft = Static<typeof LessonDraftSchema>

export const LessonEditSchema = object({
  version: Version,
  title: Type.Optional(Title),
  description: Type.Optional(textOf(5000)),
  /** Of an article: Markdown. */
  body: Type.Optional(textOf(60_000)),
  free: Type.Optional(Type.Boolean()),
  trialSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 3600 })),
  startsAt: Type.Optional(startsAt),
  durationMinutes: Type.Optional(durationMinutes),
  /** Of a live lesson. */
  dvrMinutes: Type.Optional(DvrMinutes),
  /** Of a live lesson or a video. */
  watermark: Type.Optional(Type.Boolean()),
  /** Of a video or a document. */
  fileId: Type.Optional(nullable(Uuid)),
  attachmentIds: Type.Optional(Type.Array(Uuid, { maxItems: 20, uniqueItems: true })),
})
export type LessonEdit = Static<typeof LessonEditSchema>

/** Without `confirmed`, a lesson that somebody may miss is answered with `has_learners`. */
export const DeleteLessonQuerySchema = object({ confirmed: Type.Optional(Type.Boolean()) })

const Slug = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' })
export const NewCategorySchema = object({ slug: Slug, nameZh: lineOfText(40), nameEn: lineOfText(40) })
export type NewCategory = Static<typeof NewCategorySchema>
export const CategoryChangeSchema = object({
  slug: Type.Optional(Slug),
  nameZh: Type.Optional(lineOfText(40)),
  nameEn: Type.Optional(lineOfText(40)),
})
export type CategoryChange = Static<typeof CategoryChangeSchema>
export const CategoryOrderSchema = object({ ids: Type.Array(Uuid, { maxItems: 200, uniqueItems: true }) })

const planFields = {
  title: Title,
  description: Type.Optional(textOf(2000)),
  priceFen: Price,
  listPriceFen: Type.Optional(nullable(Price)),
  days: Type.Integer({ minimum: 1, maximum: 3660 }),
  allCourses: Type.Optional(Type.Boolean()),
  onSale: Type.Optional(Type.Boolean()),
  position: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  /** What it opens, where it does not open all. */
  courseIds: Type.Optional(Type.Array(Uuid, { maxItems: 500, uniqueItems: true })),
}
export const NewPlanSchema = object(planFields)
export type NewPlan = Static<typeof NewPlanSchema>
export const PlanChangeSchema = object({
  ...planFields,
  title: Type.Optional(Title),
  priceFen: Type.Optional(Price),
  days: Type.Optional(planFields.days),
})
export type PlanChange = Static<typeof PlanChangeSchema>
/** With all of its courses, and how many people have it now. */
export const PlanDraftSchema = object({
  ...MembershipPlanSchema.properties,
  onSale: Type.Boolean(),
  position: Type.Integer(),
  members: Type.Integer(),
})
export type PlanDraft = Static<typeof PlanDraftSchema>
export const PlanDraftListSchema = object({ plans: Type.Array(PlanDraftSchema) })

export const HiddenSchema = object({ hidden: Type.Boolean() })
/** The latest first, of all courses. */
export const ReviewDeskSchema = object({
  reviews: Type.Array(object({ ...ReviewSchema.properties, course: CourseName })),
  next: nullable(Type.String()),
})
export type ReviewDesk = Static<typeof ReviewDeskSchema>
