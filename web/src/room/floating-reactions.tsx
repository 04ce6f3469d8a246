/** What the crowd gives, rising over the edge of the picture: never more of it than a phone draws with ease. */
import { Heart, type LucideIcon, PartyPopper, ThumbsUp } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { type Reaction, reactions } from '../../../signaling/protocol/constants.ts'
import { classes } from '../ui/classes.ts'
import { useRoom } from './classroom-context.ts'

export const icons: Record<Reaction, LucideIcon> = { like: ThumbsUp, applause: PartyPopper, heart: Heart }
const fills: Record<Reaction, string> = { like: 'fill-accent-fill', applause: 'fill-good', heart: 'fill-live' }

const MOST_AT_ONCE = 24
const RISE_MS = 2400
/** As long as the room gathers: what comes in one moment was given over this time. */
const SPREAD_MS = 2000

export function FloatingReactions() {
  const layer = useRef<HTMLDivElement>(null)
  const stencils = useRef<HTMLDivElement>(null)
  const { classroom } = useRoom()
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)')
    return classroom.reactions.onGiven((counts, own) => {
      if (!layer.current || !stencils.current || still.matches || document.visibilityState === 'hidden') return
      for (const [place, kind] of reactions.entries())
        for (let shown = 0; shown < shownOf(counts[kind]); shown++)
          rise(layer.current, stencils.current.children[place]!, own ? 0 : Math.random() * SPREAD_MS)
    })
  }, [classroom])
  return (
    <>
      <div ref={stencils} hidden>
        {reactions.map((kind) => {
          const Icon = icons[kind]
          return <Icon key={kind} size={26} strokeWidth={1.5} className={classes('stroke-white', fills[kind])} />
        })}
      </div>
      <div
        ref={layer}
        aria-hidden
        data-testid="floating-reactions"
        className="pointer-events-none absolute end-2 bottom-14 h-3/5 w-20 overflow-hidden"
      />
    </>
  )
}

/** One of one, a few of many: a hundred look like more than ten without being ten times as many. */
const shownOf = (count: number) => Math.min(8, Math.ceil(Math.log2(1 + count)))

function rise(layer: HTMLElement, stencil: Element, delay: number): void {
  if (layer.childElementCount >= MOST_AT_ONCE) return
  const mark = document.createElement('span')
  mark.append(stencil.cloneNode(true))
  mark.className = 'absolute bottom-0 will-change-transform'
  mark.style.insetInlineEnd = `${Math.random() * 60}%`
  const [height, drift] = [layer.clientHeight, (Math.random() - 0.5) * 24]
  layer.append(mark)
  const rising = mark.animate(
    [
      { transform: 'translate(0, 0) scale(0.4)', opacity: 0 },
      { transform: `translate(${drift}px, ${-0.2 * height}px) scale(1)`, opacity: 1, offset: 0.2 },
      { transform: `translate(${-drift}px, ${-0.65 * height}px) scale(1)`, opacity: 0.9, offset: 0.65 },
      { transform: `translate(${drift}px, ${-0.95 * height}px) scale(1.1)`, opacity: 0 },
    ],
    { duration: RISE_MS, delay, easing: 'ease-out', fill: 'both' },
  )
  rising.onfinish = () => mark.remove()
  rising.oncancel = () => mark.remove()
}
