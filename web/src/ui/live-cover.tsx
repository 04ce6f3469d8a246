/** What a live class shows now, or its drawn cover where there is no picture. */
import { useEffect, useState } from 'react'
import type { Lesson } from '../../../src/courses/schema.ts'
import { classes } from './classes.ts'
import { Cover } from './cover.tsx'

type Props = { lesson: Pick<Lesson, 'id' | 'frameAt'>; className?: string }

export function LiveCover({ lesson: { id, frameAt }, className }: Props) {
  const frame = useLoaded(frameAt === null ? null : `/api/lessons/${encodeURIComponent(id)}/frame.jpg?at=${frameAt}`)
  return (
    <div className={classes('overflow-hidden bg-sunken', className)}>
      {frame ? (
        <img src={frame} alt="" data-testid={`frame-${id}`} className="size-full animate-fade object-cover" />
      ) : (
        <Cover seed={id} className="size-full" />
      )}
    </div>
  )
}

/** The address of the last picture that could be loaded, so that one takes the place of another without a gap. */
function useLoaded(address: string | null): string | null {
  const [loaded, setLoaded] = useState<string | null>(null)
  useEffect(() => {
    if (!address) return setLoaded(null)
    let current = true
    const image = new Image()
    image.src = address
    image.decode().then(
      () => current && setLoaded(address),
      () => current && setLoaded(null),
    )
    return () => {
      current = false
    }
  }, [address])
  return address && loaded
}
