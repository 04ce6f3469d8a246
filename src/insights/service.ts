/** What a class leaves behind, read from its log for those who gave it. */
import type { Db } from '../../db/client.ts'
import type { LessonService } from '../courses/service.ts'
import type { SignedInUser } from '../http/auth.ts'
import { questionsAsTable, questionsAsText, questionsOf } from './questions.ts'

export type InsightsDeps = { db: Db; lessons: Pick<LessonService, 'manageable'> }
export type Insights = ReturnType<typeof createInsights>

/** Only the teacher of a lesson, operators and admins are answered; the others are told `forbidden`. */
export function createInsights({ db, lessons }: InsightsDeps) {
  return {
    async questionsAsText(user: SignedInUser, lessonId: string): Promise<string> {
      const { title } = await lessons.manageable(user, lessonId)
      return questionsAsText(title, await questionsOf(db, lessonId))
    },
    async questionsAsTable(user: SignedInUser, lessonId: string): Promise<string> {
      await lessons.manageable(user, lessonId)
      return questionsAsTable(await questionsOf(db, lessonId))
    },
  }
}
