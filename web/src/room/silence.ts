/** Why one may not write at this moment, if so. */
import { useTranslation } from 'react-i18next'
import { timeOfDay } from '../format.ts'
import { useNow } from '../use-now.ts'
import { useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import { useLocked } from './trial.tsx'

const IDLE_MS = 60_000

/** What to tell a student who may write nothing; null for those who may. */
export function useSilence(): string | null {
  const { t } = useTranslation()
  const { classroom, isStaff } = useRoom()
  const muted = useStorePart(classroom.room, ({ self, muted }) => self !== null && muted.includes(self.peerId))
  const until = useStorePart(classroom.room, ({ mutedUntil }) => mutedUntil)
  const everyone = useStorePart(classroom.room, ({ settings }) => settings.everyoneMuted)
  const locked = useLocked()
  if (isStaff) return null
  if (locked) return t('trial.chat')
  if (muted && until !== null) return t('room.chat.mutedUntil', { time: timeOfDay(until) })
  if (muted) return t('room.chat.placeholderMuted')
  return everyone ? t('room.chat.everyoneMuted') : null
}

/** How many seconds the slow mode still asks a student to wait; 0 where it does not. */
export function useSlowMode(): number {
  const { classroom, isStaff } = useRoom()
  const selfId = useStorePart(classroom.room, ({ self }) => self?.peerId)
  const seconds = useStorePart(classroom.room, ({ settings }) => settings.slowModeSeconds)
  const last = useStorePart(
    classroom.chat.view,
    ({ messages }) => messages.findLast(({ by }) => by?.peerId === selfId)?.at ?? 0,
  )
  const now = useNow(seconds === 0 ? IDLE_MS : undefined)
  return isStaff || seconds === 0 ? 0 : Math.max(0, Math.ceil((last - now) / 1000 + seconds))
}
