/** One part of the account's page. */
import type { ReactNode } from 'react'

type Props = { title: string; lead?: string | undefined; children?: ReactNode }

export function Card({ title, lead, children }: Props) {
  return (
    <section aria-label={title} className="mt-6 rounded-card border bg-surface p-5 sm:p-6">
      <h2 className="font-semibold">{title}</h2>
      {lead && <p className="mt-0.5 text-muted text-sm">{lead}</p>}
      {children && <div className="mt-4">{children}</div>}
    </section>
  )
}

/** A state in words, and the button that changes it. */
export function StateLine({ children, action }: { children: ReactNode; action: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0 text-sm">{children}</div>
      <div className="flex flex-wrap gap-2">{action}</div>
    </div>
  )
}
