/** How a lesson with a picture is watched. */
import { useTranslation } from 'react-i18next'
import type { LessonKind } from '../../../../src/courses/schema.ts'
import { DvrSelect, WatermarkBox } from '../watching.tsx'
import type { LessonForm } from './lesson-form.ts'

export function WatchingFields({ kind, form: { values, change } }: { kind: LessonKind; form: LessonForm }) {
  const { t } = useTranslation()
  const { dvrMinutes, watermark } = values
  if (kind !== 'live' && kind !== 'video') return null
  return (
    <fieldset className="flex flex-col gap-4 rounded-card border bg-surface p-4">
      <legend className="px-1 font-medium text-sm">{t('editor.watching')}</legend>
      <WatermarkBox checked={watermark} onChange={(event) => change({ watermark: event.target.checked })} />
      {kind === 'live' && (
        <div className="max-w-sm">
          <DvrSelect
            minutes={dvrMinutes}
            value={dvrMinutes}
            onChange={(event) => change({ dvrMinutes: Number(event.target.value) })}
          />
        </div>
      )}
    </fieldset>
  )
}
