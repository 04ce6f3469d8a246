/** One lesson, and a list of lessons, page by page, looked at again every so often. */
import { queryOptions, useInfiniteQuery } from '@tanstack/react-query'
import { api, type LessonFilter } from './api.ts'

const REFRESH_MS = 15_000

/** A lesson's page: what was asked for with the click on it serves its first showing, and nothing later. */
export const lessonQuery = (id: string) =>
  queryOptions({ queryKey: ['lesson', id], queryFn: () => api.lesson(id), staleTime: 1000 })

export function useLessons(filter: LessonFilter) {
  const lessons = useInfiniteQuery({
    queryKey: ['lessons', filter],
    queryFn: ({ pageParam }) => api.lessons(filter, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: REFRESH_MS,
  })
  return { ...lessons, list: lessons.data?.pages.flatMap((page) => page.lessons) ?? [] }
}
