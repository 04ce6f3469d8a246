/** A part of a page under a heading of its own. */
import type { ReactNode } from 'react'

type Props = { title: string; children: ReactNode; action?: ReactNode; id?: string }

export function Section({ title, children, action, id }: Props) {
  return (
    <section id={id} className="mt-10 scroll-mt-20 sm:mt-12" aria-label={title}>
      <div className="mb-4 flex items-center justify-between gap-4">
        <h2 className="display text-lg">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}
