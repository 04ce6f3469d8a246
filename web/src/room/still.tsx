/** The last picture: it stands in its place while one is out of the class, until the next one moves. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { classes } from '../ui/classes.ts'
import { mainVideoOf } from './stage-controls.tsx'
import { useLocked } from './trial.tsx'

const LOOK_EVERY_MS = 50
/** A class that goes on without a picture has none to wait for. */
const PATIENCE_MS = 5000

export function Still({ stage }: { stage: RefObject<HTMLElement | null> }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const last = useRef<HTMLVideoElement>(null)
  const locked = useLocked()
  const [shown, setShown] = useState(false)
  // Before the next paint: nobody sees a gap.
  useLayoutEffect(() => {
    const video = mainVideoOf(stage.current)
    if (!locked || !video?.videoWidth || !canvas.current) return
    canvas.current.width = video.videoWidth
    canvas.current.height = video.videoHeight
    canvas.current.getContext('2d')?.drawImage(video, 0, 0)
    last.current = video
    setShown(true)
  }, [locked, stage])
  useEffect(() => {
    if (locked || !shown) return
    const started = Date.now()
    const timer = setInterval(() => {
      const video = mainVideoOf(stage.current)
      const moves = video && video !== last.current && video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA
      if (moves || Date.now() - started > PATIENCE_MS) setShown(false)
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [locked, shown, stage])
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-testid="still"
      className={classes('pointer-events-none absolute inset-0 size-full object-contain', !shown && 'hidden')}
    />
  )
}
