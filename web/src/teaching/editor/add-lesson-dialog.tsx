/** Adds a lesson: its kind and its title, for a live one also its time. The rest comes in its own editor. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import type { CourseDraft, LessonKind, NewCourseLesson } from '../../../../src/courses/schema.ts'
import { teachingApi } from '../../api/teaching.ts'
import { localInputValue, zoneName } from '../../format.ts'
import { useErrorText } from '../../i18n/texts.ts'
import { serverClock } from '../../server-clock.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { DurationSelect, suggestedStart } from '../lesson-time.tsx'
import { lessonEditor } from './addresses.ts'
import { draftKey } from './keys.ts'
import { kindIcons } from './kinds.ts'
import { LOOSE, type Plan } from './outline-plan.ts'

const kinds: LessonKind[] = ['video', 'live', 'article', 'document']

type Props = { draft: CourseDraft; plan: Plan; chapterKey: string; onClose: () => void }

export function AddLessonDialog({ draft, plan, chapterKey, onClose }: Props) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [kind, setKind] = useState<LessonKind>('article')
  const [mistakes, setMistakes] = useState<{ title?: string; startsAt?: string }>({})
  const add = useMutation({
    mutationFn: (form: NewCourseLesson) => teachingApi.addLesson(draft.id, form),
    onSuccess: ({ id }) => {
      void queries.invalidateQueries({ queryKey: draftKey(draft.id) })
      navigate(lessonEditor(draft.id, id))
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const title = form.title?.trim() ?? ''
    const startsAt = form.startsAt ? new Date(form.startsAt).getTime() : Number.NaN
    const found: typeof mistakes = {}
    if (!title) found.title = t('account.required')
    if (kind === 'live' && Number.isNaN(startsAt)) found.startsAt = t('account.required')
    if (kind === 'live' && startsAt < serverClock.now() - 60_000) found.startsAt = t('teaching.inPast')
    setMistakes(found)
    if (Object.keys(found).length) return
    const time = kind === 'live' ? { startsAt, durationMinutes: Number(form.durationMinutes) } : {}
    add.mutate({ kind, title, chapterId: form.chapter === LOOSE ? null : (form.chapter ?? null), ...time })
  }
  const chapters = plan.filter(({ key, id }) => id !== null || key === LOOSE)
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('editor.addLesson')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" form="add-lesson" look="primary" busy={add.isPending} data-testid="create-lesson">
            {t('actions.add')}
          </Button>
        </>
      }
    >
      <form id="add-lesson" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <KindChoice value={kind} onChange={setKind} />
        <Field
          name="title"
          label={t('editor.title')}
          placeholder={t('editor.lessonPlaceholder')}
          maxLength={120}
          error={mistakes.title}
        />
        {kind === 'live' && (
          <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem]">
            <Field
              name="startsAt"
              type="datetime-local"
              label={t('teaching.startsAt')}
              hint={t('teaching.zoneHint', { zone: zoneName() })}
              defaultValue={localInputValue(suggestedStart())}
              error={mistakes.startsAt}
            />
            <DurationSelect name="durationMinutes" defaultValue={60} minutes={60} />
          </div>
        )}
        {chapters.length > 1 && (
          <Select name="chapter" label={t('editor.chapter')} defaultValue={chapterKey}>
            {chapters.map(({ key, title }) => (
              <option key={key} value={key}>
                {title || t('editor.loose')}
              </option>
            ))}
          </Select>
        )}
        {add.error && (
          <p role="alert" className="rounded-control bg-accent-soft px-3 py-2 text-accent text-sm">
            {textOf(add.error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}

function KindChoice({ value, onChange }: { value: LessonKind; onChange: (kind: LessonKind) => void }) {
  const { t } = useTranslation()
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium text-sm">{t('editor.kind')}</legend>
      <div className="grid grid-cols-2 gap-2">
        {kinds.map((kind) => {
          const Icon = kindIcons[kind]
          return (
            <label
              key={kind}
              className="flex cursor-pointer items-start gap-2.5 rounded-control border border-line-strong p-3 has-checked:border-accent has-checked:bg-accent-soft has-focus-visible:outline-2 has-focus-visible:outline-accent has-focus-visible:outline-offset-2"
            >
              <input
                type="radio"
                name="kind"
                value={kind}
                checked={value === kind}
                onChange={() => onChange(kind)}
                className="sr-only"
              />
              <Icon size={18} aria-hidden className="mt-0.5 shrink-0 text-muted" />
              <span className="min-w-0">
                <span className="block font-medium text-sm">{t(`course.kind.${kind}`)}</span>
                <span className="block text-muted text-xs">{t(`editor.kindText.${kind}`)}</span>
              </span>
            </label>
          )
        })}
      </div>
    </fieldset>
  )
}
