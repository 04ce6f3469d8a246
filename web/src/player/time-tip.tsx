/** The time over a seek bar: where one drags to, or points. */
import { type PointerEvent, type ReactNode, useState } from 'react'

/** Where a mouse points on a bar from the one time to the other; null where it does not. */
export function usePointedTime(fromMs: number, toMs: number) {
  const [share, setShare] = useState<number | null>(null)
  const onPointerMove = ({ currentTarget, clientX, pointerType }: PointerEvent<HTMLElement>) => {
    if (pointerType !== 'mouse') return
    const { left, width } = currentTarget.getBoundingClientRect()
    setShare(Math.min(1, Math.max(0, (clientX - left) / width)))
  }
  const pointedMs = share === null ? null : fromMs + share * (toMs - fromMs)
  return { pointedMs, pointing: { onPointerMove, onPointerLeave: () => setShare(null) } }
}

/** `share`: how far along the bar, 0 to 1. */
export function TimeTip({ share, children }: { share: number; children: ReactNode }) {
  return (
    <span
      aria-hidden
      data-testid="time-tip"
      className="tabular pointer-events-none absolute bottom-5 flex max-w-56 -translate-x-1/2 gap-1.5 whitespace-nowrap rounded-control bg-stage-raised px-2 py-0.5 text-xs"
      style={{ insetInlineStart: `clamp(3.5rem, ${share * 100}%, calc(100% - 3.5rem))` }}
    >
      {children}
    </span>
  )
}
