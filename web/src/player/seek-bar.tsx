/** The line of the film's time: what was played, what is here already, and how much of it a trial has. */
import { Slider } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clockTime } from '../format.ts'
import type { Player, PlayerView } from './player.ts'
import { TimeTip, usePointedTime } from './time-tip.tsx'

const STEP_MS = 1000

export function SeekBar({ player, view }: { player: Player; view: PlayerView }) {
  const { t } = useTranslation()
  const [dragged, setDragged] = useState<number | null>(null)
  const { durationMs, bufferedMs, trialMs } = view
  const at = dragged ?? view.positionMs
  const { pointedMs, pointing } = usePointedTime(0, durationMs)
  const told = dragged ?? pointedMs
  const chapter = told === null ? undefined : view.replay?.chapters.findLast(({ atMs }) => atMs <= told)
  const percent = (ms: number) => `${durationMs > 0 ? Math.min(100, (ms / durationMs) * 100) : 0}%`
  return (
    <Slider.Root
      value={[at]}
      max={Math.max(durationMs, STEP_MS)}
      step={STEP_MS}
      onValueChange={([value = 0]) => setDragged(trialMs === null ? value : Math.min(value, trialMs))}
      onValueCommit={([value = 0]) => {
        setDragged(null)
        player.seek(value)
      }}
      {...pointing}
      className="group relative flex h-5 w-full touch-none select-none items-center"
      data-testid="seek-bar"
    >
      <Slider.Track className="relative h-1 flex-1 overflow-hidden rounded-full bg-stage-press transition-[height] duration-150 group-hover:h-1.5">
        <span className="absolute inset-y-0 start-0 bg-stage-press" style={{ width: percent(bufferedMs) }} />
        {trialMs !== null && (
          <span
            className="absolute inset-y-0 end-0 bg-stage"
            style={{ insetInlineStart: percent(trialMs) }}
            data-testid="beyond-trial"
          />
        )}
        <Slider.Range className="absolute h-full rounded-full bg-stage-accent" />
        {view.replay?.chapters.map(({ atMs, title }) => (
          <span
            key={`${atMs} ${title}`}
            aria-hidden
            className="absolute inset-y-0 w-0.5 bg-stage"
            style={{ insetInlineStart: percent(atMs) }}
          />
        ))}
      </Slider.Track>
      <Slider.Thumb
        aria-label={t('player.place')}
        aria-valuetext={t('player.placeOf', { at: clockTime(at), whole: clockTime(durationMs) })}
        className="block size-3.5 rounded-full bg-stage-accent"
      />
      {told !== null && (
        <TimeTip share={durationMs > 0 ? Math.min(1, told / durationMs) : 0}>
          {chapter && <span className="truncate text-on-stage-muted">{chapter.title}</span>}
          {clockTime(told)}
        </TimeTip>
      )}
    </Slider.Root>
  )
}
