/** A list of lessons, page by page, looked at again every so often. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { api, type LessonFilter } from './api.ts'

const REFRESH_MS = 15_000

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
