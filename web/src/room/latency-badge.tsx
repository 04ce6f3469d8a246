/** How far this screen is behind the teacher's camera, as well as it can be known, and which way the picture comes. */
import { useTranslation } from 'react-i18next'
import { classes } from '../ui/classes.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

/** What is usual for each way; more than this is a weak network. */
const USUAL_MS = { interactive: 800, broadcast: 2500 }

export function LatencyBadge() {
  const { t } = useTranslation()
  const { viewing, downlink } = useRoom().classroom
  const { shown, rewound, reason } = useStore(viewing.tiers)
  const seatMs = useStorePart(downlink, (stats) => stats.latencyMs)
  const filmMs = useStorePart(viewing.film, (film) => film.latencyMs && Math.round(film.latencyMs / 100) * 100)
  const latencyMs = shown === 'broadcast' ? filmMs : seatMs
  if (latencyMs === null || rewound) return null
  const hint =
    shown === 'broadcast' && reason ? t(`room.tier.${reason}`) : t('room.stage.latencyHint', { ms: latencyMs })
  return (
    <span
      data-testid="latency-badge"
      data-latency-ms={latencyMs}
      data-tier={shown}
      title={hint}
      className="tabular inline-flex h-6 items-center gap-1.5 rounded-full bg-stage-veil px-2.5 text-on-stage text-xs"
    >
      <span
        aria-hidden
        className={classes('size-1.5 rounded-full', latencyMs < USUAL_MS[shown] ? 'bg-stage-good' : 'bg-stage-accent')}
      />
      {t('room.stage.latency', { seconds: Math.max(0.1, latencyMs / 1000).toFixed(1) })}
      {shown === 'broadcast' && <span className="text-on-stage-muted">{t('room.tier.broadcast')}</span>}
    </span>
  )
}
