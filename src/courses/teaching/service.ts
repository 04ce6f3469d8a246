/** What teachers do with their courses, and operators with all of them. */
import type { Viewer } from '../lesson.ts'
import type {
  CourseChange,
  CourseStatus,
  LessonEdit,
  NewCourse,
  NewCourseLesson,
  OutlineOrder,
  TeachingQuery,
} from '../schema.ts'
import { changeCourse, createCourse, deleteCourse, listOwn, setStatus } from './courses.ts'
import type { TeachingDeps } from './deps.ts'
import { courseDraft, lessonDraft } from './draft.ts'
import { addLesson, changeLesson, deleteLesson } from './lessons.ts'
import { setOrder } from './order.ts'

export type Teaching = ReturnType<typeof createTeaching>

/** Whoever changes something says which version of it they saw; `changed_elsewhere` is thrown where it is another one now. */
export function createTeaching(deps: TeachingDeps) {
  return {
    list: (user: Viewer, query: TeachingQuery) => listOwn(deps, user, query),
    create: (user: Viewer, course: NewCourse) => createCourse(deps, user, course),
    course: (user: Viewer, courseId: string) => courseDraft(deps, user, courseId),
    change: (user: Viewer, courseId: string, change: CourseChange) => changeCourse(deps, user, courseId, change),
    /** Throws `not_ready` where something is missing. */
    setStatus: (user: Viewer, courseId: string, status: CourseStatus) => setStatus(deps, user, courseId, status),
    remove: (user: Viewer, courseId: string) => deleteCourse(deps, user, courseId),
    setOrder: (user: Viewer, courseId: string, order: OutlineOrder) => setOrder(deps, user, courseId, order),
    addLesson: (user: Viewer, courseId: string, lesson: NewCourseLesson) => addLesson(deps, user, courseId, lesson),
    lesson: (user: Viewer, lessonId: string) => lessonDraft(deps, user, lessonId),
    changeLesson: (user: Viewer, lessonId: string, edit: LessonEdit) => changeLesson(deps, user, lessonId, edit),
    /** Throws `has_learners` where somebody would miss it and `confirmed` is not said. */
    removeLesson: (user: Viewer, lessonId: string, confirmed = false) => deleteLesson(deps, user, lessonId, confirmed),
  }
}
