/** How far this screen is behind the teacher's camera, as well as it can be known. */
import { useTranslation } from 'react-i18next'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function LatencyBadge() {
  const { t } = useTranslation()
  const { classroom } = useRoom()
  const latencyMs = useStorePart(classroom.downlink, (stats) => stats.latencyMs)
  if (latencyMs === null) return null
  return (
    <span
      data-testid="latency-badge"
      data-latency-ms={latencyMs}
      title={t('room.stage.latencyHint', { ms: latencyMs })}
      className="tabular inline-flex h-6 items-center gap-1.5 rounded-full bg-stage-veil px-2.5 text-on-stage text-xs"
    >
      <span
        aria-hidden
        className={classes('size-1.5 rounded-full', latencyMs < 800 ? 'bg-stage-good' : 'bg-stage-accent')}
      />
      {t('room.stage.latency', { seconds: Math.max(0.1, latencyMs / 1000).toFixed(1) })}
    </span>
  )
}
