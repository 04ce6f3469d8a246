/** A PDF in the page: its pages one under the other, as wide as there is room, where one was the last time. */
import { ChevronLeft, ChevronRight, Minus, Plus } from 'lucide-react'
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { PageField } from './page-field.tsx'
import { openPdf, type PDFDocumentProxy } from './pdf.ts'
import { PdfPage } from './pdf-page.tsx'
import { useDocumentKeys } from './use-document-keys.ts'

const zooms = [0.75, 1, 1.25, 1.5, 2, 3] as const
const WHOLE = zooms.indexOf(1)

type Props = { url: string; startAt: number; onPage: (page: number, pages: number) => void; onRetry: () => void }

export function PdfView({ url, startAt, onPage, onRetry }: Props) {
  const { t } = useTranslation()
  const { document, error } = usePdf(url)
  const frame = useRef<HTMLElement>(null)
  const room = useWidth(frame)
  const [zoom, setZoom] = useState(WHOLE)
  const [page, setPage] = useState(1)
  const pages = document?.numPages ?? 0
  const { turn, read } = useTurns()
  const see = useCallback((number: number) => setPage(number), [])
  useEffect(() => {
    if (pages > 0) onPage(page, pages)
  }, [page, pages, onPage])
  useStart(frame, document, room, startAt)

  const goTo = (number: number) => {
    if (number >= 1 && number <= pages) pageIn(frame, number)?.scrollIntoView({ block: 'start' })
  }
  const zoomTo = (next: number) => setZoom(Math.max(0, Math.min(zooms.length - 1, next)))
  useDocumentKeys(frame, {
    next: () => goTo(page + 1),
    previous: () => goTo(page - 1),
    larger: () => zoomTo(zoom + 1),
    smaller: () => zoomTo(zoom - 1),
    whole: () => setZoom(WHOLE),
  })

  if (error) return <Failed error={error} title={t('document.failed')} onRetry={onRetry} />
  const numbers = Array.from({ length: pages }, (_, place) => place + 1)
  return (
    <section aria-label={t('document.label')} data-testid="document" data-pages={pages}>
      <div
        role="toolbar"
        aria-label={t('document.tools')}
        className="sticky top-14 z-10 mb-3 flex items-center gap-1 rounded-card border bg-surface px-2 py-1"
      >
        <IconButton
          small
          label={t('document.previous')}
          aria-keyshortcuts="ArrowLeft"
          icon={<ChevronLeft size={16} />}
          disabled={page <= 1}
          onClick={() => goTo(page - 1)}
        />
        {pages > 0 && <PageField page={page} pages={pages} onGo={goTo} />}
        <IconButton
          small
          label={t('document.next')}
          aria-keyshortcuts="ArrowRight"
          icon={<ChevronRight size={16} />}
          disabled={page >= pages}
          onClick={() => goTo(page + 1)}
        />
        <IconButton
          small
          className="ms-auto"
          label={t('document.smaller')}
          aria-keyshortcuts="-"
          icon={<Minus size={16} />}
          disabled={zoom === 0}
          onClick={() => zoomTo(zoom - 1)}
        />
        <button
          type="button"
          className="tabular h-8 w-12 rounded-control text-center text-muted text-xs hover:bg-sunken"
          title={t('document.whole')}
          aria-keyshortcuts="0"
          data-testid="document-zoom"
          onClick={() => setZoom(WHOLE)}
        >
          {Math.round(zooms[zoom]! * 100)}%
        </button>
        <IconButton
          small
          label={t('document.larger')}
          aria-keyshortcuts="+"
          icon={<Plus size={16} />}
          disabled={zoom === zooms.length - 1}
          onClick={() => zoomTo(zoom + 1)}
        />
      </div>
      <p className="mb-3 text-muted text-xs max-sm:hidden">{t('document.keys')}</p>
      <section
        ref={frame}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than its frame is scrolled by keys, too
        tabIndex={0}
        aria-label={t('document.pages')}
        className="scroll-quiet flex flex-col gap-3 overflow-x-auto rounded-card bg-sunken p-2 sm:p-3"
      >
        {document && room > 0 ? (
          numbers.map((number) => (
            <PdfPage
              key={number}
              document={document}
              number={number}
              width={room * zooms[zoom]!}
              reads={number <= turn}
              onSeen={see}
              onRead={read}
            />
          ))
        ) : (
          <Skeleton className="aspect-[1/1.414] w-full" />
        )}
      </section>
    </section>
  )
}

/** The words of all pages are read one page after the other, so that the browser's own search finds them anywhere. */
function useTurns() {
  const [turn, setTurn] = useState(1)
  const done = useRef(new Set<number>())
  const read = useCallback((number: number) => {
    done.current.add(number)
    setTurn((turn) => {
      let next = turn
      while (done.current.has(next)) next++
      return next
    })
  }, [])
  return { turn, read }
}

function usePdf(url: string) {
  const [document, setDocument] = useState<PDFDocumentProxy | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    const { loaded, close } = openPdf(url)
    let gone = false
    setError(null)
    loaded.then(
      (opened) => !gone && setDocument(opened),
      (trouble) => !gone && setError(trouble),
    )
    return () => {
      gone = true
      close()
    }
  }, [url])
  return { document, error }
}

type Frame = RefObject<HTMLElement | null>

/** The room for a page, without what is around it. */
function useWidth(frame: Frame): number {
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [frame])
  return width
}

/** Goes to where one was, once there are pages. */
function useStart(frame: Frame, document: PDFDocumentProxy | null, room: number, startAt: number) {
  const done = useRef(false)
  useEffect(() => {
    if (!document || room === 0 || done.current) return
    done.current = true
    // Who was through begins anew.
    if (startAt > 1 && startAt < document.numPages) pageIn(frame, startAt)?.scrollIntoView({ block: 'center' })
  }, [document, room, startAt, frame])
}

const pageIn = (frame: Frame, number: number) => frame.current?.querySelector(`[data-page="${number}"]`)
