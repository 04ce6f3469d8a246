/** Whether a course is there for others: what is missing, in words, and the way from draft to published to archived. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleAlert, CircleCheck } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import type { CourseDraft, CourseStatus } from '../../../../src/courses/schema.ts'
import { teachingApi } from '../../api/teaching.ts'
import { useErrorText } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { tell } from '../../ui/notes.ts'
import { courseEditor, lessonEditor } from './addresses.ts'
import { draftKey } from './keys.ts'

export function Publish({ draft }: { draft: CourseDraft }) {
  return (
    <div className="flex max-w-2xl flex-col gap-8">
      {(draft.status !== 'published' || draft.lacks.length > 0) && <Check draft={draft} />}
      <Ways draft={draft} />
    </div>
  )
}

function Check({ draft }: { draft: CourseDraft }) {
  const { t } = useTranslation()
  if (draft.lacks.length === 0)
    return (
      <p className="flex items-center gap-2 rounded-card bg-good-soft px-4 py-3 text-good" data-testid="complete">
        <CircleCheck size={18} aria-hidden />
        {t('editor.complete')}
      </p>
    )
  const lessons = draft.outline.flatMap((chapter) => chapter.lessons)
  return (
    <section aria-label={t('editor.missing')}>
      <h2 className="display text-lg">{t(draft.status === 'published' ? 'editor.missingNow' : 'editor.missing')}</h2>
      <ul className="mt-3 divide-y rounded-card border bg-surface" data-testid="lacks">
        {draft.lacks.map(({ what, lessonId }) => (
          <li key={`${what} ${lessonId}`} className="flex items-center gap-3 px-4 py-3 text-sm">
            <CircleAlert size={16} aria-hidden className="shrink-0 text-accent" />
            <span className="min-w-0 flex-1">
              {t(`editor.lack.${what}`)}
              {lessonId && (
                <span className="block truncate text-muted">{lessons.find(({ id }) => id === lessonId)?.title}</span>
              )}
            </span>
            <Link
              className="shrink-0 text-accent hover:underline"
              to={
                lessonId
                  ? lessonEditor(draft.id, lessonId)
                  : courseEditor(draft.id, what === 'lessons' ? 'outline' : 'basics')
              }
            >
              {t('editor.fillIn')}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

type Asking = { status: CourseStatus } | 'delete' | null

function Ways({ draft }: { draft: CourseDraft }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [asking, setAsking] = useState<Asking>(null)
  const setStatus = useMutation({
    mutationFn: (status: CourseStatus) => teachingApi.setStatus(draft.id, status),
    onSuccess: (saved) => {
      queries.setQueryData(draftKey(draft.id), saved)
      for (const queryKey of [['teaching', 'courses'], ['courses'], ['course', draft.id]])
        void queries.invalidateQueries({ queryKey })
      tell(t(`editor.became.${saved.status}`))
    },
    onError: (error) => tell(textOf(error)),
    onSettled: () => setAsking(null),
  })
  const remove = useMutation({
    mutationFn: () => teachingApi.deleteCourse(draft.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ['teaching', 'courses'] })
      tell(t('teaching.deleted'))
      navigate('/teaching')
    },
    onError: (error) => tell(textOf(error)),
    onSettled: () => setAsking(null),
  })
  const { status, untouched, lacks, publishedAt } = draft
  return (
    <>
      {status !== 'published' && (
        <Way title={t('editor.publishTitle')} text={t('editor.publishText')}>
          <Button
            look="primary"
            disabled={lacks.length > 0}
            busy={setStatus.isPending}
            data-testid="publish"
            onClick={() => setStatus.mutate('published')}
          >
            {t('editor.publish')}
          </Button>
        </Way>
      )}
      {status === 'published' && (
        <Way title={t('editor.archiveTitle')} text={t('editor.archiveText')}>
          <Button onClick={() => setAsking({ status: 'archived' })} data-testid="archive">
            {t('editor.archive')}
          </Button>
        </Way>
      )}
      {status !== 'draft' && untouched && (
        <Way title={t('editor.takeBackTitle')} text={t('editor.takeBackText')}>
          <Button onClick={() => setAsking({ status: 'draft' })}>{t('editor.takeBack')}</Button>
        </Way>
      )}
      {status === 'draft' && publishedAt === null && untouched && (
        <Way title={t('editor.deleteTitle')} text={t('editor.deleteText')}>
          <Button onClick={() => setAsking('delete')}>{t('editor.delete')}</Button>
        </Way>
      )}
      {asking && (
        <Dialog
          open
          onClose={() => setAsking(null)}
          title={t(`editor.ask.${nameOf(asking)}`)}
          text={t(`editor.askText.${nameOf(asking)}`)}
          actions={
            <>
              <Button onClick={() => setAsking(null)}>{t('actions.cancel')}</Button>
              <Button
                look="ink"
                busy={setStatus.isPending || remove.isPending}
                data-testid="confirm"
                onClick={() => (asking === 'delete' ? remove.mutate() : setStatus.mutate(asking.status))}
              >
                {t(`editor.${buttons[nameOf(asking)]}`)}
              </Button>
            </>
          }
        />
      )}
    </>
  )
}

const buttons = { archived: 'archive', draft: 'takeBack', delete: 'delete' } as const
const nameOf = (asking: Exclude<Asking, null>) =>
  asking === 'delete' ? 'delete' : asking.status === 'draft' ? 'draft' : 'archived'

const Way = ({ title, text, children }: { title: string; text: string; children: ReactNode }) => (
  <section className="flex flex-wrap items-center justify-between gap-4 rounded-card border bg-surface p-4">
    <div className="min-w-56 flex-1">
      <h2 className="font-medium">{title}</h2>
      <p className="mt-0.5 text-muted text-sm">{text}</p>
    </div>
    {children}
  </section>
)
