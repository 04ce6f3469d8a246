/** How the teacher's picture leaves the house, in plain words. */
import { TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { type Health, type UplinkStats, uplinkHealth } from '../classroom/stats.ts'
import { megabits } from '../format.ts'
import { useRoom } from '../room/classroom-context.ts'
import { classes } from '../ui/classes.ts'
import { useStore } from '../use-store.ts'

export function useUplinkHealth(): { health: Health; stats: UplinkStats } {
  const { classroom } = useRoom()
  const stats = useStore(classroom.uplink)
  const state = useStore(classroom.publishing.state)
  const publications = useStore(classroom.publishing.publications)
  const scores = (publications.camera ?? publications.screen ?? publications.microphone)?.scores ?? []
  const measured = stats.roundTripMs !== null || state !== 'connected'
  return { health: measured ? uplinkHealth(state, stats, scores) : 'unknown', stats }
}

const dots: Record<Health, string> = {
  good: 'bg-good',
  fair: 'bg-accent-fill',
  weak: 'bg-accent-fill',
  lost: 'bg-accent-fill',
  unknown: 'bg-line-strong',
}

export function UplinkBadge() {
  const { t } = useTranslation()
  const { health, stats } = useUplinkHealth()
  return (
    <span
      data-testid="uplink"
      data-health={health}
      title={t(`room.console.healthHint.${health}`)}
      className="tabular inline-flex items-center gap-1.5 text-muted text-sm"
    >
      <span aria-hidden className={classes('size-2 rounded-full', dots[health])} />
      {t('room.console.uplink')} {t(`room.console.health.${health}`)}
      {stats.bitsPerSecond !== null && health !== 'unknown' && <span>{megabits(stats.bitsPerSecond)}</span>}
    </span>
  )
}

/** What those who watch the broadcast miss, and what the teacher can do about it. */
export function BroadcastWarnings() {
  const { t } = useTranslation()
  const warnings = useStore(useRoom().classroom.broadcastWarnings)
  if (warnings.length === 0) return null
  return (
    <ul role="status" className="border-b bg-accent-soft px-4 py-2 text-sm" data-testid="broadcast-warnings">
      {warnings.map((warning) => (
        <li key={warning} className="flex items-start gap-2">
          <TriangleAlert size={16} aria-hidden className="mt-1 shrink-0 text-accent" />
          {t(`room.console.broadcast.${warning}`)}
        </li>
      ))}
    </ul>
  )
}

export function RoundTrip() {
  const { t } = useTranslation()
  const { roundTripMs } = useStore(useRoom().classroom.uplink)
  if (roundTripMs === null) return null
  return (
    <span className="tabular text-muted text-sm" data-testid="round-trip">
      {t('room.console.roundTrip', { ms: Math.max(1, Math.round(roundTripMs)) })}
    </span>
  )
}
