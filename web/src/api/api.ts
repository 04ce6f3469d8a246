/** Every call to the server, by name. */
import type {
  AnyLessonPage,
  Lesson,
  LessonChange,
  LessonList,
  lessonFilters,
  NewLesson,
} from '../../../src/courses/schema.ts'
import type { TicketAnswer } from '../../../src/entitlements/schema.ts'
import type { NewStreamKey, StreamAccess } from '../../../src/streaming/schema.ts'
import type { SignedIn, User } from '../../../src/users/schema.ts'
import { serverClock } from '../server-clock.ts'
import { accountCalls } from './account-calls.ts'
import { courseCalls } from './course-calls.ts'
import { createHttp, send } from './http.ts'
import { Session } from './session.ts'

export const session = new Session({
  refresh: () => send<SignedIn>('POST', '/api/session/refresh'),
  storage: localStorage,
  // Without locks (a page over plain http) tabs may refresh at once; within this tab there is still only one.
  exclusively: (work) => (navigator.locks ? navigator.locks.request('session', work) : work()),
})
addEventListener('storage', ({ key }) => session.noticeOtherTab(key))

export const http = createHttp(session)

export type LessonFilter = (typeof lessonFilters)[number]

/** Every answer with the server's time in it sets our clock. */
export async function timed<T extends { now: number }>(request: () => Promise<T>): Promise<T> {
  const sentAt = Date.now()
  const answer = await request()
  serverClock.sample(answer.now, sentAt)
  return answer
}

const lesson = (id: string) => `/api/lessons/${encodeURIComponent(id)}`

export const api = {
  ...accountCalls(http, session),
  lessons: (filter: LessonFilter, after?: string) =>
    timed(() =>
      http.get<LessonList>(`/api/lessons?${new URLSearchParams({ filter, ...(after ? { after } : {}) }).toString()}`),
    ),
  lesson: (id: string) => timed(() => http.get<AnyLessonPage>(lesson(id))),
  createLesson: (form: NewLesson) => http.post<Lesson>('/api/lessons', form),
  changeLesson: (id: string, change: LessonChange) => http.patch<Lesson>(lesson(id), change),
  deleteLesson: (id: string) => http.delete<void>(lesson(id)),
  sendFrame: (id: string, jpeg: Blob) => http.put<void>(`${lesson(id)}/frame`, jpeg),
  removeFrame: (id: string) => http.delete<void>(`${lesson(id)}/frame`),
  streamAccess: (id: string) => http.get<StreamAccess>(`${lesson(id)}/stream`),
  makeStreamKey: (id: string) => http.post<NewStreamKey>(`${lesson(id)}/stream/key`),
  assistants: (id: string) => http.get<{ assistants: User[] }>(`${lesson(id)}/assistants`),
  addAssistant: (id: string, username: string) => http.post<User>(`${lesson(id)}/assistants`, { username }),
  removeAssistant: (id: string, userId: string) =>
    http.delete<void>(`${lesson(id)}/assistants/${encodeURIComponent(userId)}`),
  ...courseCalls(http),
  ticket: (id: string) => http.post<TicketAnswer>(`${lesson(id)}/ticket`),
}
