/** Courses: what is on sale, what is in them, what people say of them, and how far they have come. */
import { listCategories, listCourses, listPlans } from './catalogue.ts'
import type { CoursesDeps } from './course.ts'
import { coursePage, myCourses } from './course-page.ts'
import type { Viewer } from './lesson.ts'
import { lessonPage } from './lesson-page.ts'
import { createOperating } from './operating/service.ts'
import { readProgress, reportProgress } from './progress.ts'
import { deleteReview, listReviews, writeReview } from './reviews.ts'
import type { CourseQuery, OwnReview, ProgressReport } from './schema.ts'
import { createTeaching } from './teaching/service.ts'

export type { CoursesDeps }
export type CourseService = ReturnType<typeof createCourses>

export function createCourses(deps: CoursesDeps) {
  return {
    categories: () => listCategories(deps),
    list: (viewer: Viewer | null, query: CourseQuery) => listCourses(deps, viewer, query),
    plans: (viewer: Viewer | null) => listPlans(deps, viewer),
    page: (viewer: Viewer | null, courseId: string) => coursePage(deps, viewer, courseId),
    mine: (viewer: Viewer, after?: string) => myCourses(deps, viewer, after),
    lessonPage: (viewer: Viewer | null, lessonId: string) => lessonPage(deps, viewer, lessonId),
    progress: (viewer: Viewer, lessonId: string) => readProgress(deps, viewer, lessonId),
    reportProgress: (viewer: Viewer, lessonId: string, report: ProgressReport) =>
      reportProgress(deps, viewer, lessonId, report),
    reviews: (viewer: Viewer | null, courseId: string, after?: string) => listReviews(deps, viewer, courseId, after),
    review: (viewer: Viewer, courseId: string, review: OwnReview) => writeReview(deps, viewer, courseId, review),
    deleteReview: (viewer: Viewer, courseId: string) => deleteReview(deps, viewer, courseId),
    teaching: createTeaching(deps),
    operating: createOperating(deps),
  }
}
