/** One page of a document: painted when it is near, with its words over the picture, to be selected, searched and read aloud. */
import { type CSSProperties, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { layWords, type PDFDocumentProxy, paint, sizeOf } from './pdf.ts'
import './pdf-page.css'

/** Painted this far ahead. */
const AHEAD = '600px 0px'
/** Of A4 in points, until the page says otherwise. */
const A4 = { width: 595, height: 842 }

type Props = {
  document: PDFDocumentProxy
  number: number
  width: number
  /** Its words are wanted even where it is far. */
  reads: boolean
  onSeen: (number: number) => void
  onRead: (number: number) => void
}

export function PdfPage({ document, number, width, reads, onSeen, onRead }: Props) {
  const { t } = useTranslation()
  const frame = useRef<HTMLElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const words = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  const [size, setSize] = useState(A4)
  const wanted = useRef(false)
  wanted.current ||= near || reads

  useEffect(() => {
    const element = frame.current!
    const nearing = new IntersectionObserver(([entry]) => setNear(entry!.isIntersecting), { rootMargin: AHEAD })
    const seeing = new IntersectionObserver(([entry]) => entry!.isIntersecting && onSeen(number), {
      rootMargin: '-45% 0px -45% 0px',
    })
    nearing.observe(element)
    seeing.observe(element)
    return () => {
      nearing.disconnect()
      seeing.disconnect()
    }
  }, [number, onSeen])

  useEffect(() => {
    if (!near) return
    return untilGone(async (isGone, stopWith) => {
      const page = await document.getPage(number)
      if (isGone() || !canvas.current) return
      setSize(sizeOf(page))
      stopWith(paint(page, canvas.current, width))
    })
  }, [document, number, width, near])

  const reading = wanted.current
  useEffect(() => {
    const layer = words.current
    if (!reading || !layer) return
    const end = untilGone(
      async (isGone, stopWith) => {
        const page = await document.getPage(number)
        if (isGone()) return
        setSize(sizeOf(page))
        const { laid, stop } = layWords(page, layer)
        stopWith(stop)
        await laid
      },
      () => onRead(number),
    )
    return () => {
      end()
      layer.replaceChildren()
    }
  }, [document, number, reading, onRead])

  const style = { width, height: (width * size.height) / size.width, '--total-scale-factor': width / size.width }
  return (
    <article
      ref={frame}
      aria-label={t('document.page', { number })}
      data-page={number}
      className="relative mx-auto shrink-0 scroll-mt-30 overflow-hidden rounded-control bg-on-stage shadow-card"
      style={style as CSSProperties}
    >
      {near && <canvas ref={canvas} aria-hidden className="size-full" />}
      <div ref={words} className="pdf-words" />
    </article>
  )
}

type Work = (isGone: () => boolean, stopWith: (stop: () => void) => void) => Promise<void>

/** Trouble with one page is no trouble of the others: it stays empty. Returns the function that ends the work. */
function untilGone(work: Work, done: () => void = () => {}): () => void {
  let stop = () => {}
  let gone = false
  work(
    () => gone,
    (stopping) => {
      stop = stopping
    },
  )
    .catch(() => {})
    .then(() => !gone && done())
  return () => {
    gone = true
    stop()
  }
}
