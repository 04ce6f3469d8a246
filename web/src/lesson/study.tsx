/** A lesson to be read. */
import { useTranslation } from 'react-i18next'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { Markdown } from '../ui/markdown.tsx'

export function Study({ page: { lesson, body } }: { page: StudyPage }) {
  const { t } = useTranslation()
  return (
    <main className="mx-auto max-w-3xl px-4 pt-8 pb-16 sm:px-6">
      <h1 className="display text-balance text-xl sm:text-2xl">{lesson.title}</h1>
      <p className="mt-2 text-muted text-sm">{t('lesson.by', { name: lesson.teacher.displayName })}</p>
      {body === null ? (
        <p className="mt-8 text-muted">{t('errors.not_entitled')}</p>
      ) : (
        <Markdown text={body} className="mt-8" />
      )}
    </main>
  )
}
