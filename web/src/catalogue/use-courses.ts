/** Courses on sale, page by page; while another choice is fetched, the last one stays. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { CourseQuery } from '../../../src/courses/schema.ts'
import { api } from '../api/api.ts'

export function useCourses(query: Omit<CourseQuery, 'after'>) {
  const courses = useInfiniteQuery({
    queryKey: ['courses', query],
    queryFn: ({ pageParam }) => api.courses({ ...query, ...(pageParam && { after: pageParam }) }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
  })
  return { ...courses, list: courses.data?.pages.flatMap((page) => page.courses) ?? [] }
}

const CATEGORIES_FRESH_MS = 5 * 60_000

export const useCategories = () =>
  useQuery({ queryKey: ['categories'], queryFn: api.categories, staleTime: CATEGORIES_FRESH_MS })
