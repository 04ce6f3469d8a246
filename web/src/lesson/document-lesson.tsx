/** A lesson that is a document: shown in the page; how far one has come is told as the page one is at. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useCallback, useEffect, useRef } from 'react'
import type { StudyPage } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'
import { playApi } from '../api/play.ts'
import { randomUuid } from '../random-uuid.ts'
import { Failed, Skeleton } from '../ui/states.tsx'

const PdfView = lazy(() => import('../document/pdf-view.tsx').then((module) => ({ default: module.PdfView })))

/** A page counts as a second of the lesson's own time. */
const PAGE_MS = 1000
const TELL_AFTER_MS = 2000

export function DocumentLesson({ page: { lesson } }: { page: StudyPage }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['play', lesson.id],
    queryFn: () => playApi.play(lesson.id, { playerId: randomUuid() }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  })
  const tell = useTell(lesson.id)
  const shape = <Skeleton className="aspect-[1/1.414] w-full rounded-card" />
  if (error && !data) return <Failed error={error} onRetry={() => void refetch()} />
  if (!data) return shape
  return (
    <Suspense fallback={shape}>
      <PdfView
        url={data.url}
        startAt={Math.round(data.positionMs / PAGE_MS)}
        onPage={tell}
        onRetry={() => void refetch()}
      />
    </Suspense>
  )
}

function useTell(lessonId: string) {
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const finished = useRef(false)
  useEffect(() => () => clearTimeout(timer.current), [])
  return useCallback(
    (page: number, pages: number) => {
      clearTimeout(timer.current)
      const say = async () => {
        const last = page === pages
        const report = { positionMs: page * PAGE_MS, watched: [], ...(last && { finished: true }) }
        await api.reportProgress(lessonId, report)
        if (last && !finished.current) void queries.invalidateQueries({ queryKey: ['course'] })
        finished.current ||= last
      }
      timer.current = setTimeout(() => say().catch(() => {}), TELL_AFTER_MS)
    },
    [lessonId, queries],
  )
}
