/** What of a class is replayed, for its teacher. */
import type { ReplayChange, ReplayEdit, ReplayFile } from '../../../src/playback/schema.ts'
import { http } from './api.ts'

const path = (lessonId: string) => `/api/lessons/${encodeURIComponent(lessonId)}/replay`

export const replaysApi = {
  get: (lessonId: string) => http.get<ReplayEdit>(path(lessonId)),
  change: (lessonId: string, change: ReplayChange) => http.patch<ReplayEdit>(path(lessonId), change),
  /** Has it made into one file, or tells how far that is. */
  file: (lessonId: string) => http.post<ReplayFile>(`${path(lessonId)}/file`),
  remove: (lessonId: string) => http.delete<void>(path(lessonId)),
}
