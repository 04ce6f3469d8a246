/** Follows how far an article is read: tells the server now and then, and offers the place of the last time. */
import { useQueryClient } from '@tanstack/react-query'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { api, session } from '../api/api.ts'
import { useStore } from '../use-store.ts'
import { scrollFor, shareRead, WHOLE } from './reading.ts'

const TELL_EVERY_MS = 5000
/** A place worth going back to: neither the beginning nor the end. */
const WORTH = { from: 100, to: 950 }

/** `cut`: only the beginning is there, and its end is not the end. */
export function useReading(lessonId: string, text: RefObject<HTMLElement | null>, cut: boolean) {
  const signedIn = useStore(session.view).status === 'signed_in'
  const share = useShare(text)
  const [before, setBefore] = useState<number | null>(null)
  const queries = useQueryClient()
  const furthest = useRef(0)
  const finished = useRef(false)
  furthest.current = share

  useEffect(() => {
    if (!signedIn || cut) return
    let gone = false
    const look = ({ progress }: Awaited<ReturnType<typeof api.progress>>) => {
      if (gone || !progress) return
      finished.current = progress.completedAt !== null
      if (progress.positionMs > WORTH.from && progress.positionMs < WORTH.to) setBefore(progress.positionMs)
    }
    api.progress(lessonId).then(look, () => {})
    return () => {
      gone = true
    }
  }, [lessonId, signedIn, cut])

  useEffect(() => {
    if (!signedIn || cut) return
    let told = -1
    const say = () => {
      const positionMs = furthest.current
      if (positionMs === told) return
      told = positionMs
      api.reportProgress(lessonId, { positionMs, watched: [] }).catch(() => {})
    }
    const timer = setInterval(say, TELL_EVERY_MS)
    document.addEventListener('visibilitychange', say)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', say)
      say()
    }
  }, [lessonId, signedIn, cut])

  const atEnd = share === WHOLE
  useEffect(() => {
    if (!signedIn || cut || !atEnd || finished.current) return
    finished.current = true
    api
      .reportProgress(lessonId, { positionMs: WHOLE, watched: [], finished: true })
      .then(() => queries.invalidateQueries({ queryKey: ['course'] }))
      .catch(() => {
        finished.current = false
      })
  }, [lessonId, signedIn, cut, atEnd, queries])

  const goBack = () => {
    const box = text.current?.getBoundingClientRect()
    if (!box || before === null) return
    scrollTo({ top: scrollFor(before, box.top + scrollY, box.height, innerHeight) })
    setBefore(null)
  }
  return { share, before: before !== null && share < before ? before : null, goBack }
}

function useShare(text: RefObject<HTMLElement | null>): number {
  const [share, setShare] = useState(0)
  useEffect(() => {
    const measure = () => {
      const box = text.current?.getBoundingClientRect()
      if (box) setShare(shareRead(box.top, box.height, innerHeight))
    }
    measure()
    const observer = new ResizeObserver(measure)
    if (text.current) observer.observe(text.current)
    addEventListener('scroll', measure, { passive: true })
    return () => {
      observer.disconnect()
      removeEventListener('scroll', measure)
    }
  }, [text])
  return share
}
