/** The time that is left, in large figures, on the server's clock. */
import { useTranslation } from 'react-i18next'
import { countdownParts } from '../format.ts'
import { useNow } from '../use-now.ts'

export function Countdown({ until, compact }: { until: number; compact?: boolean }) {
  const { t } = useTranslation()
  const left = until - useNow()
  if (left <= 0) return <p className="text-balance">{t('lesson.overdue')}</p>
  const parts = countdownParts(left)
  const shown = (['days', 'hours', 'minutes', 'seconds'] as const).filter((unit) => unit !== 'days' || parts.days > 0)
  return (
    <div role="timer" aria-label={t('lesson.countdown')} className="tabular flex items-baseline gap-3 sm:gap-4">
      {shown.map((unit) => (
        <span key={unit} className="flex items-baseline gap-1">
          <span className={compact ? 'font-semibold text-xl' : 'font-semibold text-2xl'}>
            {String(parts[unit]).padStart(2, '0')}
          </span>
          <span className="text-sm opacity-70">{t(`lesson.${unit}`)}</span>
        </span>
      ))}
    </div>
  )
}
