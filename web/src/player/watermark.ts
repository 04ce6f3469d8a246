/** The viewer's own mark, moving over a picture: put back where somebody takes it away, and the picture waits until it is there. */

export type Tampering = 'removed' | 'hidden' | 'changed'

type Options = {
  /** What the picture is shown in. */
  frame: HTMLElement
  text: string
  /** Called at each look while the mark cannot be seen, and once when it can again. */
  onCovered: (covered: boolean) => void
  onTampered: (how: Tampering) => void
}

const LOOK_MS = 500
const MOVE_MS = 7000
/** Fainter than this is not seen. */
const LEAST_OPACITY = 0.2

const look: Record<string, string> = {
  all: 'initial',
  position: 'absolute',
  'z-index': '9',
  'pointer-events': 'none',
  'user-select': 'none',
  'white-space': 'nowrap',
  font: '500 clamp(12px, 1.6cqw + 8px, 18px) system-ui, sans-serif',
  color: '#fff',
  opacity: '0.5',
  // Its outline is what is seen on white.
  'text-shadow': '-1px 0 #000, 1px 0 #000, 0 -1px #000, 0 1px #000',
}

/** Returns the function that takes it away for good. */
export function showWatermark({ frame, text, onCovered, onTampered }: Options): () => void {
  let mark = place(frame, text)
  let style = mark.style.cssText
  let covered = false
  const move = () => {
    settle(mark)
    style = mark.style.cssText
  }
  const guard = () => {
    const how = tampering(mark, frame, text, style)
    if (how) {
      onTampered(how)
      mark.remove()
      mark = place(frame, text)
      style = mark.style.cssText
    }
    const hidden = isVisible(frame) && !isVisible(mark)
    if (hidden || covered) onCovered(hidden)
    covered = hidden
    // What this did itself is no news.
    watcher.takeRecords()
  }
  const watcher = new MutationObserver(guard)
  watcher.observe(frame, { childList: true, subtree: true, attributes: true, characterData: true })
  const timers = [setInterval(guard, LOOK_MS), setInterval(move, MOVE_MS)]
  return () => {
    watcher.disconnect()
    for (const timer of timers) clearInterval(timer)
    mark.remove()
    if (covered) onCovered(false)
  }
}

function place(frame: HTMLElement, text: string): HTMLElement {
  const mark = document.createElement('div')
  mark.textContent = text
  mark.setAttribute('aria-hidden', 'true')
  for (const [name, value] of Object.entries(look)) mark.style.setProperty(name, value, 'important')
  frame.append(mark)
  settle(mark)
  return mark
}

/** To another place, slowly where motion is welcome. */
function settle(mark: HTMLElement): void {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const at = (most: number) => `${Math.round(4 + Math.random() * most)}%`
  mark.style.setProperty(
    'transition',
    still ? 'none' : `top ${MOVE_MS}ms linear, left ${MOVE_MS}ms linear`,
    'important',
  )
  mark.style.setProperty('top', at(76), 'important')
  mark.style.setProperty('left', at(60), 'important')
}

function tampering(mark: HTMLElement, frame: HTMLElement, text: string, style: string): Tampering | null {
  if (mark.parentElement !== frame) return 'removed'
  if (mark.textContent !== text) return 'changed'
  if (mark.style.cssText !== style || mark.hidden || mark.className !== '') return 'hidden'
  return isVisible(frame) && !isVisible(mark) ? 'hidden' : null
}

function isVisible(element: HTMLElement): boolean {
  const { width, height } = element.getBoundingClientRect()
  if (width < 1 || height < 1) return false
  for (let each: HTMLElement | null = element; each; each = each.parentElement) {
    const { display, visibility, opacity, filter, clipPath } = getComputedStyle(each)
    if (display === 'none' || (each === element && visibility !== 'visible')) return false
    if (Number(opacity) < LEAST_OPACITY || filter !== 'none' || clipPath !== 'none') return false
  }
  return true
}
