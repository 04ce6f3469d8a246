/** Says that the connection is being mended, without standing in the way. */
import { CloudOff, LoaderCircle } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

export function ConnectionBanner() {
  const { t } = useTranslation()
  const { phase, attempt, offline, draining } = useStore(useRoom().classroom.connection.view)
  if (phase === 'connected' || phase === 'out') return null
  const text = offline
    ? t('room.connection.offline')
    : draining
      ? t('room.connection.draining')
      : phase === 'connecting'
        ? t('room.connection.connecting')
        : attempt > 2
          ? t('room.connection.reconnectingAgain', { count: attempt })
          : t('room.connection.reconnecting')
  return (
    <div
      role="status"
      data-testid="reconnecting-banner"
      className="flex animate-fade items-center justify-center gap-2 bg-accent-soft px-4 py-1.5 text-accent text-sm"
    >
      {offline ? (
        <CloudOff size={16} aria-hidden className="shrink-0" />
      ) : (
        <LoaderCircle size={16} aria-hidden className="shrink-0 animate-spin" />
      )}
      {text}
    </div>
  )
}
