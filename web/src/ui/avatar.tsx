/** A person as one character on a quiet disc; teachers and assistants in the accent. */
import { classes } from './classes.ts'

const sizes = { sm: 'size-7 text-xs', md: 'size-9 text-sm', lg: 'size-12 text-lg', xl: 'size-20 text-2xl' } as const

type Props = { name: string; staff?: boolean; size?: keyof typeof sizes }

export function Avatar({ name, staff, size = 'md' }: Props) {
  return (
    <span
      aria-hidden
      className={classes(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-medium',
        sizes[size],
        staff ? 'bg-accent-soft text-accent' : 'bg-sunken text-muted',
      )}
    >
      {[...name.trim()][0]?.toUpperCase() ?? '·'}
    </span>
  )
}
