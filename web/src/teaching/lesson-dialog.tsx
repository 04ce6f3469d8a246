/** Schedules a lesson, or changes one. The time is typed in the viewer's zone, which is named. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Lesson, NewLesson } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { localInputValue, zoneName } from '../format.ts'
import { useErrorText } from '../i18n/texts.ts'
import { serverClock } from '../server-clock.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Field, TextField } from '../ui/field.tsx'
import { tell } from '../ui/notes.ts'
import { DurationSelect, suggestedStart } from './lesson-time.tsx'
import { DvrSelect, WatermarkBox } from './watching.tsx'

export function LessonDialog({ lesson, onClose }: { lesson: Lesson | null; onClose: () => void }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const queries = useQueryClient()
  const [mistakes, setMistakes] = useState<{ title?: string; startsAt?: string }>({})
  const timeIsOpen = !lesson || lesson.status === 'scheduled' || lesson.status === 'lobby'
  const save = useMutation({
    mutationFn: (form: NewLesson) => (lesson ? api.changeLesson(lesson.id, form) : api.createLesson(form)),
    onSuccess: () => {
      tell(t(lesson ? 'actions.saved' : 'teaching.created'))
      onClose()
    },
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['lessons'] }),
        queries.invalidateQueries({ queryKey: ['lesson'] }),
      ]),
  })

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>
    const title = form.title?.trim() ?? ''
    const startsAt = form.startsAt ? new Date(form.startsAt).getTime() : Number.NaN
    const found: typeof mistakes = {}
    if (!title) found.title = t('account.required')
    if (timeIsOpen && Number.isNaN(startsAt)) found.startsAt = t('account.required')
    if (!lesson && startsAt < serverClock.now() - 60_000) found.startsAt = t('teaching.inPast')
    setMistakes(found)
    if (Object.keys(found).length) return
    const description = form.description?.trim() ?? ''
    const time = timeIsOpen ? { startsAt, durationMinutes: Number(form.durationMinutes) } : {}
    const watching = { dvrMinutes: Number(form.dvrMinutes), watermark: form.watermark === 'on' }
    save.mutate({ title, description, ...time, ...watching } as NewLesson)
  }

  const minutes = lesson?.durationMinutes ?? 60
  const dvrMinutes = lesson?.dvrMinutes ?? 30
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(lesson ? 'teaching.editLesson' : 'teaching.newLesson')}
      actions={
        <>
          <Button onClick={onClose}>{t('actions.cancel')}</Button>
          <Button type="submit" form="lesson" look="primary" busy={save.isPending} data-testid="save-lesson">
            {t(lesson ? 'actions.save' : 'teaching.create')}
          </Button>
        </>
      }
    >
      <form id="lesson" noValidate onSubmit={submit} className="flex flex-col gap-4">
        <Field
          name="title"
          label={t('teaching.lessonTitle')}
          placeholder={t('teaching.lessonTitlePlaceholder')}
          defaultValue={lesson?.title}
          error={mistakes.title}
          maxLength={120}
          required
        />
        <TextField
          name="description"
          label={t('teaching.description')}
          placeholder={t('teaching.descriptionPlaceholder')}
          defaultValue={lesson?.description}
          maxLength={5000}
        />
        {timeIsOpen && (
          <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem]">
            <Field
              name="startsAt"
              type="datetime-local"
              label={t('teaching.startsAt')}
              hint={t('teaching.zoneHint', { zone: zoneName() })}
              defaultValue={localInputValue(lesson?.startsAt ?? suggestedStart())}
              error={mistakes.startsAt}
              required
            />
            <DurationSelect name="durationMinutes" defaultValue={minutes} minutes={minutes} />
          </div>
        )}
        <DvrSelect name="dvrMinutes" defaultValue={dvrMinutes} minutes={dvrMinutes} />
        <WatermarkBox name="watermark" defaultChecked={lesson?.watermark ?? false} />
        {save.error && (
          <p role="alert" className="rounded-control bg-accent-soft px-3 py-2 text-accent text-sm">
            {textOf(save.error)}
          </p>
        )}
      </form>
    </Dialog>
  )
}
