/** What is drawn on the page that is shown: two canvases, one for what lasts and one for what passes, and the pen. */
import { type PointerEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Page } from '../../../signaling/protocol/board.ts'
import { PAGE_WIDTH } from '../../../signaling/protocol/constants.ts'
import type { BoardLog } from '../classroom/board-log.ts'
import { classes } from '../ui/classes.ts'
import { useStorePart } from '../use-store.ts'
import { inkColours, LETTER_TIMES, paintLasers, paintStrokes } from './ink.ts'
import type { Pen, Point } from './pen.ts'

type Props = { board: BoardLog; page: Page; width: number; height: number; pen: Pen | null }

export function InkCanvas({ board, page, width, height, pen }: Props) {
  const scale = width / PAGE_WIDTH
  const lasting = usePainted(width, height, [board.strokes], (context, sharp) =>
    paintStrokes(context, board.strokes.get(), scale * sharp),
  )
  const passingStores = pen ? [board.passing, pen.own, pen.laser] : [board.passing]
  const passing = usePainted(width, height, passingStores, (context, sharp) => {
    const { sketches, lasers } = board.passing.get()
    paintStrokes(context, [...sketches, ...(pen?.own.get() ?? [])], scale * sharp)
    const laser = pen?.laser.get()
    paintLasers(context, laser ? [...lasers, laser] : lasers, scale * sharp)
  })
  return (
    <div className="absolute inset-0" data-testid="ink">
      <canvas ref={lasting} aria-hidden className="absolute inset-0 size-full" />
      <canvas ref={passing} aria-hidden className="absolute inset-0 size-full" />
      {pen && <Hand page={page} pen={pen} scale={scale} />}
    </div>
  )
}

type Watched = { subscribe: (listener: () => void) => () => void }

/** A canvas that is painted anew, at most once a frame, when one of these changes. */
function usePainted(
  width: number,
  height: number,
  stores: Watched[],
  paint: (context: CanvasRenderingContext2D, sharpness: number) => void,
) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const latest = useRef(paint)
  latest.current = paint
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list of stores is a new one each time, its members are not
  useEffect(() => {
    const element = canvas.current!
    const sharpness = Math.min(2, devicePixelRatio || 1)
    element.width = Math.round(width * sharpness)
    element.height = Math.round(height * sharpness)
    const context = element.getContext('2d')!
    let frame = 0
    const soon = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0
        context.clearRect(0, 0, element.width, element.height)
        latest.current(context, sharpness)
      })
    }
    soon()
    const unsubscribe = stores.map((store) => store.subscribe(soon))
    return () => {
      cancelAnimationFrame(frame)
      for (const each of unsubscribe) each()
    }
  }, [width, height, ...stores])
  return canvas
}

/** Takes what the pointer does to the pen. */
function Hand({ page, pen, scale }: { page: Page; pen: Pen; scale: number }) {
  const { t } = useTranslation()
  const tool = useStorePart(pen.view, (view) => view.tool)
  const [writing, setWriting] = useState<Point | null>(null)
  const down = useRef(false)
  const pointOf = (event: { clientX: number; clientY: number }, element: Element): Point => {
    const { left, top } = element.getBoundingClientRect()
    return { x: (event.clientX - left) / scale, y: (event.clientY - top) / scale }
  }
  const start = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return
    const point = pointOf(event, event.currentTarget)
    if (tool === 'text') {
      event.preventDefault()
      setWriting(writing ? null : point)
      return
    }
    event.currentTarget.setPointerCapture(event.pointerId)
    down.current = true
    pen.down(page, point)
  }
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!down.current && tool !== 'laser') return
    const { nativeEvent, currentTarget } = event
    const all = nativeEvent.getCoalescedEvents?.() ?? []
    for (const each of all.length > 0 ? all : [nativeEvent]) pen.move(page, pointOf(each, currentTarget))
  }
  const end = () => {
    if (down.current || tool === 'laser') pen.up()
    down.current = false
  }
  return (
    <>
      <div
        className={classes('absolute inset-0 touch-none', tool === 'text' ? 'cursor-text' : 'cursor-crosshair')}
        aria-label={t('room.board.surface')}
        role="application"
        data-testid="board-surface"
        onPointerDown={start}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
        onPointerLeave={() => !down.current && end()}
      />
      {writing && (
        <Words
          key={`${writing.x} ${writing.y}`}
          pen={pen}
          point={writing}
          scale={scale}
          onDone={(text) => {
            pen.write(page, writing, text)
            setWriting(null)
          }}
        />
      )}
    </>
  )
}

type WordsProps = { pen: Pen; point: Point; scale: number; onDone: (text: string) => void }

function Words({ pen, point, scale, onDone }: WordsProps) {
  const { t } = useTranslation()
  const { colour, width } = pen.view.get()
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const done = useRef(false)
  useEffect(() => field.current?.focus(), [])
  const finish = (words: string) => {
    if (done.current) return
    done.current = true
    onDone(words)
  }
  return (
    <textarea
      ref={field}
      value={text}
      rows={Math.max(1, text.split('\n').length)}
      maxLength={200}
      aria-label={t('room.board.text')}
      data-testid="board-words"
      onChange={({ target }) => setText(target.value)}
      onBlur={() => finish(text)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') finish('')
        if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
          event.preventDefault()
          finish(text)
        }
        event.stopPropagation()
      }}
      className="absolute min-w-40 resize-none border border-dashed bg-transparent p-0 outline-none"
      style={{
        left: point.x * scale,
        top: point.y * scale,
        color: inkColours[colour],
        fontSize: width * LETTER_TIMES * scale,
        lineHeight: 1.3,
      }}
    />
  )
}
