/** A row of cells that fill as one speaks. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meterLevel } from '../classroom/level-meter.ts'
import { classes } from '../ui/classes.ts'

const CELLS = 16
const HEARD_LEVEL = 0.35

export function LevelBar({ track, onHeard }: { track: MediaStreamTrack; onHeard?: () => void }) {
  const { t } = useTranslation()
  const [level, setLevel] = useState(0)
  const heard = useRef(onHeard)
  heard.current = onHeard
  useEffect(
    () =>
      meterLevel(track, (next) => {
        setLevel(next)
        if (next > HEARD_LEVEL) heard.current?.()
      }),
    [track],
  )
  const lit = Math.round(level * CELLS)
  return (
    <div
      role="img"
      aria-label={t('room.console.microphone')}
      data-level={level.toFixed(2)}
      data-testid="level-meter"
      className="flex h-2.5 gap-[3px]"
    >
      {Array.from({ length: CELLS }, (_, cell) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
          key={cell}
          className={classes('flex-1 rounded-full', cell >= lit ? 'bg-line' : cell > 13 ? 'bg-accent-fill' : 'bg-good')}
        />
      ))}
    </div>
  )
}
