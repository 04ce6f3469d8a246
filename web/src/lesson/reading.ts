/** How far a text was read, in thousandths: an article's place is told to the server as that. */

export const WHOLE = 1000
/** The last lines are read when they are this near. */
const NEAR_PX = 24

/** `top` of the text within a window that is `seen` high; negative once it has moved up. */
export function shareRead(top: number, height: number, seen: number): number {
  if (height <= 0) return 0
  const read = seen - top
  if (read >= height - NEAR_PX) return WHOLE
  return Math.max(0, Math.min(WHOLE, Math.round((read / height) * WHOLE)))
}

/** How far to scroll so that so much was read: the inverse of `shareRead`. */
export const scrollFor = (share: number, pageTop: number, height: number, seen: number): number =>
  Math.max(0, pageTop + (share / WHOLE) * height - seen)
