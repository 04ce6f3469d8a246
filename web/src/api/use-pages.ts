/** A list that comes page by page. */
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'

type Page<T> = { items: T[]; next: string | null }

export function usePages<T>(key: QueryKey, fetch: (after?: string) => Promise<Page<T>>) {
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetch(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    staleTime: 0,
  })
  return { ...pages, list: pages.data?.pages.flatMap(({ items }) => items) ?? [] }
}

export type Pages<T> = ReturnType<typeof usePages<T>>
