/** The courses that one has or has begun, page by page, the last one used first. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from '../api/api.ts'

export function useLearning(enabled = true) {
  const learning = useInfiniteQuery({
    queryKey: ['learning'],
    queryFn: ({ pageParam }) => api.myCourses(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled,
  })
  return { ...learning, list: learning.data?.pages.flatMap(({ courses }) => courses) ?? [] }
}
