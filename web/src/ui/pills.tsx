/** Small marks: LIVE in red, everything else quiet. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { classes } from './classes.ts'

export function LivePill({ children }: { children?: ReactNode }) {
  const { t } = useTranslation()
  return (
    <span
      data-testid="live-pill"
      className="tabular inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full bg-live px-2.5 font-semibold text-on-live text-xs"
    >
      <span aria-hidden className="size-1.5 animate-breathe rounded-full bg-on-live" />
      {t('room.stage.live')}
      {children}
    </span>
  )
}

const tones = {
  quiet: 'bg-sunken text-muted',
  accent: 'bg-accent-soft text-accent',
  good: 'bg-good-soft text-good',
  stage: 'bg-stage-veil text-on-stage',
} as const

export function Pill({
  tone = 'quiet',
  children,
  ...rest
}: {
  tone?: keyof typeof tones
  children: ReactNode
  title?: string
}) {
  return (
    <span
      className={classes(
        'tabular inline-flex h-6 shrink-0 items-center gap-1 whitespace-nowrap rounded-full px-2.5 text-xs',
        tones[tone],
      )}
      {...rest}
    >
      {children}
    </span>
  )
}
