/** What the form of a lesson holds. */
import type { LessonEdit } from '../../../../src/courses/schema.ts'
import type { Form } from '../use-autosave.ts'

export type LessonValues = Omit<Required<LessonEdit>, 'version' | 'startsAt' | 'durationMinutes'> & {
  startsAt: number | null
  durationMinutes: number | null
}
export type LessonForm = Pick<Form<LessonValues>, 'values' | 'change'>
