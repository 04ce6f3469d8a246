/** Who may see a lesson without having the course: everyone, or everyone a part of it. */
import { useTranslation } from 'react-i18next'
import type { LessonKind } from '../../../../src/courses/schema.ts'
import { roughDuration } from '../../i18n/texts.ts'
import { Select } from '../../ui/select.tsx'
import type { LessonForm } from './lesson-form.ts'

const trials = [30, 60, 180, 300, 600]

export function OpenFields({ kind, form: { values, change } }: { kind: LessonKind; form: LessonForm }) {
  const { t } = useTranslation()
  const { free, trialSeconds } = values
  const choices = [...new Set([...trials, ...(trialSeconds ? [trialSeconds] : [])])].sort((a, b) => a - b)
  return (
    <fieldset className="flex flex-col gap-4 rounded-card border bg-surface p-4">
      <legend className="px-1 font-medium text-sm">{t('editor.open')}</legend>
      <label className="flex items-start gap-3">
        <input
          type="checkbox"
          checked={free}
          data-testid="free"
          className="mt-1 size-4 accent-accent-fill"
          onChange={(event) => change({ free: event.target.checked })}
        />
        <span>
          <span className="block text-sm">{t('editor.free')}</span>
          <span className="block text-muted text-xs">{t('editor.freeHint')}</span>
        </span>
      </label>
      {!free && kind !== 'document' && (
        <div className="flex max-w-sm flex-col gap-1.5">
          <Select
            label={t('editor.trial')}
            value={trialSeconds}
            onChange={(event) => change({ trialSeconds: Number(event.target.value) })}
          >
            <option value={0}>{t('editor.noTrial')}</option>
            {choices.map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds < 60 ? t('editor.seconds', { count: seconds }) : roughDuration(seconds * 1000, t)}
              </option>
            ))}
          </Select>
          <p className="text-muted text-xs">{t(kind === 'article' ? 'editor.trialArticle' : 'editor.trialHint')}</p>
        </div>
      )}
    </fieldset>
  )
}
