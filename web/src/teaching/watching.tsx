/** How a lesson is watched: how far back one may go while it is on, and whether the viewer's mark moves over the picture. */
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { lengthText } from '../i18n/texts.ts'
import { Select } from '../ui/select.tsx'

const windows = [5, 15, 30, 60, 120, 240]

/** `minutes`: a choice that has to be among the usual ones. */
export function DvrSelect({ minutes, ...select }: Omit<ComponentProps<typeof Select>, 'label'> & { minutes: number }) {
  const { t } = useTranslation()
  const choices = [...new Set([...windows, ...(minutes ? [minutes] : [])])].sort((a, b) => a - b)
  return (
    <div className="flex flex-col gap-1.5">
      <Select label={t('editor.dvr')} data-testid="dvr" {...select}>
        <option value={0}>{t('editor.noDvr')}</option>
        {choices.map((choice) => (
          <option key={choice} value={choice}>
            {lengthText(choice, t)}
          </option>
        ))}
      </Select>
      <p className="text-muted text-xs">{t('editor.dvrHint')}</p>
    </div>
  )
}

export function WatermarkBox(box: ComponentProps<'input'>) {
  const { t } = useTranslation()
  return (
    <label className="flex items-start gap-3">
      <input type="checkbox" data-testid="watermark" className="mt-1 size-4 accent-accent-fill" {...box} />
      <span>
        <span className="block text-sm">{t('editor.watermark')}</span>
        <span className="block text-muted text-xs">{t('editor.watermarkHint')}</span>
      </span>
    </label>
  )
}
