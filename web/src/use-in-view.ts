/** Whether an element can be seen now. */
import { type RefObject, useEffect, useState } from 'react'

export function useInView(element: RefObject<Element | null>, before = true): boolean {
  const [seen, setSeen] = useState(before)
  useEffect(() => {
    if (!element.current) return
    const observer = new IntersectionObserver(([entry]) => setSeen(entry!.isIntersecting))
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [element])
  return seen
}
