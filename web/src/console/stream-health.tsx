/** How what an encoder sends arrives, as figures and as advice. */
import { RadioTower, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { StreamHealth } from '../../../signaling/protocol/room.ts'
import { megabits } from '../format.ts'
import { useRoom } from '../room/classroom-context.ts'
import { classes } from '../ui/classes.ts'
import { useStore } from '../use-store.ts'

const LONGEST_KEY_FRAME_SECONDS = 4
const MOST_LOSS_PERCENT = 2

type Advice = StreamHealth['warnings'][number] | 'key_frames_rare' | 'loss'

/** What its teacher could do better. */
export const adviceFor = ({ warnings, keyFrameSeconds, lossPercent }: StreamHealth): Advice[] => [
  ...warnings,
  ...((keyFrameSeconds ?? 0) > LONGEST_KEY_FRAME_SECONDS ? ['key_frames_rare' as const] : []),
  ...(lossPercent > MOST_LOSS_PERCENT ? ['loss' as const] : []),
]

/** `detailed`: says so, too, where nothing comes. */
export function StreamHealthView({ detailed = false }: { detailed?: boolean }) {
  const { t } = useTranslation()
  const health = useStore(useRoom().classroom.stream)
  if (!health) return detailed ? <p className="text-muted text-sm">{t('room.stream.nothing')}</p> : null
  const { way, kilobitsPerSecond, framesPerSecond, keyFrameSeconds, lossPercent } = health
  const figures = [
    megabits(kilobitsPerSecond * 1000),
    framesPerSecond !== null && t('room.stream.frames', { count: framesPerSecond }),
    keyFrameSeconds !== null && t('room.stream.keyFrames', { seconds: keyFrameSeconds }),
    t('room.stream.loss', { percent: lossPercent }),
  ].filter(Boolean)
  return (
    <section
      aria-label={t('room.stream.health')}
      data-testid="stream-health"
      className={classes('flex flex-col gap-1.5 text-sm', !detailed && 'border-b bg-surface px-4 py-2')}
    >
      <p className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
        <span className="inline-flex items-center gap-2 font-medium">
          <RadioTower size={16} aria-hidden className="text-good" />
          {t('room.stream.on', { way: way === 'whip' ? 'WHIP' : 'RTMP' })}
        </span>
        {figures.map((figure) => (
          <span key={String(figure)} className="tabular text-muted">
            {figure}
          </span>
        ))}
      </p>
      {adviceFor(health).map((advice) => (
        <p key={advice} className="flex items-start gap-2">
          <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0 text-accent" />
          {t(`room.stream.warnings.${advice}`)}
        </p>
      ))}
    </section>
  )
}
