/** Where to go after signing in: only paths on this site. */
import type { SessionView } from '../api/session.ts'

export const safeNext = (next: string | null) => (next && /^\/(?![/\\])/.test(next) ? next : '/')

/** Who is new is asked for a name first. */
export const afterSignIn = ({ isNew }: SessionView, next: string) =>
  isNew ? `/welcome${next === '/' ? '' : `?${new URLSearchParams({ next })}`}` : next
