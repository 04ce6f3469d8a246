/** Where the pictures of a stage stand: over each other, side by side where there is room for it, or in a grid. */
import { type RefObject, useLayoutEffect, useState } from 'react'

/** Room beside a 16:9 page that is worth a picture, and what more than that is not for one. */
const LEAST = { across: 150, down: 92 }
const MOST = { across: 300, down: 168 }

/** `beside`: pixels of a column at the end; `above`: of a row on top. Both 0: the small picture stands over the large one. */
export type FreeRoom = { beside: number; above: number }

export function freeRoomIn(width: number, height: number): FreeRoom {
  const beside = Math.floor(width - (height * 16) / 9)
  const above = Math.floor(height - (width * 9) / 16)
  return {
    beside: beside >= LEAST.across ? Math.min(beside, MOST.across) : 0,
    above: above >= LEAST.down ? Math.min(above, MOST.down) : 0,
  }
}

export function useFreeRoom(stage: RefObject<HTMLElement | null>): FreeRoom {
  const [free, setFree] = useState<FreeRoom>({ beside: 0, above: 0 })
  useLayoutEffect(() => {
    const element = stage.current!
    const measure = () => {
      const next = freeRoomIn(element.clientWidth, element.clientHeight)
      setFree((before) => (before.beside === next.beside && before.above === next.above ? before : next))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [stage])
  return free
}

/** So many columns for so many pictures of 16:9 in a place of about that shape. */
export const columnsFor = (pictures: number): number => Math.ceil(Math.sqrt(pictures))
