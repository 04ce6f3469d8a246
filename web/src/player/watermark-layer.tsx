/** Keeps the viewer's mark over a picture, has the picture wait while it cannot be seen, and tells the server. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { playApi } from '../api/play.ts'
import { showWatermark } from './watermark.ts'

type Props = {
  lessonId: string
  /** Null where there is none. */
  text: string | null
  frame: RefObject<HTMLElement | null>
  /** Stops the picture, again and again while the mark cannot be seen, and lets it go on. */
  onCovered: (covered: boolean) => void
}

const TELL_EVERY_MS = 60_000

export function WatermarkLayer({ lessonId, text, frame, onCovered }: Props) {
  const { t } = useTranslation()
  const [covered, setCovered] = useState(false)
  const cover = useRef(onCovered)
  cover.current = onCovered
  useEffect(() => {
    if (!text || !frame.current) return
    let toldAt = Number.NEGATIVE_INFINITY
    return showWatermark({
      frame: frame.current,
      text,
      onCovered: (hidden) => {
        cover.current(hidden)
        setCovered(hidden)
      },
      onTampered: (how) => {
        if (performance.now() - toldAt < TELL_EVERY_MS) return
        toldAt = performance.now()
        void playApi.tellTampering(lessonId, how).catch(() => {})
      },
    })
  }, [lessonId, text, frame])
  if (!covered) return null
  return (
    <p
      role="status"
      data-testid="watermark-covered"
      className="absolute inset-0 z-10 flex items-center justify-center bg-stage px-6 text-center text-on-stage-muted text-sm"
    >
      {t('player.covered')}
    </p>
  )
}
