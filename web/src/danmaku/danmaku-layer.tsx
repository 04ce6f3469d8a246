/** Comments that fly over the picture. Whoever listens to the page hears them from the chat. */
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Feed, Said } from './feed.ts'
import { Painter } from './painter.ts'
import { danmakuSettings } from './settings.ts'

type Props = {
  feed: Feed
  /** What the viewer wants to read at all. */
  shows?: (said: Said) => boolean
  /** The picture stands still. */
  paused?: boolean
}

export function DanmakuLayer({ feed, shows, paused = false }: Props) {
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const painter = useRef<Painter>(null)
  const wanted = useRef(shows)
  wanted.current = shows
  const picture = t('room.picture.word')
  useEffect(() => {
    const made = new Painter(canvas.current!, danmakuSettings)
    painter.current = made
    const stop = feed.listen({
      say: (said) => {
        if (wanted.current?.(said) ?? true) made.say({ ...said, text: said.text || picture })
      },
      gone: (seq) => made.gone(seq),
      clear: () => made.clear(),
    })
    return () => {
      stop()
      made.close()
      painter.current = null
    }
  }, [feed, picture])
  useEffect(() => painter.current?.setPaused(paused), [paused])
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-testid="danmaku"
      className="pointer-events-none absolute inset-0 size-full overflow-hidden"
    />
  )
}
