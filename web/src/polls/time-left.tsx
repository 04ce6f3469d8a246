/** A countdown: in figures, and as a line that grows shorter. */
import { Timer } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import { classes } from '../ui/classes.ts'
import { useNow } from '../use-now.ts'

const LOOK_MS = 250
const HURRY_MS = 10_000

/** `from` and `to` on the server's clock. */
export function TimeLeft({ from, to }: { from: number; to: number }) {
  const { t } = useTranslation()
  const left = Math.max(0, to - useNow(LOOK_MS))
  const hurry = left <= HURRY_MS
  return (
    <div className="mt-2.5" data-testid="time-left">
      <p
        className={classes(
          'tabular flex items-center gap-1.5 text-xs',
          hurry ? 'font-medium text-accent' : 'text-muted',
        )}
      >
        <Timer size={14} aria-hidden />
        <span role="timer">
          {left === 0 ? t('polls.timeUp') : t('polls.timeLeft', { time: clockTime(Math.ceil(left / 1000) * 1000) })}
        </span>
      </p>
      <div className="mt-1.5 h-1 overflow-hidden rounded-full bg-sunken" aria-hidden>
        <div
          className={classes('h-full rounded-full', hurry ? 'bg-accent-fill' : 'bg-line-strong')}
          style={{ width: `${Math.min(100, (left / Math.max(1, to - from)) * 100)}%` }}
        />
      </div>
    </div>
  )
}

/** Whether this moment of the server's clock has come. */
export const useIsPast = (at: number | null): boolean => {
  const now = useNow(LOOK_MS)
  return at !== null && now >= at
}
