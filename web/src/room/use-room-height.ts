/** Keeps the room as high as what is visible, also where the keyboard covers a part of the page. */
import { useEffect, useState } from 'react'

const SHORT_PX = 460
const NARROW_PX = 560

export function useRoomHeight(): { style: { height: string }; 'data-short': true | undefined } {
  const [height, setHeight] = useState<number | null>(null)
  const [narrow, setNarrow] = useState(false)
  useEffect(() => {
    const viewport = window.visualViewport
    if (!viewport) return
    const measure = () => {
      setHeight(viewport.height * viewport.scale)
      setNarrow(innerWidth < NARROW_PX)
      // Safari scrolls the page under the keyboard instead of shrinking it.
      if (viewport.offsetTop > 0) scrollTo(0, 0)
    }
    measure()
    viewport.addEventListener('resize', measure)
    return () => viewport.removeEventListener('resize', measure)
  }, [])
  return {
    style: { height: height === null ? '100dvh' : `${height}px` },
    'data-short': narrow && height !== null && height < SHORT_PX ? true : undefined,
  }
}
