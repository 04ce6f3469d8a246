/** What stands on the stage while there is no class: the countdown before, a kind word during a pause. */
import { useTranslation } from 'react-i18next'
import type { LessonStatus } from '../../../signaling/protocol/lesson.ts'
import { Countdown } from '../lesson/countdown.tsx'
import { SoundCheck } from '../lesson/sound-check.tsx'
import { Cover } from '../ui/cover.tsx'
import { useNow } from '../use-now.ts'
import { useRoom } from './classroom-context.ts'

const SOON_MS = 60_000

export function HoldCard({ status }: { status: LessonStatus }) {
  const { t } = useTranslation()
  const { lesson } = useRoom()
  const paused = status === 'paused'
  const soon = lesson.startsAt - useNow(10_000) < SOON_MS
  return (
    <div className="relative flex size-full items-center justify-center" data-testid={paused ? 'hold-card' : 'lobby'}>
      <Cover seed={lesson.id} className="absolute inset-0 size-full opacity-60" />
      <div className="relative flex max-w-md flex-col items-center gap-3 px-6 text-center">
        <p className="display text-lg sm:text-xl">
          {t(paused ? 'room.hold.pausedTitle' : soon ? 'room.hold.lobbyTitle' : 'room.hold.waitTitle')}
        </p>
        {!paused && <Countdown until={lesson.startsAt} compact />}
        <p className="text-balance text-on-stage-muted text-sm max-sm:hidden">
          {t(paused ? 'room.hold.pausedText' : 'room.hold.lobbyText')}
        </p>
        {!paused && <SoundCheck look="stage" />}
      </div>
    </div>
  )
}
