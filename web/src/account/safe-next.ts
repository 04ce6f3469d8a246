/** Where to go after signing in: only paths on this site. */
export const safeNext = (next: string | null) => (next && /^\/(?![/\\])/.test(next) ? next : '/')
