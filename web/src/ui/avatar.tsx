/** A person as one character on a quiet disc; teachers and assistants in the accent. */
import type { Role } from '../../../signaling/protocol/events.ts'
import { classes } from './classes.ts'

const sizes = { sm: 'size-7 text-xs', md: 'size-9 text-sm', lg: 'size-12 text-lg', xl: 'size-20 text-2xl' } as const

export function Avatar({ name, role, size = 'md' }: { name: string; role?: Role; size?: keyof typeof sizes }) {
  return (
    <span
      aria-hidden
      className={classes(
        'inline-flex shrink-0 select-none items-center justify-center rounded-full font-medium',
        sizes[size],
        role === 'teacher' || role === 'assistant' ? 'bg-accent-soft text-accent' : 'bg-sunken text-muted',
      )}
    >
      {[...name.trim()][0]?.toUpperCase() ?? '·'}
    </span>
  )
}
