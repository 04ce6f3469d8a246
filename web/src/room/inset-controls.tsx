/** The smaller picture of a stage: where it stands, and what one may do with it: swap, drag to another corner, hide. */
import { ArrowLeftRight, EyeOff, Move, PictureInPicture } from 'lucide-react'
import { type CSSProperties, type PointerEvent, type RefObject, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type Corner,
  cornerAt,
  cornerClasses,
  hideInset,
  inset,
  insetClasses,
  moveInset,
  moveInsetOn,
} from '../board/inset.ts'
import { IconButton } from '../ui/button.tsx'
import { classes } from '../ui/classes.ts'
import { useStore } from '../use-store.ts'
import { useRoom } from './classroom-context.ts'
import type { FreeRoom } from './stage-places.ts'

export type Place = { className: string; style?: CSSProperties }

/** In the room that is free beside or above the large picture, else over it in this corner; null: not shown. */
export function smallPlace({ beside, above }: FreeRoom, corner: Corner | null): Place {
  if (corner === null) return { className: 'hidden' }
  const className = 'absolute end-0 top-0 overflow-hidden bg-stage'
  if (beside) return { className, style: { width: beside, height: (beside * 9) / 16 } }
  if (above) return { className, style: { height: above, width: (above * 16) / 9 } }
  return {
    className: classes(insetClasses, cornerClasses[corner]),
    style: { translate: 'var(--drag-x, 0) var(--drag-y, 0)' },
  }
}

const DRAG_FROM_PX = 8

/** `free`: it stands in room of its own, and covers nothing. */
export function InsetControls({
  stage,
  place,
  free,
}: {
  stage: RefObject<HTMLElement | null>
  place: Place
  free: boolean
}) {
  const { t } = useTranslation()
  const { layout } = useRoom().classroom
  const { hidden } = useStore(inset)
  const from = useRef<{ x: number; y: number; moved: boolean } | null>(null)
  const drag = (x: string, y: string) => {
    stage.current?.style.setProperty('--drag-x', x)
    stage.current?.style.setProperty('--drag-y', y)
  }
  const follow = ({ clientX, clientY, currentTarget, pointerId }: PointerEvent) => {
    if (!from.current || free) return
    const [x, y] = [clientX - from.current.x, clientY - from.current.y]
    if (!from.current.moved && Math.hypot(x, y) < DRAG_FROM_PX) return
    if (!from.current.moved) currentTarget.setPointerCapture(pointerId)
    from.current.moved = true
    drag(`${x}px`, `${y}px`)
  }
  const drop = ({ clientX, clientY }: PointerEvent) => {
    drag('0', '0')
    const box = stage.current?.getBoundingClientRect()
    if (from.current?.moved && box) moveInset(cornerAt(clientX - box.left, clientY - box.top, box.width, box.height))
    else from.current = null
  }
  const swap = () => {
    if (!from.current?.moved) layout.swap()
    from.current = null
  }
  if (hidden)
    return (
      <IconButton
        look="stage"
        className="absolute end-3 top-3 bg-stage-veil"
        label={t('room.stage.showInset')}
        icon={<PictureInPicture size={18} />}
        onClick={() => hideInset(false)}
        data-testid="show-inset"
      />
    )
  return (
    <div className={classes(place.className, 'group/inset border-0 bg-transparent shadow-none')} style={place.style}>
      <button
        type="button"
        onPointerDown={({ clientX, clientY }) => {
          from.current = { x: clientX, y: clientY, moved: false }
        }}
        onPointerMove={follow}
        onPointerUp={drop}
        onPointerCancel={drop}
        onClick={swap}
        aria-label={t('room.stage.swap')}
        title={t(free ? 'room.stage.swap' : 'room.stage.swapOrDrag')}
        data-testid="swap-board"
        className="absolute inset-0 touch-none rounded-control outline-offset-[-2px]"
      >
        <ArrowLeftRight size={14} aria-hidden className="absolute start-1.5 bottom-1.5 opacity-70" />
      </button>
      <span className="absolute end-0.5 top-0.5 flex gap-0.5 opacity-0 transition-opacity duration-150 focus-within:opacity-100 group-hover/inset:opacity-100 pointer-coarse:opacity-80">
        {!free && (
          <IconButton
            small
            look="stage"
            className="size-7 bg-stage-veil"
            label={t('room.stage.moveInset')}
            icon={<Move size={14} />}
            onClick={moveInsetOn}
            data-testid="move-inset"
          />
        )}
        <IconButton
          small
          look="stage"
          className="size-7 bg-stage-veil"
          label={t('room.stage.hideInset')}
          icon={<EyeOff size={14} />}
          onClick={() => hideInset(true)}
          data-testid="hide-inset"
        />
      </span>
    </div>
  )
}
