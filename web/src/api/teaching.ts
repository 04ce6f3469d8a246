/** The calls of those who make courses, and of operators who arrange what is on sale. */
import type {
  Category,
  CategoryChange,
  CourseChange,
  CourseDraft,
  CourseStatus,
  LessonDraft,
  LessonEdit,
  NewCategory,
  NewCourse,
  NewCourseLesson,
  NewPlan,
  OutlineOrder,
  PlanChange,
  PlanDraft,
  ReviewDesk,
  TeachingList,
} from '../../../src/courses/schema.ts'
import { http } from './api.ts'
import { queryOf } from './course-calls.ts'

const course = (id: string) => `/api/teaching/courses/${encodeURIComponent(id)}`
const lesson = (id: string) => `/api/teaching/lessons/${encodeURIComponent(id)}`

export const teachingApi = {
  courses: (everyone: boolean, after?: string) =>
    http.get<TeachingList>(`/api/teaching/courses${queryOf({ after, everyone: everyone ? 'true' : undefined })}`),
  createCourse: (form: NewCourse) => http.post<CourseDraft>('/api/teaching/courses', form),
  course: (id: string) => http.get<CourseDraft>(course(id)),
  changeCourse: (id: string, change: CourseChange) => http.patch<CourseDraft>(course(id), change),
  setStatus: (id: string, status: CourseStatus) => http.put<CourseDraft>(`${course(id)}/status`, { status }),
  deleteCourse: (id: string) => http.delete<void>(course(id)),
  setOutline: (id: string, order: OutlineOrder) => http.put<CourseDraft>(`${course(id)}/outline`, order),
  addLesson: (courseId: string, form: NewCourseLesson) => http.post<LessonDraft>(`${course(courseId)}/lessons`, form),
  lesson: (id: string) => http.get<LessonDraft>(lesson(id)),
  changeLesson: (id: string, edit: LessonEdit) => http.patch<LessonDraft>(lesson(id), edit),
  deleteLesson: (id: string, confirmed: boolean) =>
    http.delete<void>(`${lesson(id)}${queryOf({ confirmed: confirmed ? 'true' : undefined })}`),
}

const category = (id: string) => `/api/categories/${encodeURIComponent(id)}`

export const shelfApi = {
  addCategory: (form: NewCategory) => http.post<Category>('/api/categories', form),
  changeCategory: (id: string, change: CategoryChange) => http.patch<Category>(category(id), change),
  deleteCategory: (id: string) => http.delete<void>(category(id)),
  orderCategories: (ids: string[]) => http.put<void>('/api/categories/order', { ids }),
  plans: () => http.get<{ plans: PlanDraft[] }>('/api/operating/membership-plans'),
  addPlan: (form: NewPlan) => http.post<PlanDraft>('/api/membership-plans', form),
  changePlan: (id: string, change: PlanChange) =>
    http.patch<PlanDraft>(`/api/membership-plans/${encodeURIComponent(id)}`, change),
  reviews: (after?: string) => http.get<ReviewDesk>(`/api/reviews${queryOf({ after })}`),
  hideReview: (id: string, hidden: boolean) =>
    http.put<void>(`/api/reviews/${encodeURIComponent(id)}/hidden`, { hidden }),
}
