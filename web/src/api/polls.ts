/** The polls and quizzes that are prepared for a class. */
import type { PreparedPolls } from '../../../src/courses/schema.ts'
import { http } from './api.ts'

const path = (lessonId: string) => `/api/lessons/${encodeURIComponent(lessonId)}/polls`

export const pollsApi = {
  list: (lessonId: string) => http.get<PreparedPolls>(path(lessonId)),
  set: (lessonId: string, polls: PreparedPolls) => http.put<PreparedPolls>(path(lessonId), polls),
}
