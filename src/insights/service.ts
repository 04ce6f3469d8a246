/** What a class leaves behind, read from its log for those who gave it. */
import type { Db } from '../../db/client.ts'
import type { LessonService } from '../courses/service.ts'
import type { SignedInUser } from '../http/auth.ts'
import { classAsTable, pollAsTable, signInsAsTable } from './answers.ts'
import { questionsAsTable, questionsAsText, questionsOf } from './questions.ts'

export type InsightsDeps = { db: Db; lessons: Pick<LessonService, 'manageable' | 'taught'> }
export type Insights = ReturnType<typeof createInsights>

/** Only those who teach a lesson are answered, of its questions without its assistants; the others are told `forbidden`. */
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
    /** Of one poll, or of the class: who answered what. */
    async answersAsTable(user: SignedInUser, lessonId: string, pollSeq?: number): Promise<string> {
      await lessons.taught(user, lessonId)
      return pollSeq === undefined ? classAsTable(db, lessonId) : pollAsTable(db, lessonId, pollSeq)
    },
    async signInsAsTable(user: SignedInUser, lessonId: string): Promise<string> {
      await lessons.taught(user, lessonId)
      return signInsAsTable(db, lessonId)
    },
  }
}
