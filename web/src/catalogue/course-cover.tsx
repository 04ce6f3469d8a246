/** The cover of a course: its picture, or one that is drawn from its id. */
import { useState } from 'react'
import { classes } from '../ui/classes.ts'
import { Cover } from '../ui/cover.tsx'

type Props = { course: { id: string; coverUrl: string | null }; className: string; eager?: boolean }

export function CourseCover({ course: { id, coverUrl }, className, eager }: Props) {
  const [broken, setBroken] = useState<string | null>(null)
  if (coverUrl === null || broken === coverUrl) return <Cover seed={id} className={className} />
  return (
    <img
      src={coverUrl}
      alt=""
      loading={eager ? 'eager' : 'lazy'}
      decoding="async"
      onError={() => setBroken(coverUrl)}
      className={classes('bg-sunken object-cover', className)}
    />
  )
}
