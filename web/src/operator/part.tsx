/** A part of a page of operators, with its heading. */
import type { ReactNode } from 'react'
import { classes } from '../ui/classes.ts'

type Props = { title: string; children: ReactNode; urgent?: boolean }

export function Part({ title, children, urgent }: Props) {
  return (
    <section aria-label={title}>
      <h2 className={classes('mb-3 font-medium', urgent && 'text-accent')}>{title}</h2>
      {children}
    </section>
  )
}
