/** A PDF in the page: its pages one under the other, as wide as there is room, where one was the last time. */
import { Minus, Plus } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/button.tsx'
import { Failed, Skeleton } from '../ui/states.tsx'
import { openPdf, type PDFDocumentProxy } from './pdf.ts'
import { PdfPage } from './pdf-page.tsx'

const zooms = [0.75, 1, 1.25, 1.5, 2] as const

type Props = { url: string; startAt: number; onPage: (page: number, pages: number) => void; onRetry: () => void }

export function PdfView({ url, startAt, onPage, onRetry }: Props) {
  const { t } = useTranslation()
  const { document, error } = usePdf(url)
  const frame = useRef<HTMLDivElement>(null)
  const room = useWidth(frame)
  const [zoom, setZoom] = useState(zooms.indexOf(1))
  const [page, setPage] = useState(1)
  const pages = document?.numPages ?? 0
  const see = useCallback((number: number) => setPage(number), [])
  useEffect(() => {
    if (pages > 0) onPage(page, pages)
  }, [page, pages, onPage])
  useStart(frame, document, room, startAt)

  if (error) return <Failed error={error} title={t('document.failed')} onRetry={onRetry} />
  const numbers = Array.from({ length: pages }, (_, place) => place + 1)
  return (
    <section aria-label={t('document.label')} data-testid="document" data-pages={pages}>
      <div className="sticky top-14 z-10 mb-3 flex items-center gap-1 rounded-card border bg-surface px-2 py-1">
        <p className="tabular flex-1 px-2 text-sm" aria-live="polite" data-testid="document-page">
          {pages > 0 && t('document.pageOf', { page, pages })}
        </p>
        <IconButton
          small
          label={t('document.smaller')}
          icon={<Minus size={16} />}
          disabled={zoom === 0}
          onClick={() => setZoom(zoom - 1)}
        />
        <span className="tabular w-12 text-center text-muted text-xs">{Math.round(zooms[zoom]! * 100)}%</span>
        <IconButton
          small
          label={t('document.larger')}
          icon={<Plus size={16} />}
          disabled={zoom === zooms.length - 1}
          onClick={() => setZoom(zoom + 1)}
        />
      </div>
      <div ref={frame} className="scroll-quiet flex flex-col gap-3 overflow-x-auto rounded-card bg-sunken p-2 sm:p-3">
        {document && room > 0 ? (
          numbers.map((number) => (
            <PdfPage key={number} document={document} number={number} width={room * zooms[zoom]!} onSeen={see} />
          ))
        ) : (
          <Skeleton className="aspect-[1/1.414] w-full" />
        )}
      </div>
    </section>
  )
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

/** The room for a page, without what is around it. */
function useWidth(frame: React.RefObject<HTMLElement | null>): number {
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
function useStart(
  frame: React.RefObject<HTMLElement | null>,
  document: PDFDocumentProxy | null,
  room: number,
  startAt: number,
) {
  const done = useRef(false)
  useEffect(() => {
    if (!document || room === 0 || done.current) return
    done.current = true
    // Who was through begins anew.
    if (startAt > 1 && startAt < document.numPages)
      frame.current?.querySelector(`[data-page="${startAt}"]`)?.scrollIntoView({ block: 'center' })
  }, [document, room, startAt, frame])
}
