/** All pages of the board, small, in a row: of the document, then the blank ones. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Page } from '../../../signaling/protocol/board.ts'
import type { PDFDocumentProxy } from '../document/pdf.ts'
import { useRoom } from '../room/classroom-context.ts'
import { classes } from '../ui/classes.ts'
import { useStore } from '../use-store.ts'
import { useDeck } from './use-deck.ts'
import { useTurning } from './use-turning.ts'

const WIDTH = 128

export function PageStrip({ page, onClose }: { page: Page; onClose: () => void }) {
  const { t } = useTranslation()
  const { decks, blanks } = useStore(useRoom().classroom.board.view)
  const { turn } = useTurning(page)
  const all = [
    ...decks.map(({ fileId, title, pages }) => ({ fileId: fileId as string | null, title, pages })),
    ...(blanks > 0 ? [{ fileId: null, title: t('room.board.blanks'), pages: blanks }] : []),
  ]
  return (
    <nav
      aria-label={t('room.board.pages')}
      className="scroll-quiet flex max-h-60 flex-col gap-2 overflow-y-auto border-stage-line border-b p-2"
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
      data-testid="page-strip"
    >
      {all.map(({ fileId, title, pages }) => (
        <section key={fileId ?? 'blank'} aria-label={title}>
          <h3 className="mb-1 truncate text-on-stage-muted text-xs">{title}</h3>
          <Row fileId={fileId} pages={pages} current={page} onTurn={turn} />
        </section>
      ))}
    </nav>
  )
}

type RowProps = { fileId: string | null; pages: number; current: Page; onTurn: (page: Page) => void }

function Row({ fileId, pages, current, onTurn }: RowProps) {
  const { t } = useTranslation()
  const { document } = useDeck(fileId)
  return (
    <ol className="scroll-quiet flex gap-2 overflow-x-auto pb-1">
      {Array.from({ length: pages }, (_, place) => place + 1).map((number) => {
        const here = current.fileId === fileId && current.number === number
        return (
          <li key={number} className="shrink-0">
            <button
              type="button"
              aria-label={t('document.page', { number })}
              aria-current={here ? 'page' : undefined}
              onClick={() => onTurn({ fileId, number })}
              data-testid={`page-${fileId === null ? 'blank' : 'deck'}-${number}`}
              className={classes(
                'relative block overflow-hidden rounded-control border-2 bg-on-stage',
                here ? 'border-stage-accent' : 'border-stage-line',
              )}
              style={{ width: WIDTH, height: (WIDTH * 9) / 16 }}
            >
              {fileId !== null && <Thumbnail document={document} number={number} />}
              <span className="tabular absolute end-1 bottom-1 rounded bg-stage-veil px-1 text-on-stage text-xs">
                {number}
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

function Thumbnail({ document, number }: { document: PDFDocumentProxy | null; number: number }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry!.isIntersecting && setNear(true))
    observer.observe(canvas.current!)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (!document || !near) return
    let stop = () => {}
    let gone = false
    const show = async () => {
      const [page, { paint }] = await Promise.all([document.getPage(number), import('../document/pdf.ts')])
      if (!gone && canvas.current) stop = paint(page, canvas.current, WIDTH)
    }
    show().catch(() => {})
    return () => {
      gone = true
      stop()
    }
  }, [document, number, near])
  return <canvas ref={canvas} aria-hidden className="size-full object-contain" />
}
