/** The calls about courses: finding, reading, learning, reviewing. */
import type {
  AnyLessonPage,
  CategoryList,
  CourseList,
  CoursePage,
  CourseQuery,
  LessonPage,
  MembershipPlanList,
  MyCourses,
  OwnReview,
  Progress,
  ProgressReport,
  Review,
  ReviewList,
} from '../../../src/courses/schema.ts'
import type { Http } from './http.ts'

type ProgressAnswer = { progress: Progress | null }

export const courseCalls = (http: Http) => ({
  categories: () => http.get<CategoryList>('/api/categories'),
  courses: (query: CourseQuery) => http.get<CourseList>(`/api/courses${queryOf(query)}`),
  course: (id: string) => http.get<CoursePage>(course(id)),
  myCourses: (after?: string) => http.get<MyCourses>(`/api/my/courses${queryOf({ after })}`),
  membershipPlans: () => http.get<MembershipPlanList>('/api/membership-plans'),
  reviews: (courseId: string, after?: string) =>
    http.get<ReviewList>(`${course(courseId)}/reviews${queryOf({ after })}`),
  writeReview: (courseId: string, review: OwnReview) => http.put<Review>(`${course(courseId)}/review`, review),
  deleteReview: (courseId: string) => http.delete<void>(`${course(courseId)}/review`),
  progress: (lessonId: string) => http.get<ProgressAnswer>(progress(lessonId)),
  reportProgress: (lessonId: string, report: ProgressReport) => http.put<ProgressAnswer>(progress(lessonId), report),
})

/** A live lesson's page has a room behind it; the others are watched or read. */
export const isLive = (page: AnyLessonPage): page is LessonPage => page.lesson.kind === 'live'

const course = (id: string) => `/api/courses/${encodeURIComponent(id)}`
const progress = (lessonId: string) => `/api/lessons/${encodeURIComponent(lessonId)}/progress`

/** `?name=value…`, or nothing where nothing is given. */
export function queryOf(values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return given.length > 0 ? `?${new URLSearchParams(given)}` : ''
}
