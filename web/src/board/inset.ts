/** Where the smaller picture of a stage stands, and whether it is shown: each viewer's own, kept on this device. */
import { Store } from '../store.ts'

const corners = ['top-end', 'top-start', 'bottom-start', 'bottom-end'] as const
export type Corner = (typeof corners)[number]
export type InsetView = { corner: Corner; hidden: boolean }

const KEY = 'inset'
const first: InsetView = { corner: 'top-end', hidden: false }

function remembered(): InsetView {
  try {
    const { corner, hidden } = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return { corner: corners.find((each) => each === corner) ?? first.corner, hidden: hidden === true }
  } catch {
    return first
  }
}

export const inset = new Store<InsetView>(remembered())

function change(wish: Partial<InsetView>) {
  inset.patch(wish)
  try {
    localStorage.setItem(KEY, JSON.stringify(inset.get()))
  } catch {}
}

export const hideInset = (hidden: boolean): void => change({ hidden })
export const moveInset = (corner: Corner): void => change({ corner })
/** To the next corner, round the stage. */
export const moveInsetOn = (): void =>
  moveInset(corners[(corners.indexOf(inset.get().corner) + 1) % corners.length] ?? first.corner)

/** The corner of a box of this size that is nearest to a point in it. */
export function cornerAt(x: number, y: number, width: number, height: number): Corner {
  const across = x < width / 2 ? 'start' : 'end'
  return y < height / 2 ? `top-${across}` : `bottom-${across}`
}

export const insetClasses =
  'absolute aspect-video w-1/4 min-w-28 max-w-64 overflow-hidden rounded-control border border-stage-line bg-stage shadow-raised'
export const cornerClasses: Record<Corner, string> = {
  'top-end': 'end-3 top-3',
  'top-start': 'start-3 top-12',
  'bottom-start': 'start-3 bottom-16',
  'bottom-end': 'end-3 bottom-16',
}
