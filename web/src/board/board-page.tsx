/** The page that is shown, as large as there is room for it, with what is drawn on it. */
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Page } from '../../../signaling/protocol/board.ts'
import { codeOf } from '../api/errors.ts'
import type { BoardLog } from '../classroom/board-log.ts'
import type { PDFDocumentProxy } from '../document/pdf.ts'
import { useErrorText } from '../i18n/texts.ts'
import { Button } from '../ui/button.tsx'
import { InkCanvas } from './ink-canvas.tsx'
import type { Pen } from './pen.ts'
import { type OpenDeck, useDeck } from './use-deck.ts'

/** Height over width of a blank page. */
const BLANK_SHAPE = 9 / 16

type Props = { board: BoardLog; page: Page; pen?: Pen | null }

export function BoardPage({ board, page, pen = null }: Props) {
  const deck = useDeck(page.fileId)
  const frame = useRef<HTMLDivElement>(null)
  const room = useRoomFor(frame)
  const shape = useShape(deck.document, page)
  const width = Math.floor(Math.min(room.width, room.height / shape))
  const height = Math.round(width * shape)
  const troubled = page.fileId !== null && deck.error !== null
  return (
    <div ref={frame} className="flex size-full items-center justify-center" data-testid="board">
      {troubled ? (
        <Trouble deck={deck} />
      ) : (
        width > 0 && (
          <div className="relative shrink-0 overflow-hidden bg-on-stage shadow-card" style={{ width, height }}>
            {page.fileId !== null && <DeckPage deck={deck.document} number={page.number} width={width} />}
            <InkCanvas board={board} page={page} width={width} height={height} pen={pen} />
          </div>
        )
      )}
    </div>
  )
}

function DeckPage({ deck, number, width }: { deck: PDFDocumentProxy | null; number: number; width: number }) {
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [painted, setPainted] = useState(0)
  const [words, setWords] = useState('')
  useEffect(() => {
    if (!deck || number > deck.numPages) return
    let stop = () => {}
    let gone = false
    const show = async () => {
      const [page, { paint, wordsOf }] = await Promise.all([deck.getPage(number), import('../document/pdf.ts')])
      if (gone || !canvas.current) return
      stop = paint(page, canvas.current, width)
      setPainted(number)
      setWords(await wordsOf(page))
      // The next one is at hand when it is turned to.
      if (number < deck.numPages) await deck.getPage(number + 1)
    }
    show().catch(() => {})
    return () => {
      gone = true
      stop()
    }
  }, [deck, number, width])
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label={t('document.page', { number })}
        data-testid="deck-page"
        data-page={painted}
        className="size-full"
      />
      <p className="sr-only">{words}</p>
      {painted === 0 && <p className="absolute inset-0 animate-shimmer bg-sunken" role="status" aria-busy />}
    </>
  )
}

function Trouble({ deck: { error, retry } }: { deck: OpenDeck }) {
  const { t } = useTranslation()
  const textOf = useErrorText()
  const unpaid = codeOf(error) === 'not_entitled'
  return (
    <div role="alert" className="flex max-w-md flex-col items-center gap-3 px-6 text-center text-on-stage text-sm">
      <p>{unpaid ? t('room.board.unpaid') : `${t('room.board.failed')} ${textOf(error)}`}</p>
      {!unpaid && (
        <Button look="stage" onClick={retry}>
          {t('actions.retry')}
        </Button>
      )}
    </div>
  )
}

function useShape(deck: PDFDocumentProxy | null, { fileId, number }: Page): number {
  const [shape, setShape] = useState(BLANK_SHAPE)
  useEffect(() => {
    if (fileId === null) setShape(BLANK_SHAPE)
    if (fileId === null || !deck || number > deck.numPages) return
    let gone = false
    deck.getPage(number).then(
      (page) => {
        const { width, height } = page.getViewport({ scale: 1 })
        if (!gone) setShape(height / width)
      },
      () => {},
    )
    return () => {
      gone = true
    }
  }, [deck, fileId, number])
  return shape
}

function useRoomFor(frame: React.RefObject<HTMLElement | null>) {
  const [room, setRoom] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = frame.current!
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight })
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return room
}
