/** What is on sale and what its owners see of it, as it travels over HTTP. */
import { Type } from 'typebox'
import { nullable, object, oneOf, type Static } from '../../../signaling/protocol/define.ts'
import { LessonStatusSchema } from '../../../signaling/protocol/lesson.ts'
import {
  CourseName,
  CourseRightSchema,
  Cursor,
  Fen,
  LessonKindSchema,
  OpennessSchema,
  Teacher,
  textOf,
  Uuid,
} from './shared.ts'

export const CategorySchema = object({ id: Uuid, slug: Type.String(), nameZh: Type.String(), nameEn: Type.String() })
export type Category = Static<typeof CategorySchema>
/** In the order of the operators; `courses` counts the published ones. */
export const CategoryListSchema = object({
  categories: Type.Array(object({ ...CategorySchema.properties, courses: Type.Integer() })),
})
export type CategoryList = Static<typeof CategoryListSchema>

export const courseStatuses = ['draft', 'published', 'archived'] as const
export type CourseStatus = (typeof courseStatuses)[number]
export const CourseStatusSchema = oneOf<CourseStatus>(...courseStatuses)

/** A course as it stands in lists. */
export const CourseCardSchema = object({
  id: Uuid,
  title: Type.String(),
  summary: Type.String(),
  category: nullable(CategorySchema),
  teacher: Teacher,
  coverUrl: nullable(Type.String()),
  status: CourseStatusSchema,
  priceFen: Fen,
  /** The struck-through price, where there is one. */
  listPriceFen: nullable(Fen),
  /** How long a purchase opens it; null: for good. */
  accessDays: nullable(Type.Integer()),
  lessons: Type.Integer(),
  /** People who have bought it or were given it. */
  learners: Type.Integer(),
  rating: object({ average: nullable(Type.Number()), count: Type.Integer() }),
  publishedAt: nullable(Type.Integer()),
})
export type CourseCard = Static<typeof CourseCardSchema>

export const courseSorts = ['newest', 'popular', 'price_up', 'price_down'] as const
export type CourseSort = (typeof courseSorts)[number]
export const CourseQuerySchema = object({
  /** The slug of a category. */
  category: Type.Optional(Type.String({ maxLength: 64, pattern: '^[a-z0-9-]+$' })),
  teacher: Type.Optional(Uuid),
  /** Words that all have to be found in title, summary, teacher or lessons. */
  search: Type.Optional(textOf(80)),
  sort: Type.Optional(oneOf(...courseSorts)),
  after: Type.Optional(Cursor),
})
export type CourseQuery = Static<typeof CourseQuerySchema>
/** With what opens each course to the viewer, by its id. */
export const CourseListSchema = object({
  courses: Type.Array(object({ ...CourseCardSchema.properties, right: nullable(CourseRightSchema) })),
  next: nullable(Type.String()),
})
export type CourseList = Static<typeof CourseListSchema>

export const OutlineLessonSchema = object({
  id: Uuid,
  kind: LessonKindSchema,
  title: Type.String(),
  free: Type.Boolean(),
  trialSeconds: Type.Integer(),
  /** Of a video that can be played. */
  durationMs: nullable(Type.Integer()),
  /** Of a live lesson. */
  live: nullable(
    object({
      startsAt: Type.Integer(),
      durationMinutes: Type.Integer(),
      status: LessonStatusSchema,
      startedAt: nullable(Type.Integer()),
      endedAt: nullable(Type.Integer()),
    }),
  ),
  /** Whether there is something to watch or to read yet. */
  ready: Type.Boolean(),
  access: OpennessSchema,
  /** By the viewer. */
  completed: Type.Boolean(),
})
export type OutlineLesson = Static<typeof OutlineLessonSchema>

/** Lessons outside of all chapters come first, in one whose `id` is null and whose `title` is empty. */
export const OutlineSchema = Type.Array(
  object({ id: nullable(Uuid), title: Type.String(), lessons: Type.Array(OutlineLessonSchema) }),
)
export type Outline = Static<typeof OutlineSchema>

export const CourseProgressSchema = object({
  completed: Type.Integer(),
  lessons: Type.Integer(),
  percent: Type.Integer(),
  /** Where the viewer was last. */
  last: nullable(object({ id: Uuid, kind: LessonKindSchema, title: Type.String(), positionMs: Type.Integer() })),
})
export type CourseProgress = Static<typeof CourseProgressSchema>

export const ReviewSchema = object({
  id: Uuid,
  author: Type.String(),
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  text: Type.String(),
  createdAt: Type.Integer(),
  updatedAt: Type.Integer(),
  /** Only its author and operators see it. */
  hidden: Type.Boolean(),
  own: Type.Boolean(),
})
export type Review = Static<typeof ReviewSchema>
/** The latest first. */
export const ReviewListSchema = object({ reviews: Type.Array(ReviewSchema), next: nullable(Type.String()) })
export type ReviewList = Static<typeof ReviewListSchema>
export const OwnReviewSchema = object({
  rating: Type.Integer({ minimum: 1, maximum: 5 }),
  text: Type.Optional(textOf(2000)),
})
export type OwnReview = Static<typeof OwnReviewSchema>

export const CoursePageSchema = object({
  course: object({ ...CourseCardSchema.properties, intro: Type.String() }),
  outline: OutlineSchema,
  /** What all of this is to the viewer; null for a visitor who is not signed in. */
  viewer: nullable(
    object({
      /** Null: not open as a whole; single lessons may be. */
      right: nullable(CourseRightSchema),
      mayEdit: Type.Boolean(),
      mayReview: Type.Boolean(),
      review: nullable(ReviewSchema),
      progress: CourseProgressSchema,
    }),
  ),
  now: Type.Integer(),
})
export type CoursePage = Static<typeof CoursePageSchema>

/** What one has a right to or has begun, the last one used first; `right` is null where it is over. */
export const MyCoursesSchema = object({
  courses: Type.Array(
    object({ ...CourseCardSchema.properties, right: nullable(CourseRightSchema), progress: CourseProgressSchema }),
  ),
  next: nullable(Type.String()),
  now: Type.Integer(),
})
export type MyCourses = Static<typeof MyCoursesSchema>

export const MembershipPlanSchema = object({
  id: Uuid,
  title: Type.String(),
  description: Type.String(),
  priceFen: Fen,
  listPriceFen: nullable(Fen),
  days: Type.Integer(),
  allCourses: Type.Boolean(),
  /** The first of those it opens; empty where it opens all. */
  courses: Type.Array(CourseName),
  courseCount: Type.Integer(),
})
export const MembershipPlanListSchema = object({
  plans: Type.Array(
    object({
      ...MembershipPlanSchema.properties,
      /** One that is not is listed only for those who have it. */
      onSale: Type.Boolean(),
      /** The viewer's own, where there is one. */
      mine: nullable(object({ endsAt: nullable(Type.Integer()) })),
    }),
  ),
})
export type MembershipPlanList = Static<typeof MembershipPlanListSchema>
export const PageQuerySchema = object({ after: Type.Optional(Cursor) })
