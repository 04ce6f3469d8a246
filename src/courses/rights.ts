/** What courses need to know of rights. They are decided further to the right; `src/main.ts` hands them over. */
import type { ErrorCode } from '../../signaling/protocol/errors.ts'
import type { Viewer } from './lesson.ts'
import type { Access, CourseRight } from './schema.ts'

export type LessonDecision =
  | { allowed: true; via: NonNullable<Access['via']> }
  | { allowed: 'trial'; trialSeconds: number }
  | { allowed: false; code: ErrorCode }

export interface RightsView {
  /** Those of these courses that are open as a whole to this viewer, each with what opens it and until when. */
  viewOf(viewer: Viewer | null, courseIds: string[]): Promise<Map<string, CourseRight>>
  /** Until when each membership lasts that this user has, by the id of its plan. */
  membershipsOf(viewer: Viewer | null): Promise<Map<string, number | null>>
  /** The one question, of a lesson. */
  mayI(viewer: Viewer | null, action: 'enter' | 'watch' | 'read', thing: { lessonId: string }): Promise<LessonDecision>
}
