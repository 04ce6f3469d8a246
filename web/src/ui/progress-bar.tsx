/** How far something has come, as a line with its figure beside it. */
import { classes } from './classes.ts'

type Props = { label: string; percent: number; className?: string }

export function ProgressBar({ label, percent, className }: Props) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className={classes('h-1.5 overflow-hidden rounded-full bg-line', className)}
    >
      <div
        className={classes(
          'h-full rounded-full transition-[width] duration-200',
          percent === 100 ? 'bg-good' : 'bg-accent-fill',
        )}
        style={{ width: `${percent}%` }}
      />
    </div>
  )
}
