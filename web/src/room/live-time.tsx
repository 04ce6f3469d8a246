/** The time of a class under its picture: where one is in it, back a little, and back to live. */
import { Pause, Play, RotateCcw } from 'lucide-react'
import { Slider } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import { TimeTip, usePointedTime } from '../player/time-tip.tsx'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { useNow } from '../use-now.ts'
import { useStore, useStorePart } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'

const STEP_MS = 1000
const SKIP_MS = 10_000
const MINUTE_MS = 60_000
/** As the server has it. */
const SHORTEST_WINDOW_MS = 30_000

/** Where one is, and between what one may move; null where the class cannot be rewound. */
export function useLiveTime() {
  const { classroom, lesson } = useRoom()
  const { viewing, room } = classroom
  const possible = useStore(viewing.broadcast)
  const film = useStore(viewing.film)
  const { shown, rewound } = useStore(viewing.tiers)
  const startedAt = useStorePart(room, (view) => view.startedAt)
  const speaks = useStorePart(room, ({ floor, self }) => floor.some(({ peerId }) => peerId === self?.peerId))
  const now = useNow()
  if (!possible || startedAt === null || speaks) return null
  const edgeMs = Math.max(0, now - startedAt)
  const opened = film.phase !== 'closed' && film.edgeMs > 0
  const positionMs = rewound ? film.positionMs : edgeMs
  return {
    // Before it is opened, from what the teacher allows.
    fromMs: opened ? film.fromMs : Math.max(0, edgeMs - Math.max(lesson.dvrMinutes * MINUTE_MS, SHORTEST_WINDOW_MS)),
    edgeMs,
    positionMs: Math.min(positionMs, edgeMs),
    behindMs: rewound ? Math.max(0, edgeMs - positionMs) : 0,
    rewound,
    paused: rewound && film.phase === 'ready' && !film.playing,
    live: shown,
  }
}

export function TimeControls() {
  const { t } = useTranslation()
  const { viewing } = useRoom().classroom
  const time = useLiveTime()
  if (!time) return null
  return (
    <>
      <IconButton
        look="stage"
        label={t(time.paused ? 'player.play' : 'player.pause')}
        icon={time.paused ? <Play size={20} /> : <Pause size={20} />}
        onClick={() => (time.paused ? viewing.play() : viewing.pause())}
        data-testid="live-pause"
      />
      <IconButton
        look="stage"
        label={t('room.time.back', { count: SKIP_MS / 1000 })}
        icon={<RotateCcw size={19} />}
        onClick={() => viewing.skip(-SKIP_MS)}
        data-testid="live-back"
      />
    </>
  )
}

/** Red at the live edge; behind it, the way back there. */
export function LiveButton() {
  const { t } = useTranslation()
  const { viewing } = useRoom().classroom
  const time = useLiveTime()
  if (!time) return null
  if (!time.rewound)
    return (
      <span
        data-testid="at-live"
        className="mx-1 inline-flex h-6 shrink-0 items-center gap-1.5 rounded-full bg-live px-2.5 font-semibold text-on-live text-xs"
      >
        <span aria-hidden className="size-1.5 rounded-full bg-on-live" />
        {t('room.stage.live')}
      </span>
    )
  return (
    <button
      type="button"
      onClick={() => viewing.toLive()}
      data-testid="back-to-live"
      data-behind-ms={time.behindMs}
      className="tabular mx-1 inline-flex h-8 shrink-0 items-center gap-1.5 rounded-full border border-stage-line bg-stage-raised px-3 font-medium text-on-stage text-xs transition-colors hover:bg-stage-press"
    >
      <span aria-hidden className="size-1.5 rounded-full bg-live" />
      {t('room.time.toLive')}
      <span className="text-on-stage-muted">−{clockTime(time.behindMs)}</span>
    </button>
  )
}

export function LiveSeekBar() {
  const { t } = useTranslation()
  const { viewing } = useRoom().classroom
  const time = useLiveTime()
  const [dragged, setDragged] = useState<number | null>(null)
  const { pointedMs, pointing } = usePointedTime(time?.fromMs ?? 0, time?.edgeMs ?? 0)
  if (!time) return null
  const { fromMs, edgeMs } = time
  const at = dragged ?? time.positionMs
  const told = dragged ?? pointedMs
  const behind = (ms: number) => clockTime(Math.max(0, edgeMs - ms))
  return (
    <Slider.Root
      value={[at]}
      min={fromMs}
      max={Math.max(edgeMs, fromMs + STEP_MS)}
      step={STEP_MS}
      onValueChange={([value = 0]) => setDragged(value)}
      onValueCommit={([value = 0]) => {
        setDragged(null)
        if (edgeMs - value < 2 * STEP_MS) viewing.toLive()
        else viewing.seek(value)
      }}
      {...pointing}
      className="group relative mx-1 flex h-5 touch-none select-none items-center"
      data-testid="live-seek"
    >
      <Slider.Track className="relative h-1 flex-1 overflow-hidden rounded-full bg-stage-press transition-[height] duration-150 group-hover:h-1.5">
        <Slider.Range
          className={classes('absolute h-full rounded-full', time.rewound ? 'bg-stage-accent' : 'bg-live')}
        />
      </Slider.Track>
      <Slider.Thumb
        aria-label={t('room.time.place')}
        aria-valuetext={t('room.time.placeOf', { at: clockTime(at), behind: behind(at) })}
        className={classes('block size-3.5 rounded-full', time.rewound ? 'bg-stage-accent' : 'bg-live')}
      />
      {told !== null && (
        <TimeTip share={edgeMs > fromMs ? Math.max(0, Math.min(1, (told - fromMs) / (edgeMs - fromMs))) : 1}>
          {clockTime(told)}
          <span className="text-on-stage-muted">−{behind(told)}</span>
        </TimeTip>
      )}
    </Slider.Root>
  )
}
