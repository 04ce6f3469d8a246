/** One moving picture. It tells the classroom how large it is shown, so that no more is sent than can be seen. */
import { type RefObject, useEffect, useRef } from 'react'
import type { Picture } from '../classroom/receiving.ts'
import { classes } from '../ui/classes.ts'
import { useRoom } from './classroom-context.ts'

type TrackProps = {
  track: MediaStreamTrack
  label: string
  mirrored?: boolean
  cover?: boolean
  testId?: string | undefined
}

/** A track as it is: one's own preview, or the inside of a `PictureView`. */
export function TrackView({ track, label, mirrored, cover, testId }: TrackProps) {
  const video = useRef<HTMLVideoElement>(null)
  useEffect(() => {
    const element = video.current
    if (!element) return
    element.srcObject = new MediaStream([track])
    element.play().catch(() => {})
    return () => {
      element.srcObject = null
    }
  }, [track])
  return (
    <video
      ref={video}
      muted
      autoPlay
      playsInline
      aria-label={label}
      data-testid={testId}
      className={classes('size-full', cover ? 'object-cover' : 'object-contain', mirrored && '-scale-x-100')}
    />
  )
}

type Props = { picture: Picture; label: string; cover?: boolean; testId?: string | undefined }

export function PictureView({ picture, label, cover = false, testId }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  useShownSize(frame, picture.consumerId, cover)
  return (
    <div ref={frame} className="size-full">
      <TrackView track={picture.track} label={label} cover={cover} testId={testId} />
    </div>
  )
}

/** Says how large this picture is shown within the frame. */
export function useShownSize(frame: RefObject<HTMLElement | null>, consumerId: string | undefined, cover = false) {
  const { classroom } = useRoom()
  useEffect(() => {
    const element = frame.current
    if (!element || !consumerId) return
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect
      const shown = cover ? Math.max(height, (width * 9) / 16) : Math.min(height, (width * 9) / 16)
      if (shown > 0) classroom.receiving.showAt(consumerId, shown)
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [classroom, frame, consumerId, cover])
}
