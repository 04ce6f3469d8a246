/** When a live lesson starts and how long it takes. */
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { lengthText } from '../i18n/texts.ts'
import { serverClock } from '../server-clock.ts'
import { Select } from '../ui/select.tsx'

const lengths = [30, 45, 60, 90, 120, 180]
const QUARTER_MS = 15 * 60_000

/** The next quarter of an hour that leaves time to send the link around. */
export const suggestedStart = () => Math.ceil((serverClock.now() + QUARTER_MS) / QUARTER_MS) * QUARTER_MS

/** `minutes`: a choice that has to be among the usual ones. */
export function DurationSelect({
  minutes,
  ...select
}: Omit<ComponentProps<typeof Select>, 'label'> & { minutes: number }) {
  const { t } = useTranslation()
  return (
    <Select label={t('teaching.duration')} {...select}>
      {[...new Set([...lengths, minutes])]
        .sort((a, b) => a - b)
        .map((length) => (
          <option key={length} value={length}>
            {lengthText(length, t)}
          </option>
        ))}
    </Select>
  )
}
