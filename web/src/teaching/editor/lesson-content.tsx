/** What a lesson is made of, by its kind. */
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LessonDraft } from '../../../../src/courses/schema.ts'
import { localInputValue, zoneName } from '../../format.ts'
import { serverClock } from '../../server-clock.ts'
import { Field } from '../../ui/field.tsx'
import { MarkdownField } from '../../ui/markdown-field.tsx'
import { DurationSelect } from '../lesson-time.tsx'
import { LessonFile } from './lesson-file.tsx'
import type { LessonForm } from './lesson-form.ts'

type Props = { draft: LessonDraft; form: LessonForm }

export function LessonContent({ draft, form }: Props) {
  const { t } = useTranslation()
  if (draft.kind === 'live') return <LiveTime draft={draft} form={form} />
  if (draft.kind === 'article')
    return (
      <MarkdownField
        label={t('editor.body')}
        hint={t('editor.bodyHint')}
        placeholder={t('editor.bodyPlaceholder')}
        maxLength={60_000}
        rows={20}
        pictures
        value={form.values.body}
        onChange={(body) => form.change({ body })}
      />
    )
  return <LessonFile draft={draft} form={form} />
}

/** Until it has gone live. */
function LiveTime({ draft, form: { values, change } }: Props) {
  const { t } = useTranslation()
  const [mistake, setMistake] = useState<string>()
  const begun = draft.status !== 'scheduled' && draft.status !== 'lobby'
  if (begun) return <p className="text-muted text-sm">{t('editor.timeStays')}</p>
  const changeStart = (text: string) => {
    const startsAt = new Date(text).getTime()
    const wrong = Number.isNaN(startsAt)
      ? t('account.required')
      : startsAt < serverClock.now() - 60_000
        ? t('teaching.inPast')
        : undefined
    setMistake(wrong)
    if (!wrong) change({ startsAt })
  }
  return (
    <div className="grid gap-4 sm:grid-cols-[minmax(0,1fr)_9rem]">
      <Field
        type="datetime-local"
        label={t('teaching.startsAt')}
        hint={t('teaching.zoneHint', { zone: zoneName() })}
        defaultValue={localInputValue(values.startsAt!)}
        error={mistake}
        onChange={(event) => changeStart(event.target.value)}
      />
      <DurationSelect
        minutes={values.durationMinutes!}
        value={values.durationMinutes!}
        onChange={(event) => change({ durationMinutes: Number(event.target.value) })}
      />
    </div>
  )
}
