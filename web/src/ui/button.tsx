/** Buttons: one primary per screen, ink for what cannot be undone, quiet for the rest, stage over pictures. */
import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'

const looks = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover font-medium',
  ink: 'bg-ink text-on-ink hover:bg-ink-hover font-medium',
  quiet: 'border border-line-strong bg-surface text-text hover:bg-sunken',
  ghost: 'text-text hover:bg-sunken',
  stage: 'text-on-stage hover:bg-stage-press',
} as const

const sizes = {
  sm: 'h-8 px-3 text-sm gap-1.5',
  md: 'h-10 px-4 text-sm gap-2',
  lg: 'h-12 px-6 text-base gap-2',
} as const

export type Look = keyof typeof looks

/** The look of a button, for links that are one. */
export const buttonClasses = (look: Look = 'quiet', size: keyof typeof sizes = 'md') =>
  classes(
    'inline-flex shrink-0 select-none items-center justify-center whitespace-nowrap rounded-control transition-colors duration-150',
    'disabled:cursor-not-allowed disabled:opacity-50',
    looks[look],
    sizes[size],
  )

type ButtonProps = ComponentProps<'button'> & { look?: Look; size?: keyof typeof sizes; busy?: boolean }

export function Button({ look = 'quiet', size = 'md', busy, className, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={classes(buttonClasses(look, size), className)}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      {...rest}
    />
  )
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'children'> & {
  label: string
  icon: ReactNode
  look?: 'ghost' | 'stage' | 'quiet'
  small?: boolean
}

/** The look of a button that is only a picture, for links that are one. */
export const iconButtonClasses = (look: 'ghost' | 'stage' | 'quiet' = 'ghost', small = false) =>
  classes(
    'inline-flex shrink-0 items-center justify-center rounded-control transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-50',
    small ? 'size-8' : 'size-10',
    looks[look],
  )

/** A button that is only a picture; its label is spoken and shown as a hint. */
export function IconButton({ label, icon, look, small, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={classes(iconButtonClasses(look, small), className)}
      {...rest}
    >
      {icon}
    </button>
  )
}
