/** What is wrong with a form as a whole. */
import type { ReactNode } from 'react'

export const FormTrouble = ({ children }: { children: ReactNode }) => (
  <p role="alert" className="rounded-control bg-accent-soft px-3 py-2 text-accent text-sm">
    {children}
  </p>
)
