/** Says that the connection is being mended, without standing in the way. */
import { CloudOff, LoaderCircle } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

const QUIET_MS = 1500

export function ConnectionBanner() {
  const { t } = useTranslation()
  const { phase, attempt, offline, draining, entered } = useStore(useRoom().classroom.connection.view)
  const quiet = useQuiet(phase === 'connecting' && entered)
  if (phase === 'connected' || phase === 'out' || quiet) return null
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

/** True at first: coming back in is mostly quicker than a word about it, which would move what is below. */
function useQuiet(returning: boolean): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    setLate(false)
    if (!returning) return
    const timer = setTimeout(() => setLate(true), QUIET_MS)
    return () => clearTimeout(timer)
  }, [returning])
  return returning && !late
}
