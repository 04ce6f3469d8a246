/** One page of a document: painted when it is near, with its words for those who listen. */
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type PDFDocumentProxy, paint, wordsOf } from './pdf.ts'

/** Painted this far ahead. */
const AHEAD = '600px 0px'
/** Of A4, until the page says otherwise. */
const HIGH = Math.SQRT2

type Props = { document: PDFDocumentProxy; number: number; width: number; onSeen: (number: number) => void }

export function PdfPage({ document, number, width, onSeen }: Props) {
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [near, setNear] = useState(false)
  const [shape, setShape] = useState(HIGH)
  const [words, setWords] = useState('')

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
    let stop = () => {}
    let gone = false
    const show = async () => {
      const page = await document.getPage(number)
      if (gone || !canvas.current) return
      const { width: wide, height } = page.getViewport({ scale: 1 })
      setShape(height / wide)
      stop = paint(page, canvas.current, width)
      setWords(await wordsOf(page))
    }
    show().catch(() => {})
    return () => {
      gone = true
      stop()
    }
  }, [document, number, width, near])

  return (
    <div
      ref={frame}
      data-page={number}
      className="mx-auto overflow-hidden rounded-control bg-on-stage shadow-card"
      style={{ width, height: width * shape }}
    >
      {near && <canvas ref={canvas} role="img" aria-label={t('document.page', { number })} className="size-full" />}
      <p className="sr-only">{words}</p>
    </div>
  )
}
