/** The documents of a lesson that can be brought to the board of its class. */
import type { CoursewareList } from '../../../src/courses/schema.ts'
import { http } from './api.ts'

const path = (lessonId: string) => `/api/lessons/${encodeURIComponent(lessonId)}/courseware`

export const coursewareApi = {
  list: (lessonId: string) => http.get<CoursewareList>(path(lessonId)),
  add: (lessonId: string, fileId: string) => http.post<CoursewareList>(path(lessonId), { fileId }),
}
